"""Queues on the real Asterisk: who is rung, who is not, where callers go, who pays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Destination, Extension, Queue, QueueMember
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.queues import change_agent, save_queue
from tests.asterisk.conftest import House
from tests.asterisk.sipp import Agent, Process, wait_for
from tests.asterisk.test_calls import invited, seconds, spoken

pytestmark = pytest.mark.asterisk
CALLER = "+4917612345"


def make_queue(house: House, *agents: Extension, **values: Any) -> Queue:
    """A queue 700 of Nordbel's customer that its main number leads to."""
    north = house.world.nordbel
    defaults = {"name": "Service", "number": "700", "announce_position": False}
    with as_everyone("test"):
        queue = save_queue(
            SYSTEM,
            customer=north.customer,
            agents=[(agent, 0) for agent in agents],
            **{**defaults, **values},
        )
        did = north.customer.dids.get(is_main=True)
        save_did(SYSTEM, did=did, destination=queue.destination)
    return queue


def agents(house: House, count: int) -> list[Extension]:
    held = house.world.nordbel.customer
    return [house.extension(held, str(210 + n)) for n in range(count)]


def seat(extension: Extension) -> QueueMember:
    with as_everyone("test"):
        return QueueMember.objects.get(extension=extension)


@contextmanager
def all_answering(*phones: Agent) -> Iterator[list[Process]]:
    with ExitStack() as stack:
        yield [stack.enter_context(phone.answering()) for phone in phones]


def call_in(house: House, *, talk: float = 3.0) -> Process:
    number = house.world.nordbel.number
    return house.agent(host="127.0.0.2").call(number, shown=CALLER, talk=talk)


def test_a_caller_is_answered_by_an_agent_and_the_carrier_leg_counts_once(
    house: House,
) -> None:
    (one,) = agents(house, 1)
    make_queue(house, one, prefix="Service", announce_position=True)
    phone = house.phone(one)
    with phone.answering() as ringing:
        call = call_in(house)
        assert call.wait() == 0
        assert "Service: " in invited(ringing)[0].header("From")
    (leg,) = house.carrier_legs()
    assert leg.userfield == f"v1|in|carrier|{house.world.nordbel.number}"
    assert abs(spoken(house.journal(), leg) - seconds(call)) < 0.3


def test_nobody_logged_in_leads_on_and_a_code_at_the_phone_brings_calls_back(
    house: House,
) -> None:
    one, other = agents(house, 2)
    make_queue(house, one, on_empty=place(other))
    phone, second = house.phone(one), house.phone(other)
    assert phone.call("*45").wait() == 0
    assert not seat(one).is_logged_in
    with all_answering(second):
        assert call_in(house).wait() == 0
    with as_everyone("test"):
        entry = AuditEntry.objects.filter(verb="queue.agent_changed").latest("pk")
        assert entry.actor_name == "210 Phone 210"
        assert entry.after["is_logged_in"] is False
    assert phone.call("*45700").wait() == 0
    assert seat(one).is_logged_in
    with phone.answering() as ringing:
        assert call_in(house).wait() == 0
        assert len(invited(ringing)) == 1


def place(extension: Extension) -> Destination:
    with as_everyone("test"):
        return Destination.objects.get(kind="extension", object_id=extension.pk)


def test_a_paused_agent_is_not_rung(house: House) -> None:
    one, two = agents(house, 2)
    make_queue(house, one, two)
    phones = [house.phone(one), house.phone(two)]
    assert phones[0].call("*462").wait() == 0
    assert (seat(one).is_paused, seat(one).reason) == (True, "lunch")
    with all_answering(*phones) as ringing:
        assert call_in(house).wait() == 0
    assert [len(invited(found)) for found in ringing] == [0, 1]
    with as_everyone("test"):
        change_agent(SYSTEM, seat(two), paused=True)
        change_agent(SYSTEM, seat(one), paused=False)
    with all_answering(*phones) as ringing:
        assert call_in(house).wait() == 0
    assert [len(invited(found)) for found in ringing] == [1, 0]


def test_who_waits_already_is_served_when_an_agent_logs_in(house: House) -> None:
    (one,) = agents(house, 1)
    make_queue(house, one, empty="never")
    phone = house.phone(one)
    with as_everyone("test"):
        change_agent(SYSTEM, seat(one), logged_in=False)
    with phone.answering() as ringing:
        call = call_in(house, talk=8.0)
        wait_for(lambda: any(m.status == 200 for m in call.messages()))
        assert not invited(ringing)
        with as_everyone("test"):
            change_agent(SYSTEM, seat(one), logged_in=True)
        wait_for(lambda: invited(ringing))
        assert call.wait() == 0
