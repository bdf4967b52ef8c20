"""Peak and off-peak by the local clock of a price list's zone. Pure, no Django.

A moment is peak when the clock on the wall there shows a time inside the window on a
chosen weekday. On the night of a clock change the wall decides as on any other night: an
hour that is shown twice is judged twice, an hour that is skipped does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAY_MINUTES: Final = 24 * 60
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PeakWindow:
    """When it is peak: weekdays as a bit mask (Monday 1 … Sunday 64) and minutes of day.

    `from_minute` 0..1439 included, `until_minute` 1..1440 excluded. A window whose start
    is not before its end runs over midnight; each moment is judged by its own weekday.
    """

    days: int
    from_minute: int
    until_minute: int
    zone: ZoneInfo

    def contains(self, at: datetime) -> bool:
        """Say whether the aware moment `at` is peak."""
        local = at.astimezone(self.zone)
        if not self.days >> local.weekday() & 1:
            return False
        minute = local.hour * 60 + local.minute
        if self.from_minute < self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute

    def changes(self, start: datetime, end: datetime) -> list[tuple[int, bool]]:
        """Return (milliseconds after `start`, peak from there on), the first at 0.

        Only real changes are listed; the interval is half open.
        """
        found = [(0, self.contains(start))]
        for at in sorted(set(self._candidates(start, end))):
            peak = self.contains(at)
            if start < at < end and peak != found[-1][1]:
                found.append((round_ms(at - start), peak))
        return found

    def _candidates(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield every moment at which the answer may change."""
        day = start.astimezone(self.zone).date()
        last = end.astimezone(self.zone).date()
        while day <= last:
            yield from self._borders(day)
            day += timedelta(days=1)
        yield from _clock_changes(self.zone, start, end)

    def _borders(self, day: date) -> Iterator[datetime]:
        for minute in {0, self.from_minute, self.until_minute % DAY_MINUTES}:
            wall = datetime.combine(day, time(minute // 60, minute % 60), self.zone)
            yield wall.astimezone(UTC)
            yield wall.replace(fold=1).astimezone(UTC)


def round_ms(delta: timedelta) -> int:
    """Return a time difference in whole milliseconds, cut, without floats."""
    return delta // timedelta(milliseconds=1)


def _clock_changes(
    zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[datetime]:
    """Yield the moments between which the zone's offset from UTC differs, to the second."""
    at = start.astimezone(UTC).replace(microsecond=0)
    while at < end:
        if _offset(zone, at) != _offset(zone, at + _HOUR):
            yield _bisect(zone, at, at + _HOUR)
        at += _HOUR


def _bisect(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = _offset(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()
