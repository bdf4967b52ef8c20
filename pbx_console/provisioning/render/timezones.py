"""Time zones of Europe and their summer time as a rule, for phones that know no names.

The rules are those of the IANA data base in POSIX's writing; a test holds them to the
clock of this machine, so that a changed law is noticed and not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_CENTRAL: Final = "CET-1CEST,M3.5.0,M10.5.0/3"
_EASTERN: Final = "EET-2EEST,M3.5.0/3,M10.5.0/4"
_BRITISH: Final = "GMT0BST,M3.5.0/1,M10.5.0"
_IRISH: Final = "GMT0IST,M3.5.0/1,M10.5.0"
_WESTERN: Final = "WET0WEST,M3.5.0/1,M10.5.0"
_MOSCOW: Final = "MSK-3"

_CENTRAL_CITIES: Final = (
    "Amsterdam Andorra Belgrade Berlin Bratislava Brussels Budapest Copenhagen Gibraltar "
    "Ljubljana Luxembourg Madrid Malta Monaco Oslo Paris Podgorica Prague Rome San_Marino "
    "Sarajevo Skopje Stockholm Tirane Vaduz Vatican Vienna Warsaw Zagreb Zurich"
)
_EASTERN_CITIES: Final = "Athens Bucharest Helsinki Kyiv Riga Sofia Tallinn Vilnius"

ZONES: Final[dict[str, str]] = {
    **{f"Europe/{city}": _CENTRAL for city in _CENTRAL_CITIES.split()},
    **{f"Europe/{city}": _EASTERN for city in _EASTERN_CITIES.split()},
    "Europe/London": _BRITISH,
    "Europe/Dublin": _IRISH,
    "Europe/Lisbon": _WESTERN,
    "Europe/Istanbul": _MOSCOW,
    "Europe/Moscow": _MOSCOW,
}

_POSIX: Final = re.compile(r"([A-Z]+)(-?\d+)(?:([A-Z]+),([^,]+),([^,]+))?")
_CHANGE: Final = re.compile(r"M(\d+)\.(\d)\.(\d)(?:/(\d+))?")


@dataclass(frozen=True, slots=True)
class Change:
    """When the clock is put: month, week (5 is the last), weekday (0 is Sunday), hour."""

    month: int
    week: int
    weekday: int
    hour: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as a rule: minutes east of Greenwich in winter, and its summer."""

    minutes: int
    winter_name: str
    summer_name: str = ""
    start: Change | None = None
    end: Change | None = None

    @property
    def hours(self) -> int:
        """Whole hours east of Greenwich in winter."""
        return self.minutes // 60

    @property
    def changes(self) -> tuple[Change, Change] | None:
        """Return start and end of summer time, None where there is none."""
        return (self.start, self.end) if self.start and self.end else None


def zone(name: str) -> Zone:
    """Return the rule of an IANA zone of `ZONES`."""
    found = _POSIX.fullmatch(ZONES[name])
    assert found is not None, "the table is ours"
    winter, west, summer, start, end = found.groups()
    if not summer:
        return Zone(-60 * int(west), winter)
    return Zone(-60 * int(west), winter, summer, _change(start), _change(end))


def _change(text: str) -> Change:
    found = _CHANGE.fullmatch(text)
    assert found is not None, "the table is ours"
    month, week, weekday, hour = found.groups()
    return Change(int(month), int(week), int(weekday), int(hour or 2))
