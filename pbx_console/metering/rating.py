"""What a call costs: one pure function over integers. No Django, no database, no floats.

Times are whole milliseconds, money is whole micro-units (one millionth) of the list's
currency, and between the two only exact integers occur: an amount before rounding is kept
as a fraction with the denominator 60,000 (milliseconds in a minute).

The rules, in order:

1. Emergency calls are free, always. Incoming calls are free. A call of 0 ms is free.
2. The longest prefix with a price valid when the call was answered wins; of several rows
   with that prefix the one valid from the latest moment.
3. Time rounds up: the first increment counts in full, then whole next increments
   (30/6: 32 s count as 36 s).
4. A list with a peak window may have a second price for off-peak. The period at the start
   of the call decides, or, if the list splits, each increment belongs to the period in
   which it begins.
5. Amount = set-up fee + time. If that is below the minimum charge, the minimum counts.
6. Rounded once, at the end, by the list's stated rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pbx_console.lib.money import NO_CURRENCY, Rounding
from pbx_console.metering.peak import PeakWindow

MINUTE_MS: Final = 60_000
MAX_PREFIX: Final = 15


class NoPrice(LookupError):
    """No price of the list covers this number at this moment."""


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """One row of a price list. `prefix` is digits without plus; increments in seconds."""

    id: int
    prefix: str
    name: str
    destination_class: str
    per_minute_micro: int
    off_peak_per_minute_micro: int | None
    setup_micro: int
    minimum_micro: int
    first_increment: int
    next_increment: int
    valid_from: datetime
    valid_until: datetime | None

    def is_valid(self, at: datetime) -> bool:
        """Half open: valid from its first moment until before its last."""
        return self.valid_from <= at and (
            self.valid_until is None or at < self.valid_until
        )


@dataclass(frozen=True, slots=True)
class ListTerms:
    """A price list, ready to be asked; `prices` by prefix, the latest valid one first."""

    id: int
    name: str
    currency: str
    rounding: Rounding
    window: PeakWindow
    split_peak: bool
    prices: Mapping[str, tuple[PriceTerms, ...]]

    def price_for(self, number: str, at: datetime) -> PriceTerms:
        """Return the price of an E.164 number at a moment. Raises NoPrice."""
        digits = number.removeprefix("+")
        for length in range(min(len(digits), MAX_PREFIX), 0, -1):
            for price in self.prices.get(digits[:length], ()):
                if price.is_valid(at):
                    return price
        raise NoPrice(f"no price for {number} in {self.name}")


def by_prefix(prices: Iterable[PriceTerms]) -> dict[str, tuple[PriceTerms, ...]]:
    """Group rows as `ListTerms.prices` wants them."""
    found: dict[str, list[PriceTerms]] = {}
    for price in prices:
        found.setdefault(price.prefix, []).append(price)
    return {
        prefix: tuple(
            sorted(rows, key=lambda row: (row.valid_from, row.id), reverse=True)
        )
        for prefix, rows in found.items()
    }


@dataclass(frozen=True, slots=True)
class LegTerms:
    """What of a leg matters to its price. `direction` is out, in or emergency."""

    direction: str
    number: str
    answered_at: datetime
    duration_ms: int


Segment = tuple[str, int, int]
"""(period `all`, `peak` or `off_peak`; billed milliseconds; price per minute in micro)."""


@dataclass(frozen=True, slots=True)
class RatedCharge:
    """The result, with what explains it. `exact` is the amount times 60,000, unrounded."""

    rule: str
    currency: str
    amount_micro: int
    billed_ms: int
    price: PriceTerms | None
    price_list: ListTerms | None
    segments: tuple[Segment, ...]
    exact: int
    steps: list[dict[str, Any]]


def rate(leg: LegTerms, price_list: ListTerms | None) -> RatedCharge:
    """Return the charge for one leg. Raises NoPrice if it has to be paid and cannot be.

    Without a list only what is free can be rated.
    """
    if leg.direction in _FREE_RULES or leg.duration_ms == 0:
        return _free(_FREE_RULES.get(leg.direction, "zero"), leg, price_list)
    if price_list is None:
        raise NoPrice("no price list is assigned")
    price = price_list.price_for(leg.number, leg.answered_at)
    billed = round_up(leg.duration_ms, price)
    segments = _segments(leg, price, price_list, billed)
    minutes = sum(ms * micro for _period, ms, micro in segments)
    exact = price.setup_micro * MINUTE_MS + minutes
    counted = max(exact, price.minimum_micro * MINUTE_MS)
    amount = price_list.rounding.apply(counted, MINUTE_MS)
    steps = _steps(leg, price, price_list, segments, exact, amount)
    return RatedCharge(
        "price",
        price_list.currency,
        amount,
        billed,
        price,
        price_list,
        segments,
        exact,
        steps,
    )


_FREE_RULES: Final = {"emergency": "emergency", "in": "incoming"}


def _free(rule: str, leg: LegTerms, price_list: ListTerms | None) -> RatedCharge:
    currency = price_list.currency if price_list else NO_CURRENCY
    steps: list[dict[str, Any]] = [
        {"step": "call", "number": leg.number, "duration_ms": leg.duration_ms},
        {"step": "free", "rule": rule, "amount_micro": 0},
    ]
    return RatedCharge(rule, currency, 0, 0, None, price_list, (), 0, steps)


def round_up(duration_ms: int, price: PriceTerms) -> int:
    """Return the milliseconds that count: one first and then whole next increments."""
    first, following = price.first_increment * 1000, price.next_increment * 1000
    if duration_ms <= first:
        return first
    return first + -(-(duration_ms - first) // following) * following


def _segments(
    leg: LegTerms, price: PriceTerms, terms: ListTerms, billed: int
) -> tuple[Segment, ...]:
    off_peak = price.off_peak_per_minute_micro
    if off_peak is None:
        return (("all", billed, price.per_minute_micro),)
    if not terms.split_peak:
        peak = terms.window.contains(leg.answered_at)
        return (_segment(billed, price, off_peak, peak=peak),)
    return tuple(_split(leg, price, terms, billed, off_peak))


def _split(
    leg: LegTerms, price: PriceTerms, terms: ListTerms, billed: int, off_peak: int
) -> Iterable[Segment]:
    """Cut the billed time at the borders; an increment belongs to where it begins."""
    end = leg.answered_at + timedelta(milliseconds=leg.duration_ms)
    changes = terms.window.changes(leg.answered_at, end)
    marks = [0, *(round_up(at, price) for at, _peak in changes[1:]), billed]
    for (_at, peak), low, high in zip(changes, marks, marks[1:], strict=False):
        if min(high, billed) > low:
            yield _segment(min(high, billed) - low, price, off_peak, peak=peak)


def _segment(billed: int, price: PriceTerms, off_peak: int, *, peak: bool) -> Segment:
    if peak:
        return ("peak", billed, price.per_minute_micro)
    return ("off_peak", billed, off_peak)


def _steps(
    leg: LegTerms,
    price: PriceTerms,
    terms: ListTerms,
    segments: tuple[Segment, ...],
    exact: int,
    amount: int,
) -> list[dict[str, Any]]:
    """Everything a person needs to compute the amount again by hand, in order."""
    valid_until = price.valid_until.isoformat() if price.valid_until else None
    steps: list[dict[str, Any]] = [
        {"step": "call", "number": leg.number, "duration_ms": leg.duration_ms},
        {
            "step": "price",
            "list": terms.name,
            "prefix": price.prefix,
            "name": price.name,
            "valid_from": price.valid_from.isoformat(),
            "valid_until": valid_until,
        },
        {
            "step": "time",
            "first_increment": price.first_increment,
            "next_increment": price.next_increment,
            "billed_ms": sum(ms for _period, ms, _micro in segments),
        },
    ]
    steps += [
        {
            "step": "minutes",
            "period": period,
            "billed_ms": ms,
            "per_minute_micro": micro,
        }
        for period, ms, micro in segments
    ]
    if price.setup_micro:
        steps.append({"step": "setup", "setup_micro": price.setup_micro})
    if price.minimum_micro:
        applied = exact < price.minimum_micro * MINUTE_MS
        minimum = {"minimum_micro": price.minimum_micro, "applied": applied}
        steps.append({"step": "minimum", **minimum})
    rounding = {"rule": str(terms.rounding), "amount_micro": amount}
    steps.append({"step": "rounding", "exact_60000ths": exact, **rounding})
    return steps
