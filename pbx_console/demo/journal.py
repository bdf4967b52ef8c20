"""An invented month of calls, written as Asterisk writes its journal.

The follower reads it like any other journal, so every figure on the demo's pages went
through the real path: records, legs, rating, export. The same seed gives the same calls.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pbx_console.asterisk.journal import FIELDS

# Calls per hour of a working day, from 6 to 20 o'clock, as a share of the busiest hour.
SHAPE = (2, 8, 40, 85, 100, 90, 60, 45, 80, 95, 85, 60, 25, 8)


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


def lines(legs: list[Leg], *, trunk: str) -> Iterator[str]:
    """Return the journal records of these legs, ordered by time."""
    records = [record for leg in legs for record in _records(leg, trunk)]
    for _at, values in sorted(records, key=lambda record: record[0]):
        yield ",".join('"' + v.replace('"', '""') + '"' for v in values) + "\n"


def _records(leg: Leg, trunk: str) -> Iterator[tuple[int, list[str]]]:
    answer, end = leg.start + leg.ring, leg.start + leg.ring + leg.talk
    yield leg.start, _record(leg, trunk, "CHAN_START", leg.start)
    if leg.talk:
        yield answer, _record(leg, trunk, "ANSWER", answer)
    cause = '{"hangupcause":16}' if leg.talk else '{"hangupcause":19}'
    yield end, _record(leg, trunk, "HANGUP", end, extra=cause)
    yield end + 100, _record(leg, trunk, "CHAN_END", end + 100)
    yield end + 200, _record(leg, trunk, "LINKEDID_END", end + 200)


def _record(leg: Leg, trunk: str, event: str, at: int, *, extra: str = "") -> list[str]:
    stamp = f"{leg.start // 1_000_000}.{leg.serial}"
    num = leg.party.number if leg.direction == "out" else leg.other
    known = event != "CHAN_START" or leg.direction == "in"
    values = {
        "eventtype": event,
        "eventtime": f"{at // 1_000_000}.{at % 1_000_000:06d}",
        "uniqueid": stamp,
        "linkedid": stamp,
        "channame": f"PJSIP/trunk-{trunk}-{leg.serial:08x}",
        "tenantid": leg.party.code if known else "",
        "accountcode": leg.party.number,
        "userfield": leg.userfield(trunk) if known else "",
        "num": num,
        "name": leg.party.name if leg.direction == "out" else "",
        "context": "from-trunk",
        "eventextra": extra,
    }
    return [values.get(name, "") for name in FIELDS]
