"""AMI events -> who waits in which queue, and what became of calls. Pure, like `calls`.

Counts of a day come from two sides: events while the connection is there, and app_queue's
own counters (Completed, Abandoned) in each snapshot. What was missed during a cut is the
difference, so the day is right again right after it; only how long those waited is not
known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pbx_console.asterisk.ami.calls import HEADERS, Forged

FOLLOWED: Final = frozenset(
    {
        "QueueCallerJoin",
        "QueueCallerLeave",
        "QueueCallerAbandon",
        "AgentConnect",
        "AgentComplete",
    }
)
_QUEUE: Final = re.compile(r"[ql]([0-9]{1,18})")  # see Queue.asterisk_name
_UNIQUE: Final = re.compile(r"(?:[A-Za-z0-9_.-]+-)?[0-9]{9,12}\.[0-9]+")
_NUMBER: Final = re.compile(r"\+?[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One caller. `number` is empty when it is withheld; `since` in seconds, UTC."""

    uniqueid: str
    number: str
    since: int


@dataclass(slots=True)
class Tally:
    """One queue's day. `completed` and `abandoned` are app_queue's counters as last seen
    (None: not yet), `talking` who was counted as answered and has not ended."""

    day: str = ""
    answered: int = 0
    in_time: int = 0
    lost: int = 0
    waited: int = 0  # seconds, of those whose wait is known
    known: int = 0
    completed: int | None = None
    abandoned: int | None = None
    talking: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Queues:
    """What goes on in all queues, by their keys in the console's database."""

    waiting: dict[int, dict[str, Waiting]] = field(default_factory=dict)
    tallies: dict[int, Tally] = field(default_factory=dict)
    targets: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def apply(self, event: Mapping[str, str], *, now: float) -> bool:
        """Follow one event; say whether it was about a queue. Raises Forged."""
        kind = event.get("Event", "")
        if kind not in FOLLOWED:
            return False
        key, uniqueid = _place(event)
        self.changed.add(key)
        tally = self.tallies.setdefault(key, Tally())
        if kind == "QueueCallerJoin":
            found = Waiting(uniqueid, _number(event), int(now))
            self.waiting.setdefault(key, {})[uniqueid] = found
            return True
        if kind != "AgentComplete":
            self.waiting.get(key, {}).pop(uniqueid, None)
        if kind == "QueueCallerAbandon":
            tally.lost += 1
            tally.abandoned = (tally.abandoned or 0) + 1
        elif kind == "AgentConnect":
            self._answered(key, tally, uniqueid, _seconds(event, "HoldTime"))
        elif kind == "AgentComplete":
            _completed(tally, uniqueid)
        return True

    def _answered(self, key: int, tally: Tally, uniqueid: str, held: int) -> None:
        tally.answered += 1
        tally.known += 1
        tally.waited += held
        tally.in_time += held <= self.targets.get(key, 20)
        tally.talking.append(uniqueid)

    def restart(
        self,
        items: Iterable[Mapping[str, str]],
        *,
        now: float,
        channels: Collection[str],
    ) -> None:
        """Take a snapshot (QueueStatus); `channels` are the unique ids that exist now."""
        before, self.waiting = self.waiting, {}
        self.changed |= {key for key, rows in before.items() if rows}
        counts: dict[int, tuple[int, int]] = {}
        for item in items:
            match = _QUEUE.fullmatch(item.get("Queue", ""))
            if match is None:
                continue
            key = int(match[1])
            self.changed.add(key)
            if item.get("Event") == "QueueParams":
                counts[key] = _added(counts.get(key, (0, 0)), item)
            elif item.get("Event") == "QueueEntry":
                self._enter(key, item, now)
        for key, (completed, abandoned) in counts.items():
            self._count(key, completed, abandoned, channels)

    def _enter(self, key: int, item: Mapping[str, str], now: float) -> None:
        uniqueid = item.get("Uniqueid", "")
        if _UNIQUE.fullmatch(uniqueid):
            since = int(now) - _seconds(item, "Wait")
            found = Waiting(uniqueid, _number(item), since)
            self.waiting.setdefault(key, {})[uniqueid] = found

    def _count(
        self, key: int, completed: int, abandoned: int, channels: Collection[str]
    ) -> None:
        """Add what was missed. Counters that went back began anew with the server."""
        tally = self.tallies.setdefault(key, Tally())
        gone = [uid for uid in tally.talking if uid not in channels]
        tally.talking = [uid for uid in tally.talking if uid in channels]
        if tally.completed is not None:
            tally.answered += max(_since(completed, tally.completed) - len(gone), 0)
        if tally.abandoned is not None:
            tally.lost += _since(abandoned, tally.abandoned)
        tally.completed, tally.abandoned = completed, abandoned

    def begin_day(self, key: int, day: str) -> None:
        """Forget the counts of another day."""
        tally = self.tallies.setdefault(key, Tally(day=day))
        if tally.day and tally.day != day:
            kept = (tally.completed, tally.abandoned, tally.talking)
            tally = self.tallies[key] = Tally(day)
            tally.completed, tally.abandoned, tally.talking = kept
        tally.day = day

    def told(self, key: int) -> dict[str, Any]:
        """Return what pages are shown of one queue."""
        tally = self.tallies.get(key, Tally())
        rows = sorted(self.waiting.get(key, {}).values(), key=_age)
        return {
            "waiting": [
                {"id": row.uniqueid, "number": row.number, "since": row.since}
                for row in rows
            ],
            "answered": tally.answered,
            "in_time": tally.in_time,
            "known": tally.known,
            "waited": tally.waited,
            "lost": tally.lost,
        }


def _completed(tally: Tally, uniqueid: str) -> None:
    tally.completed = (tally.completed or 0) + 1
    if uniqueid in tally.talking:
        tally.talking.remove(uniqueid)
    else:  # taken while nobody listened
        tally.answered += 1


def _place(event: Mapping[str, str]) -> tuple[int, str]:
    """The queue and the caller's channel. Raises Forged for what Asterisk never writes."""
    keys = [
        key
        for key in event
        if key not in ("Event", "Privilege", "ActionID", "SystemName")
    ]
    queue = _QUEUE.fullmatch(event.get("Queue", ""))
    if tuple(keys[: len(HEADERS)]) != HEADERS or queue is None:
        raise Forged(event["Event"])
    if not _UNIQUE.fullmatch(event["Uniqueid"]):
        raise Forged(event["Event"])
    return int(queue[1]), event["Uniqueid"]


def _number(event: Mapping[str, str]) -> str:
    number = event.get("CallerIDNum", "")
    return number if _NUMBER.fullmatch(number) else ""


def _seconds(event: Mapping[str, str], name: str) -> int:
    value = event.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _added(sums: tuple[int, int], item: Mapping[str, str]) -> tuple[int, int]:
    """A queue that changed its name in Asterisk counts under both."""
    return sums[0] + _seconds(item, "Completed"), sums[1] + _seconds(item, "Abandoned")


def _since(now: int, before: int) -> int:
    return now - before if now >= before else now


def _age(row: Waiting) -> tuple[int, str]:
    return row.since, row.uniqueid
