"""Voicemail on the real telephone system: messages, the light, the PIN."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.models import VoicemailUser
from pbx_console.pbx.models import VoicemailBox
from pbx_console.pbx.services.voicemail_boxes import save_box
from tests.asterisk.conftest import House
from tests.asterisk.sipp import Agent, Process, wait_for
from tests.asterisk.voice import Voice


def box_of(house: House, **values: object) -> VoicemailBox:
    """The own box of Nordbel's 201, or a shared one."""
    tenant = house.world.nordbel
    own = {"name": "Reception", "extension": tenant.extension}
    if "number" in values:
        own = {"name": "Workshop"}
    with as_everyone("test"):
        return save_box(SYSTEM, customer=tenant.customer, **{**own, **values})


def inbox(box: VoicemailBox) -> list[Path]:
    """The messages of a box as they lie in the spool."""
    folder = Path(settings.VOICEMAIL_DIR, box.customer.code, box.mailbox, "INBOX")
    return sorted(folder.glob("msg*.txt"))


def light(process: Process) -> str:
    """What the phone was told last: `yes`, `no` or nothing."""
    told = [m.text for m in process.messages() if m.line.startswith("NOTIFY")]
    lines = [line for text in told for line in text.splitlines()]
    states = [line for line in lines if line.startswith("Messages-Waiting:")]
    return states[-1].split()[1] if states else ""


def leave_message(caller: Agent, number: str) -> None:
    """Call a box, wait for the tone, speak, hang up."""
    voice = Voice(caller, number, seconds=7)
    voice.speak(8)
    assert voice.call.wait() == 0


def test_a_message_is_kept_and_lights_the_lamp(house: House) -> None:
    box = box_of(house, number="390")
    owner = house.phone(house.world.nordbel.extension)
    caller = house.phone(house.extension(box.customer, "202"))
    leave_message(caller, "390")
    assert len(wait_for(lambda: inbox(box))) == 1
    assert owner
