"""Codes of the phone change what the console shows, and the log says who it was."""

from __future__ import annotations

import pytest

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Extension, Forward
from tests.asterisk.conftest import House
from tests.asterisk.sipp import Agent
from tests.asterisk.test_calls import OUTSIDE

pytestmark = pytest.mark.asterisk


def dial(phone: Agent, code: str) -> int:
    """Dial a code; return the final status."""
    call = phone.call(code.replace("#", "%23"), talk=0.1)
    assert call.wait() == 0
    return call.statuses()[0]


def test_codes_set_and_end_forwards(house: House) -> None:
    north = house.world.nordbel
    house.extension(north.customer, "202")
    phone = house.phone(north.extension)
    codes = {"21": "always", "61": "no_answer", "62": "offline", "67": "busy"}
    for code, condition in codes.items():
        assert dial(phone, f"*{code}*202#") == 200
        with as_everyone("test"):
            row = Forward.objects.get(extension=north.extension, condition=condition)
            assert (str(row.destination), row.is_active) == ("202 Phone 202", True)
        assert dial(phone, f"#{code}#") == 200
        assert dial(phone, f"*{code}*03023125999") == 200
        with as_everyone("test"):
            row.refresh_from_db()
            assert (row.target, row.is_active) == (OUTSIDE, True)
    assert dial(phone, "#21#") == 200
    assert dial(phone, "*21") == 200
    with as_everyone("test"):
        assert Forward.objects.get(condition="always").is_active
        entry = AuditEntry.objects.filter(verb="forward.saved").latest("pk")
    assert (entry.actor_name, entry.actor_level) == ("201 Reception", "phone")
    assert entry.object_key == north.extension.endpoint_id
    assert (entry.before["is_active"], entry.after["is_active"]) == (False, True)


def test_codes_switch_what_an_extension_has(house: House) -> None:
    extension = house.world.nordbel.extension
    phone = house.phone(extension)
    for on, off, field in (
        ("*25", "#25", "do_not_disturb"),
        ("*43#", "#43#", "call_waiting"),
        ("*31#", "#31#", "withholds_number"),
    ):
        for code, wanted in ((on, True), (off, False)):
            assert dial(phone, code) == 200
            with as_everyone("test"):
                row = Extension.objects.get(pk=extension.pk)
                assert getattr(row, field) is wanted


@pytest.mark.parametrize(
    "code",
    ["*21*201#", "*21*999#", "*21*112#", "*21", "*2*5", "*25*1", "#", "*9999", "*21**"],
)
def test_it_refuses_codes_that_mean_nothing(house: House, code: str) -> None:
    phone = house.phone(house.world.nordbel.extension)
    assert dial(phone, code) in (403, 484)
    with as_everyone("test"):
        assert not Forward.objects.exists()
