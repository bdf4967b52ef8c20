"""When a schedule is open on the day of a call path: a strip, and the same in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils import timezone

from pbx_console.console.call_words import STATES
from pbx_console.console.formats import clock_time

QUARTERS = 96


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the day with one state; `x` and `width` in quarters of an hour."""

    x: int
    width: int
    state: str
    begins: dt.datetime

    @property
    def word(self) -> Any:
        """Return the state in words."""
        return STATES.get(self.state, self.state)

    @property
    def at(self) -> str:
        """Return its beginning as the page's query has it."""
        return self.begins.strftime("%Y-%m-%dT%H:%M")

    @property
    def hour(self) -> str:
        """Return its beginning as people read it."""
        return clock_time(self.begins)


@dataclass(frozen=True, slots=True)
class Day:
    """The whole day of one schedule, and where the moment is on it."""

    name: str
    spans: list[Span]
    now: float


def day_of(schedule: int, name: str, moment: dt.datetime) -> Day:
    """Ask what the dialplan would be told, each quarter of an hour of that day."""
    local = timezone.localtime(moment)
    first = local.replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [
        first.replace(hour=place // 4, minute=place % 4 * 15)
        for place in range(QUARTERS)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (asterisk.schedule_state(%s, m)).state"
            " FROM unnest(%s::timestamptz[]) WITH ORDINALITY a(m, place) ORDER BY place",
            [schedule, moments],
        )
        states = [state or "" for (state,) in cursor.fetchall()]
    now = (local.hour * 60 + local.minute) / 15
    return Day(name, _spans(moments, states), now)


def _spans(moments: list[dt.datetime], states: list[str]) -> list[Span]:
    spans, x = [], 0
    for state, same in groupby(states):
        width = len(list(same))
        spans.append(Span(x, width, state, moments[x]))
        x += width
    return spans
