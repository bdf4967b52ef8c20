"""Queues on the real Asterisk: who is rung, who is not, where callers go, who pays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import reader
from pbx_console.live.listener import Listener
from pbx_console.pbx import callbacks, presence, queue_state
from pbx_console.pbx.models import (
    Destination,
    Extension,
    Queue,
    QueueCallback,
    QueueMember,
)
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.queues import change_agent, save_queue
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import Agent, Process, wait_for
from tests.asterisk.stage import hang_up
from tests.asterisk.test_calls import invited, seconds, spoken
from tests.conftest import owner_connection

pytestmark = pytest.mark.asterisk
CALLER = "+4917612345"


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


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


def answered(call: Process) -> bool:
    return any(
        m.status == 200 and "INVITE" in m.header("CSeq") for m in call.messages()
    )


def test_the_longest_wait_leads_on(house: House) -> None:
    one, spare = agents(house, 2)
    make_queue(house, one, max_wait_seconds=5, on_timeout=place(spare))
    house.phone(one)
    last = house.phone(spare)
    with last.answering() as ringing:
        call = call_in(house, talk=9.0)
        wait_for(lambda: invited(ringing), seconds=15)
        assert call.wait() == 0


def test_a_full_queue_leads_on_and_a_key_leads_out(house: House) -> None:
    one, spare = agents(house, 2)
    where = place(spare)
    make_queue(
        house,
        one,
        max_waiting=1,
        empty="never",
        on_full=where,
        leave_key="0",
        on_leave=where,
    )
    last = house.phone(spare)
    with last.answering() as ringing:
        first = house.agent(host="127.0.0.2")
        waits = first.run(
            "call_digits",
            *("-s", house.world.nordbel.number, "-m", "1", "-timeout", "30"),
            **{"from": CALLER, "digit": "0", "display": ""},
        )
        wait_for(lambda: answered(waits))
        second = call_in(house, talk=2.0)
        assert second.wait() == 0
        assert len(invited(ringing)) >= 1
        assert waits.wait(30) == 0
        assert len(invited(ringing)) == 2


def test_linear_rings_one_after_the_other_and_ringall_all_at_once(house: House) -> None:
    one, two = agents(house, 2)
    queue = make_queue(house, one, two, strategy="linear", wrapup_seconds=0)
    phones = [house.phone(one), house.phone(two)]
    with all_answering(*phones) as ringing:
        for _round in range(2):
            assert call_in(house, talk=2.0).wait() == 0
    assert [len(invited(found)) for found in ringing] == [2, 0]
    with as_everyone("test"):
        save_queue(SYSTEM, queue=queue, agents=[(two, 0), (one, 0)])
    with all_answering(*phones) as ringing:
        assert call_in(house, talk=2.0).wait() == 0
    assert [len(invited(found)) for found in ringing] == [0, 1]
    with as_everyone("test"):
        save_queue(SYSTEM, queue=queue, strategy="ringall")
    with phones[0].answering("ring") as first, phones[1].answering("ring") as second:
        call = call_in(house, talk=4.0)
        wait_for(lambda: invited(first) and invited(second))
        assert call.wait() == 0
    house.carrier_legs()


def test_an_agent_rests_after_a_call_and_is_not_rung_while_talking(
    house: House,
) -> None:
    one, two = agents(house, 2)
    make_queue(house, one, two, strategy="linear", wrapup_seconds=60)
    phones = [house.phone(one), house.phone(two)]
    with all_answering(*phones) as ringing:
        assert call_in(house, talk=2.0).wait() == 0
        assert [len(invited(found)) for found in ringing] == [1, 0]
        assert call_in(house, talk=2.0).wait() == 0  # the first one rests
        assert [len(invited(found)) for found in ringing] == [1, 1]


def test_a_queue_without_agents_says_so_and_ends(house: House) -> None:
    make_queue(house)
    call = call_in(house, talk=12.0)
    assert call.wait(30) in (0, 1)  # the PBX hangs up by itself
    (leg,) = house.carrier_legs()
    assert leg.userfield.startswith("v1|in|")


def test_who_asks_to_be_called_back_is_called_and_the_queue_pays(house: House) -> None:
    (one,) = agents(house, 1)
    queue = make_queue(
        house, one, empty="never", offers_callback=True, is_recorded=True
    )
    with as_everyone("test"):
        change_agent(SYSTEM, seat(one), logged_in=False)
        allowed = ask(house, queue, "030 2312 5998", waited="40")
        assert ask(house, queue, "+4990012345678") == ""
        assert ask(house, queue, "112") == ""
        assert ask(house, queue, "+14165550123") == ""
        row = QueueCallback.objects.get()
    assert allowed == "ok"
    assert row.number == "+493023125998"
    phone = house.phone(one)
    assert callbacks.run() == 1
    with phone.answering(), house.carrier.answering() as outside:
        with as_everyone("test"):
            change_agent(SYSTEM, seat(one), logged_in=True)
        wait_for(lambda: invited(outside), seconds=15)
        assert invited(outside)[0].line.startswith("INVITE sip:+493023125998@")
        wait_for(lambda: any(m.line.startswith("ACK") for m in outside.messages()))
        hang_up("queue-callback")
        (leg,) = house.carrier_legs()
    assert leg.userfield == "v1|out|carrier|+493023125998"
    assert leg.accountcode == "700"
    spool = Path(settings.RECORDING_SPOOL_DIR, house.world.nordbel.customer.code)
    assert not list(spool.glob("*"))  # who is called back has not been told
    callbacks.run()
    with as_everyone("test"):
        assert QueueCallback.objects.get().state == "done"


def ask(house: House, queue: Queue, number: str, *, waited: str = "1") -> str:
    """What the dialplan asks when a caller pressed the key."""
    code = house.world.nordbel.customer.code
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    with owner_connection() as owner:
        found = owner.execute(
            "SELECT asterisk.ask_callback(%s, %s, %s, %s)",
            [code, str(queue.pk), digits, waited],
        ).fetchone()
    assert found is not None
    return str(found[0])


@contextmanager
def followed() -> Iterator[Callable[[], None]]:
    """The listener on the real AMI, in a thread; yields what cuts its connection."""
    presence.connection().flushdb()
    loop = asyncio.new_event_loop()
    client = reader()

    async def follow() -> None:
        async with client:
            listener = Listener(client)
            with suppress(asyncio.CancelledError):
                await listener.rounds()
            await listener.redis.aclose()

    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    task = asyncio.run_coroutine_threadsafe(follow(), loop)
    try:
        wait_for(lambda: presence.connection().get(presence.HEARTBEAT))
        yield lambda: loop.call_soon_threadsafe(
            client._manager.protocol.transport.abort
        )
    finally:
        task.cancel()
        wait_for(lambda: not asyncio.all_tasks(loop))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def test_the_board_is_right_again_after_a_cut(house: House) -> None:
    (one,) = agents(house, 1)
    queue = make_queue(house, one, empty="never")
    with as_everyone("test"):
        change_agent(SYSTEM, seat(one), logged_in=False)
    code = house.world.nordbel.customer.code

    def told() -> Any:
        return (queue_state.of(code) or {}).get(queue.pk, {"waiting": [], "lost": 0})

    with followed() as cut:
        call_in(house, talk=9.0)
        wait_for(lambda: len(told()["waiting"]) == 1)
        assert told()["waiting"][0]["number"] == CALLER
        since = told()["waiting"][0]["since"]
        cut()
        call_in(house, talk=9.0)
        wait_for(lambda: len(told()["waiting"]) == 2)
        assert abs(told()["waiting"][0]["since"] - since) <= 1
        wait_for(lambda: told()["lost"] == 2, seconds=25)
        assert told()["waiting"] == []
