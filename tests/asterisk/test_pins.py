"""PINs at the phone: right ones open, wrong ones lock over calls, and no log holds one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.asterisk.models import VoicemailUser
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx import voicemail_mail
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.forwards import set_pin
from pbx_console.pbx.services.voicemail_boxes import save_box
from tests.asterisk.conftest import House, journal_path, moved_in
from tests.asterisk.sipp import Agent, wait_for
from tests.asterisk.test_calls import invited
from tests.asterisk.voice import Voice

pytestmark = pytest.mark.asterisk
DIALLED = "03023125999"
RIGHT, WRONG = "48151623", "90210877"


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def typing(phone: Agent, number: str, *keys: str, seconds: float = 2) -> Voice:
    """Dial, and type each of `keys` while the guidance speaks: that cuts it short."""
    voice = Voice(phone, number, seconds=seconds)
    for typed in keys:
        voice.press(typed)
        voice.speak(0.5)
    return voice


def written(house: House) -> str:
    """Everything that this telephone system and the console wrote down so far."""
    wait_for(house.quiet)
    log = journal_path().resolve().parents[1] / "log" / "messages.log"
    with as_everyone("test"):
        entries = [f"{e.before}{e.after}" for e in AuditEntry.objects.all()]
    journal = journal_path().read_bytes()[house.journal_start :].decode()
    return "\n".join([journal, log.read_text("utf-8", "replace"), *entries])


def test_the_pin_of_an_extension_lifts_its_rights_and_wrong_ones_lock_it(
    house: House,
) -> None:
    extension = house.world.nordbel.extension
    with as_everyone("test"):
        save_extension(
            SYSTEM,
            customer=extension.customer,
            extension=extension,
            dial_class="internal",
        )
        set_pin(SYSTEM, extension, RIGHT)
    phone = house.phone(extension)
    with house.carrier.answering() as carrier:
        typing(phone, f"*71*{DIALLED}", f"{RIGHT}#", seconds=3).call.wait()
        assert len(invited(carrier)) == 1
        for dialled, status in ((DIALLED, 403), (f"*71{RIGHT}*{DIALLED}", 484)):
            call = phone.call(dialled)
            assert call.wait() == 0
            assert call.statuses() == [status]
        for _try in range(5):
            typing(phone, f"*71*{DIALLED}", f"{WRONG}#").call.wait()
        typing(phone, f"*71*{DIALLED}", f"{RIGHT}#").call.wait()
        assert len(invited(carrier)) == 1
    with as_everyone("test"):
        assert AuditEntry.objects.filter(verb="extension.pin_locked").count() == 1
        assert Extension.objects.get(pk=extension.pk).pin_locked_until
    told = written(house)
    assert RIGHT not in told
    assert WRONG not in told


def test_a_box_is_opened_by_its_number_and_pin_and_wrong_ones_lock_it(
    house: House,
) -> None:
    # This Asterisk was started before the test database had its tables, and remembers.
    ask_all([{"Action": "Reload", "Module": "app_voicemail.so"}])
    tenant = house.world.nordbel
    with as_everyone("test"):
        box = save_box(
            SYSTEM,
            customer=tenant.customer,
            number="390",
            name="Workshop",
            pin=RIGHT,
            mail_to="ada@example.com",
        )
    phone = house.phone(house.extension(tenant.customer, "202"))
    changed = typing(phone, "*98", "390#", f"{RIGHT}#", seconds=9)
    for keys in ("0", "5", f"{RIGHT}7#", f"{RIGHT}7#"):
        changed.press(keys)
        changed.speak(0.8)
    rows = VoicemailUser.objects.filter(uniqueid=box.pk)
    wait_for(lambda: rows.filter(password=f"{RIGHT}7").exists())
    changed.call.wait()
    for _try in range(5):
        typing(phone, "*98390", f"{WRONG}#").call.wait()
    for place in range(2):
        assert voicemail_mail.tell_locks() == 1 - place
    with as_everyone("test"):
        assert AuditEntry.objects.filter(verb="voicemailbox.pin_locked").count() == 1
        (mail,) = OutgoingMail.objects.filter(kind="voicemail_locked")
        assert mail.to == "ada@example.com"
    closed = typing(phone, "*98390", f"{RIGHT}7#", seconds=6)
    for keys in ("0", "5", "700001#", "700001#"):
        closed.press(keys)
        closed.speak(0.4)
    assert rows.get().password == f"{RIGHT}7"
    closed.call.wait()
    told = written(house)
    assert RIGHT not in told
    assert WRONG not in told
