"""Whom a queue rings: each strategy, agents who come back, agents with other phones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Device, Extension
from pbx_console.pbx.services.devices import add_device
from pbx_console.pbx.services.queues import change_agent, save_queue
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import Agent, Process, wait_for
from tests.asterisk.test_calls import invited
from tests.asterisk.test_queues import agents, call_in, make_queue, seat

pytestmark = pytest.mark.asterisk


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


class Row:
    """Agents who answer, and who got the next call."""

    def __init__(self, house: House, stack: ExitStack, *seats: Extension) -> None:
        self.house, self.seats = house, seats
        phones = [house.phone(extension) for extension in seats]
        self.rings = [stack.enter_context(phone.answering()) for phone in phones]
        self.before = [0] * len(seats)

    def called(self) -> str:
        """Call the queue; return the letters of the agents who were rung."""
        assert call_in(self.house, talk=1.2).wait() == 0
        now = [len(invited(ringing)) for ringing in self.rings]
        found = [i for i, count in enumerate(now) if count > self.before[i]]
        self.before = now
        return "".join("abc"[i] for i in found)

    def away(self, letters: str) -> None:
        """Let these pause and nobody else."""
        with as_everyone("test"):
            for i, extension in enumerate(self.seats):
                paused = "abc"[i] in letters
                if seat(extension).is_paused != paused:
                    change_agent(SYSTEM, seat(extension), paused=paused)


def test_each_strategy_asks_whom_it_says(house: House) -> None:
    """Calls that no other of the first three strategies would lead to; "linear" and
    "ringall" are told apart in test_queues.py."""
    seats = agents(house, 3)
    queue = make_queue(house, *seats, strategy="rrmemory", wrapup_seconds=0)
    with ExitStack() as stack:
        row = Row(house, stack, *seats)
        got = [row.called(), row.called()]
        row.away("c")
        got.append(row.called())
        row.away("")
        assert [*got, row.called()] == ["a", "b", "a", "b"]  # c had none, a long ago
        with as_everyone("test"):
            save_queue(SYSTEM, queue=queue, strategy="fewestcalls")
        assert [row.called(), row.called()] == ["c", "c"]  # a and b have two each
        row.away("a")
        assert row.called() == "b"
        row.away("")
        with as_everyone("test"):
            save_queue(SYSTEM, queue=queue, strategy="leastrecent")
        assert row.called() == "a"  # has not had one for the longest time
        with as_everyone("test"):
            save_queue(SYSTEM, queue=queue, strategy="random")
        assert row.called() in ("a", "b", "c")
    house.carrier_legs()


def test_a_linear_queue_keeps_the_places_of_who_comes_back_or_gets_other_phones(
    house: House,
) -> None:
    one, two = agents(house, 2)
    make_queue(house, one, two, strategy="linear", wrapup_seconds=0)
    with ExitStack() as stack:
        row = Row(house, stack, one, two)
        assert row.called() == "a"
        with as_everyone("test"):
            change_agent(SYSTEM, seat(one), logged_in=False)
        assert row.called() == "b"
        with as_everyone("test"):
            change_agent(SYSTEM, seat(one), logged_in=True)
        assert row.called() == "a"
        with as_everyone("test"):
            more = add_device(SYSTEM, extension=one, name="Mobile")
        stack.enter_context(house.carrier.answering())
        talks = busy(house, more)
        assert row.called() == "b"  # the first one talks at the new phone
        talks.wait()
        assert row.called() == "a"


def busy(house: House, device: Device) -> Process:
    """A call at another phone of an agent, once it is answered."""
    phone: Agent = house.agent(device.endpoint_id, str(device.secret))
    assert phone.register() == 200
    call = phone.call("03023125999", talk=4)
    wait_for(lambda: 200 in call.statuses())
    return call
