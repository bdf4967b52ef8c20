"""Which country a number is in, and how risky its range is: the table behind the limits.

`data/dial_ranges.csv` is made from the metadata of the library phonenumbers (which
country a range is in, which ranges are premium) and from the lists below, whose sources
stand in docs/call-limits.md. `manage.py dial_ranges` writes it anew; a migration loads it.
The longest prefix that matches decides.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

FILE: Final = Path(__file__).parent / "data" / "dial_ranges.csv"
NOWHERE: Final = "001"
"""Region of numbers without a country, as in the library."""

NEIGHBOURS: Final[dict[str, tuple[str, ...]]] = {
    "DE": ("AT", "BE", "CH", "CZ", "DK", "FR", "LU", "NL", "PL"),
    "NL": ("BE", "DE"),
    "AT": ("CH", "CZ", "DE", "HU", "IT", "LI", "SI", "SK"),
}
_OFTEN_ABUSED: Final = (
    "BA BI CD CF CK CU DZ EE ER FK GM GN GQ GW GY HT IO KI KM KP LR LT LV MG MR MV NE NR"
    " NU PG SB SH SL SO SR SS ST TD TG TK TN TO TV TL VU WF WS YE ZW AC"
)
_ONE_RING: Final = "AG AI BB BM BS DM DO GD JM KN KY LC MS SX TC TT VC VG"
"""Countries of +1: they look like a number at home in America."""
HIGH_RISK_COUNTRIES: Final = frozenset(f"{_OFTEN_ABUSED} {_ONE_RING}".split())
SATELLITE: Final = ("870", "878", "881", "882", "883", "888")
# Personal, shared-cost and directory ranges that cost like premium ones.
MORE_PREMIUM: Final = {
    "DE": ("118", "137", "180", "700", "900", "32", "12", "19"),
    "NL": ("18", "900", "906", "909", "84", "87", "676"),
    "AT": ("118", "810", "820", "821", "828", "900", "901", "930", "931", "939"),
    "US": ("900",),
    "GB": ("118", "70", "84", "87", "9"),
}
NOT_GEOGRAPHIC: Final = ("800", "5")
"""Parts of +1 and +44 that several countries share."""
INTERNATIONAL_PREMIUM: Final = ("808", "979")


class DialRange(NamedTuple):
    """A prefix (digits without plus), its country, and `risk`: empty, `premium`,
    `satellite` or `high_risk`."""

    prefix: str
    region: str
    risk: str


def stored() -> Iterator[DialRange]:
    """Return the rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield DialRange(row["prefix"], row["region"], row["risk"])


def write() -> int:
    """Make the file anew; return the number of rows."""
    rows = sorted(set(made()))
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(DialRange._fields)
        writer.writerows(rows)
    return len(rows)


def made() -> Iterator[DialRange]:
    """Return all rows, from the library and the lists of this module."""
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        if regions == (NOWHERE,):
            yield DialRange(str(code), NOWHERE, _risk_of_code(str(code)))
            continue
        yield _whole(str(code), regions[0])
        for region in regions:
            if region != regions[0]:
                yield from _shared(code, region, regions[0])
            for prefix in _premium(region, own=region != regions[0]):
                yield DialRange(f"{code}{prefix}", region, "premium")


def _risk_of_code(code: str) -> str:
    if code in SATELLITE:
        return "satellite"
    return "premium" if code in INTERNATIONAL_PREMIUM else ""


def _whole(prefix: str, region: str) -> DialRange:
    risk = "high_risk" if region in HIGH_RISK_COUNTRIES else ""
    return DialRange(prefix, region, risk)


def _shared(code: int, region: str, main: str) -> Iterator[DialRange]:
    """Return the ranges of a country that shares its code (+1, +7, +44 …)."""
    theirs, mains = _metadata(region), _metadata(main)
    if theirs is None or mains is None:
        return
    for prefix in _prefixes(_patterns(theirs), _patterns(mains)):
        if prefix in NOT_GEOGRAPHIC:
            continue
        yield _whole(f"{code}{prefix}", region)


def _premium(region: str, *, own: bool) -> Iterator[str]:
    if region in MORE_PREMIUM:
        yield from MORE_PREMIUM[region]
        return
    metadata = _metadata(region)
    premium = metadata.premium_rate if metadata else None
    if own or metadata is None or premium is None:
        return
    if pattern := premium.national_number_pattern:
        yield from _prefixes([pattern], _ordinary(metadata))


def _metadata(region: str) -> PhoneMetadata | None:
    return PhoneMetadata.metadata_for_region(region)


def _patterns(metadata: PhoneMetadata) -> list[str]:
    if metadata.leading_digits:
        return [rf"(?:{metadata.leading_digits})\d*"]
    return _ordinary(metadata)


def _ordinary(metadata: PhoneMetadata) -> list[str]:
    kinds = (metadata.fixed_line, metadata.mobile, metadata.voip)
    return [k.national_number_pattern for k in kinds if k and k.national_number_pattern]


def _prefixes(wanted: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return the shortest prefixes whose numbers match `wanted` and none of `others`."""
    inside = [re.compile(p) for p in wanted]
    outside = [re.compile(p) for p in others if p not in wanted]
    chosen: list[str] = []
    open_prefixes = [str(n) for n in range(1, 10)]
    while open_prefixes:
        prefix = open_prefixes.pop(0)
        hits = [n for n in _samples(prefix) if any(p.fullmatch(n) for p in inside)]
        if not hits:
            continue
        if not any(p.fullmatch(n) for n in _samples(prefix) for p in outside):
            chosen.append(prefix)
        elif len(prefix) < 4:
            open_prefixes += [f"{prefix}{digit}" for digit in range(10)]
    return chosen


def _samples(prefix: str, each: int = 60) -> list[str]:
    """Return invented numbers of every usual length that begin with `prefix`."""
    dice = random.Random(prefix)  # noqa: S311 - the same file from the same library
    return [
        prefix + "".join(dice.choices("0123456789", k=length - len(prefix)))
        for length in range(max(5, len(prefix)), 12)
        for _n in range(each)
    ]
