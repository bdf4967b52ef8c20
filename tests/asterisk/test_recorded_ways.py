"""Groups and queues that record, pauses of a recording, and what is never recorded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import HuntGroup
from pbx_console.pbx.services.conferences import save_conference
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.parking import save_parking_lot
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import Agent, wait_for
from tests.asterisk.test_queues import make_queue, place
from tests.asterisk.test_recording import (
    CALLER,
    DEEP,
    FRAME,
    HIGH,
    LOW,
    call_in,
    pitches,
    record,
    taken,
)
from tests.asterisk.voice import Called

pytestmark = pytest.mark.asterisk


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test, in one house."""
    yield from moved_in(street, tmp_path)


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, settings: object) -> None:
    """Recordings are kept where the test ends with them."""
    settings.RECORDINGS_DIR = tmp_path / "recordings"  # type: ignore[attr-defined]


def recorded_group(house: House) -> HuntGroup:
    """A group of 201 alone that records; the customer's number leads there."""
    own = house.world.nordbel.extension
    with as_everyone("test"):
        group = save_group(
            SYSTEM,
            customer=own.customer,
            number="600",
            name="Sales",
            members=[place(own)],
            is_recorded=True,
        )
        did = own.customer.dids.get(is_main=True)
        save_did(SYSTEM, did=did, destination=group.destination)
    return group


def whisper(voice: Called, seconds: float) -> None:
    """Speak in a deep voice: what nobody is to record."""
    for _frame in range(int(seconds * 50)):
        voice._send(8, LOW)
        voice.stamp += FRAME
        time.sleep(0.02)


def spool(house: House) -> list[Path]:
    """What lies there of this customer."""
    top = Path(settings.RECORDING_SPOOL_DIR, house.world.nordbel.customer.code)
    return list(top.glob("*"))


def test_a_group_records_who_answers_and_a_key_pauses_it(house: House) -> None:
    recorded_group(house)
    voice = Called(house.phone(house.world.nordbel.extension))
    call = call_in(house, talk=12)
    voice.answered()
    voice.quiet()  # the announcement
    voice.speak(1)
    voice.press("*2")
    whisper(voice, 2.5)
    assert [path.suffix for path in spool(house)].count(".gaps") == 1
    voice.press("*2")
    voice.speak(1.5)
    assert call.wait() == 0
    (kept,) = taken(house)
    assert (kept.reason, kept.through, kept.announced) == ("group", "600 Sales", True)
    assert (kept.extension_number, kept.direction) == ("201", "in")
    assert kept.other_number == CALLER
    ((_at, length),) = kept.pauses
    assert 2 <= length <= 5
    heard = pitches(kept)
    assert heard[HIGH] > 0.2
    assert heard[DEEP] < 0.02
    assert spool(house) == []


def test_a_queue_records_who_answers_and_the_key_of_demand_is_not_in_its_way(
    house: House,
) -> None:
    own = house.world.nordbel.extension
    record(own, "demand")
    make_queue(house, own, is_recorded=True)
    voice = Called(house.phone(own))
    call = call_in(house, talk=8)
    voice.answered()
    whisper(voice, 1)  # while both are told: before that nothing is kept
    voice.quiet()
    voice.speak(0.5)
    voice.press("*1")
    voice.speak(1)
    voice.press("*2")  # and hangs up meanwhile
    whisper(voice, 1.5)
    assert call.wait() == 0
    (kept,) = taken(house)
    assert (kept.reason, kept.through, kept.extension) == ("queue", "700 Service", own)
    assert pitches(kept)[HIGH] > 0.2
    assert pitches(kept)[DEEP] < 0.02
    assert len(kept.pauses) == 1


def test_conferences_and_parked_calls_are_not_recorded(house: House) -> None:
    own = house.world.nordbel.extension
    record(own, "all")
    with as_everyone("test"):
        save_conference(SYSTEM, customer=own.customer, number="800", name="Room")
        save_parking_lot(
            SYSTEM, customer=own.customer, number="720", name="Lot", places=2
        )
    other = house.extension(own.customer, "205")
    with as_everyone("test"):
        did = own.customer.dids.get(is_main=True)
        save_did(SYSTEM, did=did, destination=place(other))
    phone = house.phone(own)
    assert phone.call("800", talk=1).wait() == 0
    with house.phone(other).answering("transfer", target="721"):
        guest = call_in(house, talk=6)
        wait_for(lambda: taken_back(phone))
    guest.wait()
    assert spool(house) == []


def taken_back(phone: Agent) -> bool:
    """Was somebody parked there, to speak with for a second?"""
    call = phone.call("721", talk=1)
    call.wait()
    return call.statuses()[-1] == 200
