"""From AMI events to who waits: shapes of 22.10.1, days, cuts and forgeries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.asterisk.ami.calls import Forged
from pbx_console.asterisk.ami.queues import Queues
from tests.asterisk.test_ami_calls import A, B, Event, event

NOW = 1795298300.0
TRUNK = "trunk-carrier-00000001"


def about(name: str, unique: str = A, queue: str = "q7", **more: str) -> Event:
    """A queue's event about the caller `unique`."""
    caller = more.pop("CallerIDNum", "+4917612345")
    head = event(name, TRUNK, 6, unique, unique, CallerIDNum=caller, Tenantid="cgd8dg")
    return {**head, "Queue": queue, **more}


def params(completed: int, abandoned: int, queue: str = "q7") -> Event:
    return {
        "Event": "QueueParams",
        "Queue": queue,
        "Completed": str(completed),
        "Abandoned": str(abandoned),
    }


def entry(unique: str, wait: int, queue: str = "q7") -> Event:
    return {
        "Event": "QueueEntry",
        "Queue": queue,
        "Uniqueid": f"pbx1-{unique}",
        "CallerIDNum": "030123456",
        "Wait": str(wait),
    }


def figures(queues: Queues) -> tuple[int, int, int]:
    told = queues.told(7)
    return len(told["waiting"]), told["answered"], told["lost"]


def test_it_follows_callers_in_and_out() -> None:
    queues = Queues(targets={7: 20})
    assert not queues.apply(event("Newchannel", TRUNK, 4, A, A), now=NOW)
    queues.apply(about("QueueCallerJoin", Position="1", Count="1"), now=NOW)
    queues.apply(about("QueueCallerJoin", B, Position="2", Count="2"), now=NOW + 5)
    assert [row["since"] for row in queues.told(7)["waiting"]] == [NOW, NOW + 5]
    queues.apply(about("QueueCallerLeave", Count="1", Position="1"), now=NOW + 9)
    queues.apply(about("AgentConnect", HoldTime="9", RingTime="3"), now=NOW + 9)
    queues.apply(about("QueueCallerAbandon", B, HoldTime="7"), now=NOW + 12)
    queues.apply(about("AgentComplete", TalkTime="5"), now=NOW + 20)
    assert figures(queues) == (0, 1, 1)
    assert queues.told(7)["in_time"] == 1
    assert queues.told(7)["waited"] == 9


def test_a_withheld_or_hostile_number_is_nobodys() -> None:
    queues = Queues()
    queues.apply(about("QueueCallerJoin", CallerIDNum="<b>x"), now=NOW)
    assert queues.told(7)["waiting"][0]["number"] == ""


@pytest.mark.parametrize("queue", ["", "default", "q", "q7;q8", "q" + "9" * 30])
def test_a_queue_that_is_none_of_ours_is_forged(queue: str) -> None:
    with pytest.raises(Forged):
        Queues().apply(about("QueueCallerJoin", queue=queue), now=NOW)


def test_missed_calls_are_counted_once_after_a_cut() -> None:
    queues = Queues()
    queues.restart([params(10, 4)], now=NOW, channels=set())
    assert figures(queues) == (0, 0, 0)  # what was before is another day's
    queues.apply(about("AgentConnect", HoldTime="1"), now=NOW)
    # Cut: this one ended, another one was taken and ended, a third gave up, one waits.
    queues.restart([params(12, 5), entry(B, 30)], now=NOW, channels={f"pbx1-{B}"})
    assert figures(queues) == (1, 2, 1)
    assert queues.told(7)["waiting"][0]["since"] == NOW - 30
    queues.restart([params(1, 0)], now=NOW, channels=set())  # the server began anew
    assert figures(queues) == (0, 3, 1)


def test_a_day_ends() -> None:
    queues = Queues()
    queues.begin_day(7, "2026-11-22")
    queues.apply(about("QueueCallerAbandon", HoldTime="7"), now=NOW)
    queues.begin_day(7, "2026-11-22")
    assert figures(queues) == (0, 0, 1)
    queues.begin_day(7, "2026-11-23")
    assert figures(queues) == (0, 0, 0)


CUTS = st.lists(st.booleans(), min_size=6, max_size=6)


@given(CUTS)
def test_whatever_is_missed_the_day_has_each_call_once(heard: list[bool]) -> None:
    """Three calls begin and end, each event heard or lost; a snapshot follows a loss."""
    queues = Queues()
    queues.restart([params(0, 0)], now=NOW, channels=set())
    done, live = 0, set()
    for step, here in enumerate(heard):
        unique = f"1795298221.{50 + step // 2}"
        ends = step % 2 == 1
        done += ends
        live = set() if ends else {f"pbx1-{unique}"}
        if here:
            name = "AgentComplete" if ends else "AgentConnect"
            queues.apply(about(name, unique, HoldTime="1"), now=NOW)
        else:
            queues.restart([params(done, 0)], now=NOW, channels=live)
    queues.restart([params(3, 0)], now=NOW, channels=set())
    assert figures(queues) == (0, 3, 0)
