"""Voicemail on the real telephone system: messages, the light, the PIN."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.asterisk.models import VoicemailUser
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx import refresh, voicemail_spool
from pbx_console.pbx.models import Prompt, VoicemailBox
from pbx_console.pbx.services.prompts import save_prompt
from pbx_console.pbx.services.voicemail_boxes import save_box
from pbx_console.pbx.services.voicemail_messages import delete_message
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import Agent, Process, wait_for
from tests.asterisk.voice import Voice

pytestmark = pytest.mark.asterisk


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def short_prompt(house: House) -> Prompt:
    """A greeting of 0.4 s, so that tests are not long."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x00\x20\x00\xe0" * 1600)
    customer = house.world.nordbel.customer
    with as_everyone("test"):
        return save_prompt(
            SYSTEM, customer=customer, name="Short", upload=held.getvalue()
        )


def box_of(house: House, **values: object) -> VoicemailBox:
    """The own box of Nordbel's 201."""
    tenant = house.world.nordbel
    own = {"name": "Reception", "extension": tenant.extension}
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
    """Call a box, speak after the tone, hang up."""
    voice = Voice(caller, number, seconds=5)
    voice.speak(6)
    assert voice.call.wait() == 0


def test_a_message_lights_the_lamp_is_mailed_once_and_goes_out_when_deleted(
    house: House,
) -> None:
    tenant = house.world.nordbel
    box = box_of(house, mail_to="ada@example.com", greeting=short_prompt(house))
    with as_everyone("test"):  # as a forward would lead there
        VoicemailBox.objects.filter(pk=box.pk).update(number="391")
    caller = house.phone(house.extension(tenant.customer, "202"))
    owner = house.phone(tenant.extension)
    with owner.answering("lamp") as phone:
        leave_message(caller, "391")
        assert len(wait_for(lambda: inbox(box))) == 1
        wait_for(lambda: light(phone) == "yes")
        assert [voicemail_spool.look(box.pk) for _ in range(2)] == [1, 0]
        with as_everyone("test"):
            message = box.messages.get()
            assert OutgoingMail.objects.filter(kind="voicemail_message").count() == 1
            assert message.caller_number == "202"
            delete_message(SYSTEM, message)
        wait_for(lambda: light(phone) == "no")
    told = "".join(m.text for m in phone.messages())
    assert "asterisk" not in told.lower()
    assert not inbox(box)


def test_the_pin_is_asked_and_changed_by_phone(house: House) -> None:
    # This Asterisk was started before the test database had its tables, and remembers.
    ask_all([{"Action": "Reload", "Module": "app_voicemail.so"}])
    box = box_of(house, pin="4071")
    phone = house.phone(house.world.nordbel.extension)
    voice = Voice(phone, "*97", seconds=12)
    voice.quiet()
    for keys in ("4071#", "0", "5", "90210#", "90210#"):
        voice.press(keys)  # keys cut the guidance short
        voice.speak(0.8)
    assert wait_for(
        lambda: VoicemailUser.objects.filter(uniqueid=box.pk, password="90210").exists()
    )
    with as_everyone("test"):
        entries = AuditEntry.objects.filter(verb="voicemailbox.pin_changed")
        assert "telephone" in {entry.actor_name for entry in entries}


def test_a_shared_box_lights_the_lamps_that_were_chosen(house: House) -> None:
    tenant = house.world.nordbel
    watcher = house.phone(tenant.extension)
    caller = house.phone(house.extension(tenant.customer, "202"))
    with watcher.answering("lamp") as phone:
        with as_everyone("test"):  # the phone is registered long since
            box = save_box(
                SYSTEM,
                customer=tenant.customer,
                name="Workshop",
                number="391",
                greeting=short_prompt(house),
                watchers=[tenant.extension],
            )
            refresh.run()
        leave_message(caller, "391")
        wait_for(lambda: inbox(box))
        voicemail_spool.look(box.pk)
        wait_for(lambda: light(phone) == "yes")
        with as_everyone("test"):
            delete_message(SYSTEM, box.messages.get())
        wait_for(lambda: light(phone) == "no")
