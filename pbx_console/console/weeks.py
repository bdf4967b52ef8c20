"""A schedule as people look at it: its week as bars, the next holidays, why it is so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from pbx_console.pbx.models import Holiday, Schedule
from pbx_console.pbx.models.schedules import clock


@dataclass(frozen=True, slots=True)
class Bar:
    """Hours of a day: begin and width in minutes, and as text."""

    start: int
    width: int
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the week; `at` is the present minute on the day that is today."""

    name: str
    bars: list[Bar]
    at: int | None

    @property
    def text(self) -> str:
        """Return its hours in words."""
        return ", ".join(bar.text for bar in self.bars) or _("closed")


def week_of(schedule: Schedule) -> list[Day]:
    """Return the seven days of a schedule's week."""
    now = timezone.now().astimezone(ZoneInfo(schedule.customer.timezone))
    bars: dict[int, list[Bar]] = {day: [] for day in WEEKDAYS}
    for row in schedule.hours.all():
        text = f"{clock(row.opens)}–{clock(row.closes)}"
        bars[row.weekday].append(Bar(row.opens, row.closes - row.opens, text))
    minute = now.hour * 60 + now.minute
    return [
        Day(str(name), bars[day], minute if day == now.weekday() else None)
        for day, name in WEEKDAYS.items()
    ]


def next_holidays(schedule: Schedule, most: int = 5) -> list[Any]:
    """Return the public holidays that come next."""
    today = timezone.now().astimezone(ZoneInfo(schedule.customer.timezone)).date()
    rows = Holiday.objects.filter(region=schedule.region, day__gte=today)
    return list(rows[:most]) if schedule.region else []


def why_words(why: str) -> str:
    """Return the reason that `asterisk.schedule_state` gives, in words."""
    kind, _blank, name = why.partition(" ")
    if kind == "hand":
        return _("switched by hand")
    return name or _("by its hours")
