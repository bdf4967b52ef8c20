"""An invented month of calls, written as Asterisk writes its journal.

The follower reads it like any other journal, so every figure on the demo's pages went
through the real path: records, legs, rating, export. The same seed gives the same calls.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pbx_console.asterisk.journal import FIELDS

# Calls per hour of a working day, from 6 to 20 o'clock, as a share of the busiest hour.
SHAPE = (2, 8, 40, 85, 100, 90, 60, 45, 80, 95, 85, 60, 25, 8)

# What is added to a carrier channel's number for the phone's channel of the same call.
PHONES = 10**6


@dataclass(frozen=True, slots=True)
class Party:
    """An extension that makes and gets calls, and the number it shows."""

    code: str
    number: str
    name: str
    did: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One carrier leg: who, which way, with whom, when (Unix microseconds)."""

    party: Party
    direction: str
    other: str
    start: int
    ring: int
    talk: int
    serial: int

    @property
    def stamp(self) -> str:
        """Return the id of the carrier's channel."""
        return f"{self.start // 1_000_000}.{self.serial}"

    @property
    def phone_stamp(self) -> str:
        """Return the id of the phone's channel."""
        return f"{self.start // 1_000_000}.{self.serial + PHONES}"

    def userfield(self, trunk: str) -> str:
        """Return the leg's attributes as the dialplan writes them."""
        called = self.other if self.direction == "out" else self.party.did
        return f"v1|{self.direction}|{trunk}|{called}"


def day_of_calls(
    day: date, *, zone: str, parties: list[Party], targets: list[str], seed: int
) -> list[Leg]:
    """Return the legs of one local day, in the order of their start."""
    rng = random.Random(f"{seed}:{day}")  # noqa: S311 - an invented history, no secret
    busy = 0.15 if day.weekday() >= 5 else 1.0
    legs = [
        leg
        for hour, share in enumerate(SHAPE, start=6)
        for leg in _hour(rng, day, ZoneInfo(zone), hour, share * busy, parties, targets)
    ]
    return sorted(legs, key=lambda leg: leg.start)


def _hour(
    rng: random.Random,
    day: date,
    zone: ZoneInfo,
    hour: int,
    share: float,
    parties: list[Party],
    targets: list[str],
) -> Iterator[Leg]:
    begin = datetime.combine(day, time(hour), zone).astimezone(UTC)
    for _n in range(round(share * len(parties) / 60 * rng.uniform(0.7, 1.3))):
        at = begin + timedelta(seconds=rng.uniform(0, 3599))
        answered = rng.random() < 0.86
        yield Leg(
            party=rng.choice(parties),
            direction="out" if rng.random() < 0.62 else "in",
            other=rng.choice(targets),
            start=int(at.timestamp() * 1_000_000),
            ring=int(rng.uniform(2, 18) * 1_000_000),
            talk=int(rng.lognormvariate(4.4, 1.0) * 1_000_000) if answered else 0,
            serial=rng.randrange(1, 10**6),
        )


def lines(
    legs: list[Leg],
    *,
    trunk: str,
    more: Iterable[tuple[int, list[str]]] = (),
) -> Iterator[str]:
    """Return the journal records of these legs and `more`, ordered by time."""
    records = [record for leg in legs for record in _records(leg, trunk)]
    records += more
    for _at, values in sorted(records, key=lambda record: record[0]):
        yield ",".join('"' + v.replace('"', '""') + '"' for v in values) + "\n"


def _records(leg: Leg, trunk: str) -> Iterator[tuple[int, list[str]]]:
    """Return both channels of a call: the carrier's, and the person's phone."""
    yield from _channel(leg, _carrier(leg, trunk))
    yield from _channel(leg, _phone(leg))
    end = leg.start + leg.ring + leg.talk + 200
    yield end, _record(_carrier(leg, trunk), "LINKEDID_END", end)


def _channel(leg: Leg, values: dict[str, str]) -> Iterator[tuple[int, list[str]]]:
    answer, end = leg.start + leg.ring, leg.start + leg.ring + leg.talk
    early = values | {"tenantid": "", "userfield": ""}
    known = leg.direction == "in" or not values["userfield"]
    yield leg.start, _record(values if known else early, "CHAN_START", leg.start)
    if leg.talk:
        yield answer, _record(values, "ANSWER", answer)
    cause = '{"hangupcause":16}' if leg.talk else '{"hangupcause":19}'
    yield end, _record(values | {"eventextra": cause}, "HANGUP", end)
    yield end + 100, _record(values, "CHAN_END", end + 100)


def _carrier(leg: Leg, trunk: str) -> dict[str, str]:
    out = leg.direction == "out"
    return {
        "uniqueid": leg.stamp,
        "linkedid": leg.phone_stamp if out else leg.stamp,
        "channame": f"PJSIP/trunk-{trunk}-{leg.serial:08x}",
        "tenantid": leg.party.code,
        "accountcode": leg.party.number,
        "userfield": leg.userfield(trunk),
        "num": leg.party.number if out else leg.other,
        "name": leg.party.name if out else "",
        "context": "from-trunk",
    }


def _phone(leg: Leg) -> dict[str, str]:
    """Return the person's own phone: it calls, or it rings."""
    return {
        "uniqueid": leg.phone_stamp,
        "linkedid": leg.phone_stamp if leg.direction == "out" else leg.stamp,
        "channame": f"PJSIP/{leg.party.code}-{leg.party.number}-{leg.serial:08x}",
        "tenantid": leg.party.code,
        "accountcode": leg.party.number,
        "userfield": "",
        "num": leg.party.number,
        "name": leg.party.name,
        "context": "from-extension",
    }


def inside(legs: list[Leg], *, seed: int) -> Iterator[tuple[int, list[str]]]:
    """Return records of calls between colleagues, one for every fifth call outside."""
    rng = random.Random(f"{seed}:inside")  # noqa: S311 - as above
    parties = sorted({leg.party for leg in legs}, key=lambda p: (p.code, p.number))
    for leg in legs[::5]:
        others = [one for one in parties if one.code == leg.party.code]
        other = rng.choice(others)
        if other.number == leg.party.number:
            continue
        call = replace(leg, direction="out", start=leg.start - 7_000_000)
        call = replace(call, serial=leg.serial + 2 * PHONES)
        yield from _channel(call, _phone(call))
        rings = _phone(replace(call, party=other)) | {
            "uniqueid": call.stamp,
            "linkedid": call.phone_stamp,
        }
        yield from _channel(call, rings)


def _record(values: dict[str, str], event: str, at: int) -> list[str]:
    told = values | {
        "eventtype": event,
        "eventtime": f"{at // 1_000_000}.{at % 1_000_000:06d}",
    }
    return [told.get(name, "") for name in FIELDS]
