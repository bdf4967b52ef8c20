"""Finished legs into charges, in batches: both levels of a leg or neither.

One batch is one transaction: the legs are locked (`SKIP LOCKED`, so that two raters share
the work), rated by `rating.rate`, copied in bulk, summed into `UsageDay` and marked. The
unique key (leg, level, generation, kind) refuses a second charge whatever happens here.
A leg that already has charges (its facts or prices changed) gets reversals first, and
only if the result differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from pbx_console.metering.models import Leg, Price, PriceList
from pbx_console.metering.rating import (
    LegTerms,
    ListTerms,
    NoPrice,
    RatedCharge,
    by_prefix,
    rate,
)
from pbx_console.metering.spending import USED

BATCH: Final = 5_000
LEVELS: Final = ("wholesale", "retail")


class FinishedLeg(NamedTuple):
    """A leg that waits for its price, with the lists that hold for it."""

    id: int
    direction: str
    number: str
    answered_at: datetime
    duration_ms: int
    customer_id: int
    wholesale_list: int | None
    retail_list: int | None

    @property
    def terms(self) -> LegTerms:
        """Return what the rating function looks at."""
        return LegTerms(self.direction, self.number, self.answered_at, self.duration_ms)


class Standing(NamedTuple):
    """A charge of a leg that was not taken back."""

    id: int
    leg_id: int
    level: str
    generation: int
    facts: tuple[Any, ...]


@dataclass(slots=True)
class Rated:
    """What one batch did."""

    legs: int = 0
    charges: int = 0
    unpriced: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Batch:
    """What is to be written: charge rows, reversals, and each leg's next state."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    reversed_ids: list[int] = field(default_factory=list)
    rated: list[int] = field(default_factory=list)
    unpriced: dict[str, list[int]] = field(default_factory=dict)


class PriceBook:
    """Price lists in memory, each loaded again when its version has risen."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lists: dict[int, tuple[int, ListTerms]] = {}

    def refresh(self, ids: Iterable[int]) -> dict[int, ListTerms]:
        """Return the lists by id, as they are now."""
        for found in PriceList.objects.filter(id__in=set(ids)):
            known = self._lists.get(found.id)
            if known is None or known[0] != found.version:
                self._lists[found.id] = (found.version, list_terms(found))
        return {key: terms for key, (_version, terms) in self._lists.items()}


def list_terms(price_list: PriceList) -> ListTerms:
    """Return a price list with all its prices as the rating function wants it."""
    prices = Price.objects.filter(price_list_id=price_list.id)
    return ListTerms(
        price_list.id,
        price_list.name,
        price_list.currency,
        price_list.rounding_rule,
        price_list.window,
        price_list.split_peak,
        by_prefix(price.terms for price in prices.iterator(chunk_size=5_000)),
    )


def rate_finished(
    book: PriceBook, *, limit: int = BATCH, only: list[int] | None = None
) -> Rated:
    """Rate up to `limit` finished legs (or `only` those); `legs` is 0 if none waited."""
    with transaction.atomic():
        legs = _lock_finished(limit, only)
        if not legs:
            return Rated()
        wanted = {leg.wholesale_list for leg in legs} | {
            leg.retail_list for leg in legs
        }
        lists = book.refresh(key for key in wanted if key is not None)
        standing = _standing([leg.id for leg in legs])
        batch = Batch()
        for leg in legs:
            _rate_leg(leg, lists, standing.get(leg.id, {}), batch)
        _write(batch)
    unpriced = sum(len(ids) for ids in batch.unpriced.values())
    unchanged = len(batch.rated) - len({row[0] for row in batch.rows})
    return Rated(len(legs), len(batch.rows), unpriced, unchanged)


_LOCK: Final = """
SELECT leg.id, leg.direction, leg.number, leg.answered_at, leg.duration_ms,
  leg.customer_id, reseller.price_list_id, customer.price_list_id
FROM metering_leg leg
LEFT JOIN metering_resellertariff reseller ON reseller.reseller_id = leg.reseller_id
LEFT JOIN metering_customertariff customer ON customer.customer_id = leg.customer_id
WHERE leg.state = 'finished' {} ORDER BY leg.id LIMIT %s FOR UPDATE OF leg SKIP LOCKED
"""
_STANDING: Final = """
SELECT id, leg_id, level, generation, direction, number, answered_at, duration_ms,
  customer_id, rule, billed_ms, amount_micro, currency
FROM metering_charge charge
WHERE leg_id = ANY (%s) AND kind = 'charge' AND NOT EXISTS (
  SELECT FROM metering_charge reversal WHERE reversal.leg_id = charge.leg_id
    AND reversal.level = charge.level AND reversal.generation = charge.generation
    AND reversal.kind = 'reversal')
"""


def _lock_finished(limit: int, only: list[int] | None) -> list[FinishedLeg]:
    if only is None:
        rows = _fetch(_LOCK.format(""), [limit])
    else:
        rows = _fetch(_LOCK.format("AND leg.id = ANY (%s)"), [only, limit])
    return [FinishedLeg(*row) for row in rows]


def _standing(leg_ids: list[int]) -> dict[int, dict[str, Standing]]:
    found: dict[int, dict[str, Standing]] = {}
    for row in _fetch(_STANDING, [leg_ids]):
        charge = Standing(row[0], row[1], row[2], row[3], row[4:])
        found.setdefault(charge.leg_id, {})[charge.level] = charge
    return found


def _rate_leg(
    leg: FinishedLeg,
    lists: dict[int, ListTerms],
    standing: dict[str, Standing],
    batch: Batch,
) -> None:
    results: list[tuple[str, RatedCharge]] = []
    for level, list_id in zip(
        LEVELS, (leg.wholesale_list, leg.retail_list), strict=True
    ):
        terms = lists.get(list_id) if list_id is not None else None
        try:
            results.append((level, rate(leg.terms, terms)))
        except NoPrice:
            reason = f"no_{level}_{'price' if terms else 'list'}"
            batch.unpriced.setdefault(reason, []).append(leg.id)
            return
    batch.rated.append(leg.id)
    for level, charge in results:
        _place(leg, level, charge, standing.get(level), batch)


def _place(
    leg: FinishedLeg,
    level: str,
    charge: RatedCharge,
    before: Standing | None,
    batch: Batch,
) -> None:
    """Add the charge; take back the one that stands if it differs, else leave it."""
    generation = 1
    if before is not None:
        if before.facts == _facts(leg, charge):
            return
        batch.reversed_ids.append(before.id)
        generation = before.generation + 1
    batch.rows.append(_row(leg.id, level, generation, charge))


def _facts(leg: FinishedLeg, charge: RatedCharge) -> tuple[Any, ...]:
    """Return what makes a charge another one, in the order of `_STANDING`."""
    money = (charge.rule, charge.billed_ms, charge.amount_micro, charge.currency)
    return (*leg[1:6], *money)


_COLUMNS: Final = [
    *("leg_id", "level", "generation", "billed_ms", "rule", "price_list_id"),
    *("price_list_name", "price_id", "prefix", "destination", "destination_class"),
    *("period", "per_minute_micro", "setup_micro", "minimum_micro", "first_increment"),
    *("next_increment", "rounding", "steps", "amount_micro", "currency"),
]


_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _row(
    leg_id: int, level: str, generation: int, charge: RatedCharge
) -> tuple[Any, ...]:
    """Return a charge in the order of `_COLUMNS`."""
    head = (leg_id, level, generation, charge.billed_ms, charge.rule)
    tail = (_encode(charge.steps), charge.amount_micro, charge.currency)
    price, terms = charge.price, charge.price_list
    if price is None or terms is None:
        listed = (terms.id, terms.name) if terms else (None, "")
        nothing = (None, "", "", "", "", None, None, None, None, None, "")
        return head + listed + nothing + tail
    period, _ms, per_minute = charge.segments[0]
    return (
        *head,
        terms.id,
        terms.name,
        price.id,
        price.prefix,
        price.name,
        price.destination_class,
        "split" if len(charge.segments) > 1 else period,
        per_minute,
        price.setup_micro,
        price.minimum_micro,
        price.first_increment,
        price.next_increment,
        str(terms.rounding),
        *tail,
    )


_BATCH_TABLE: Final = """
CREATE TEMPORARY TABLE IF NOT EXISTS charge_batch (
  leg_id bigint, level text, generation int, billed_ms bigint, rule text,
  price_list_id bigint, price_list_name text, price_id bigint, prefix text,
  destination text, destination_class text, period text, per_minute_micro bigint,
  setup_micro bigint, minimum_micro bigint, first_increment int, next_increment int,
  rounding text, steps jsonb, amount_micro bigint, currency text
) ON COMMIT DELETE ROWS
"""
_COPY: Final = f"COPY charge_batch ({', '.join(_COLUMNS)}) FROM STDIN"
_OF_LEG: Final = (
    "reseller_id, customer_id, direction, extension_number, number, answered_at,"
    " hung_up_at, duration_ms"
)
_COPIED: Final = (
    "rule, price_list_id, price_list_name, price_id, prefix, destination,"
    " destination_class, period, per_minute_micro, setup_micro, minimum_micro,"
    " first_increment, next_increment, rounding, steps, currency"
)
_SUM_UP: Final = """
INSERT INTO metering_usageday AS usage (reseller_id, customer_id, day, level, direction,
  currency, calls, duration_ms, billed_ms, amount_micro)
SELECT added.reseller_id, customer_id, (hung_up_at AT TIME ZONE reseller.timezone)::date,
  level, direction, currency, sum(CASE kind WHEN 'charge' THEN 1 ELSE -1 END),
  sum(duration_ms), sum(billed_ms), sum(amount_micro)
FROM added JOIN accounts_reseller reseller ON reseller.id = added.reseller_id
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT (customer_id, day, level, direction, currency) DO UPDATE SET
  calls = usage.calls + excluded.calls,
  duration_ms = usage.duration_ms + excluded.duration_ms,
  billed_ms = usage.billed_ms + excluded.billed_ms,
  amount_micro = usage.amount_micro + excluded.amount_micro
"""
_RETURNING: Final = (
    "RETURNING reseller_id, customer_id, extension_number, answered_at, hung_up_at, level,"
    " direction, currency, kind, duration_ms, billed_ms, amount_micro"
)
_ADD: Final = f"""
WITH added AS (
  INSERT INTO metering_charge (leg_id, level, kind, generation, billed_ms, amount_micro,
    created_at, late, {_OF_LEG}, {_COPIED})
  SELECT leg_id, level, 'charge', generation, billed_ms, amount_micro, now(), false,
    {_OF_LEG}, {_COPIED}
  FROM charge_batch JOIN metering_leg leg ON leg.id = leg_id
  ORDER BY leg_id, level DESC {_RETURNING}
), {USED} {_SUM_UP}
"""  # noqa: S608 - this module's own names only
_REVERSE: Final = f"""
WITH added AS (
  INSERT INTO metering_charge (leg_id, level, kind, generation, reverses_id, reseller_id,
    customer_id, direction, extension_number, number, answered_at, hung_up_at,
    duration_ms, billed_ms, amount_micro, created_at, late, {_COPIED})
  SELECT leg_id, level, 'reversal', generation, id, reseller_id, customer_id, direction,
    extension_number, number, answered_at, hung_up_at, -duration_ms, -billed_ms,
    -amount_micro, now(), false, {_COPIED}
  FROM metering_charge WHERE id = ANY (%s) ORDER BY leg_id, level DESC {_RETURNING}
), {USED} {_SUM_UP}
"""  # noqa: S608 - this module's own names only


def _write(batch: Batch) -> None:
    if batch.reversed_ids:
        _execute(_REVERSE, [batch.reversed_ids])
    if batch.rows:
        _execute(_BATCH_TABLE, [])
        _execute("TRUNCATE charge_batch", [])
        _copy(batch.rows)
        _execute(_ADD, [])
    _execute(_SET_STATE, [Leg.State.RATED, "", batch.rated])
    for reason, ids in batch.unpriced.items():
        _execute(_SET_STATE, [Leg.State.UNPRICED, reason, ids])


# What a person accepted keeps saying so.
_SET_STATE: Final = """
UPDATE metering_leg SET state = %s,
  reason = CASE WHEN reason = 'accepted' THEN reason ELSE %s END WHERE id = ANY (%s)
"""


def _copy(rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


def _fetch(sql: str, params: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        yield from cursor.fetchall()


def _execute(sql: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
