"""Making price lists and filling them from CSV, all rows or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.services import audit
from pbx_console.lib import csv
from pbx_console.lib.csv import RowError
from pbx_console.metering import price_csv
from pbx_console.metering.models import Price, PriceList
from pbx_console.metering.price_csv import PriceRow
from pbx_console.metering.services.legs import requeue_unpriced

FIELDS = [
    "slug",
    "name",
    "kind",
    "currency",
    "timezone",
    "rounding",
    "split_peak",
    "peak_days",
    "peak_from_minute",
    "peak_until_minute",
]
ALWAYS: Final = date(2000, 1, 1)
"""The first day of a prefix's first price where the file names none."""

_TERMS: Final = [
    "name",
    "destination_class",
    "per_minute_micro",
    "off_peak_per_minute_micro",
    "setup_micro",
    "minimum_micro",
    "first_increment",
    "next_increment",
    "valid_until",
]


@dataclass(slots=True)
class PriceImport:
    """What an import did, or why it did nothing (`errors`)."""

    errors: list[RowError] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def ok(self) -> bool:
        """Say whether the file was imported."""
        return not self.errors


@transaction.atomic
def save_price_list(
    actor: Actor,
    *,
    reseller: Reseller | None,
    price_list: PriceList | None = None,
    **values: Any,
) -> PriceList:
    """Create or change a list: a reseller's sale list, or without one the platform's.

    Raises ValidationError. Charges that exist keep what they copied.
    """
    unsaved = price_list is None
    price_list = price_list or PriceList(reseller=reseller, kind=_kind(reseller))
    before = {} if unsaved else audit.snapshot(price_list, FIELDS)
    for name in FIELDS:
        setattr(price_list, name, values.get(name, getattr(price_list, name)))
    price_list.full_clean()
    price_list.version += 0 if unsaved else 1
    price_list.save()
    after = audit.snapshot(price_list, FIELDS)
    verb = "price_list.created" if unsaved else "price_list.saved"
    audit.record(
        actor, verb, price_list, key=price_list.slug, before=before, after=after
    )
    return price_list


def _kind(reseller: Reseller | None) -> str:
    return PriceList.Kind.RETAIL if reseller else PriceList.Kind.WHOLESALE


def import_price_list(
    actor: Actor, *, price_list: PriceList, text: str | bytes, dry_run: bool = False
) -> PriceImport:
    """Import a CSV file (`price_csv.COLUMNS`): all of its rows, or none and the errors.

    A row replaces the one with the same prefix and start. A row without a start begins
    now if the prefix already has another price, else it has always been valid, so calls
    that waited for a price get it. Prefixes that the file does not name stay. With
    `dry_run` nothing is written and the result says what would be.
    """
    try:
        decoded = csv.decode(text if isinstance(text, bytes) else text.encode())
    except csv.CsvError as error:
        return PriceImport([error.error])
    rows, errors = price_csv.parse(decoded, price_list.window.zone)
    if errors:
        return PriceImport(errors)
    with transaction.atomic():
        locked = PriceList.objects.select_for_update().get(pk=price_list.pk)
        result, changes = _compare(locked, rows)
        if not dry_run and changes:
            _write(actor, locked, changes, result)
            price_list.version = locked.version
    return result


def _compare(
    price_list: PriceList, rows: list[PriceRow]
) -> tuple[PriceImport, list[Price]]:
    """Return what the rows mean for the list: counts, and the prices to write."""
    known: dict[str, list[Price]] = {}
    for price in Price.objects.filter(price_list=price_list):
        known.setdefault(price.prefix, []).append(price)
    now = timezone.now()
    result = PriceImport()
    changes: list[Price] = []
    for row in rows:
        before = known.get(row.prefix, [])
        same = _same_start(row, before, now)
        if same is not None and _terms(same) == row.terms:
            result.unchanged += 1
            continue
        replaces = same is not None and row.valid_from is not None
        result.changed += replaces
        result.added += not replaces
        changes.append(
            _price(price_list, row, start=_start(price_list, row, before, now))
        )
    return result, changes


def _same_start(row: PriceRow, known: list[Price], now: datetime) -> Price | None:
    """Return the price that the row replaces; without a start, the one valid now."""
    if row.valid_from is not None:
        return next((p for p in known if p.valid_from == row.valid_from), None)
    valid = [price for price in known if price.terms.is_valid(now)]
    return max(valid, key=lambda price: (price.valid_from, price.id), default=None)


def _start(
    price_list: PriceList, row: PriceRow, known: list[Price], now: datetime
) -> datetime:
    if row.valid_from is not None:
        return row.valid_from
    return now if known else datetime.combine(ALWAYS, time(), price_list.window.zone)


def _terms(price: Price) -> tuple[object, ...]:
    return tuple(getattr(price, name) for name in _TERMS)


def _price(price_list: PriceList, row: PriceRow, *, start: datetime) -> Price:
    terms: dict[str, Any] = dict(zip(_TERMS, row.terms, strict=True))
    return Price(price_list=price_list, prefix=row.prefix, valid_from=start, **terms)


def _write(
    actor: Actor, price_list: PriceList, changes: list[Price], result: PriceImport
) -> None:
    Price.objects.bulk_create(
        changes,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["price_list", "prefix", "valid_from"],
        update_fields=_TERMS,
    )
    price_list.version += 1
    price_list.save(update_fields=["version", "changed_at"])
    requeue_unpriced(price_list)
    after = {"added": result.added, "changed": result.changed}
    audit.record(
        actor, "price_list.imported", price_list, key=price_list.slug, after=after
    )
