"""A price list as a file that can be changed in a spreadsheet and imported again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from django.utils import timezone

from pbx_console.lib.money import to_short
from pbx_console.metering.models import Price, PriceList


def in_force(prices: Iterable[Price]) -> list[Price]:
    """Return what holds now or later, of `prices` ordered by prefix and start."""
    now = timezone.now()
    kept: list[Price] = []
    for price in prices:
        if price.valid_until is not None and price.valid_until <= now:
            continue
        last = kept[-1] if kept else None
        if last and last.prefix == price.prefix and price.valid_from <= now:
            kept.pop()
        kept.append(price)
    return kept


def records(price_list: PriceList) -> Iterator[list[object]]:
    """Yield one record per price, in the columns of `metering.price_csv`."""
    zone = ZoneInfo(price_list.timezone)
    for price in in_force(price_list.prices.order_by("prefix", "valid_from")):
        yield _record(price, zone)


def _record(price: Price, zone: ZoneInfo) -> list[object]:
    off_peak = price.off_peak_per_minute_micro
    return [
        price.prefix,
        price.name,
        price.destination_class,
        to_short(price.per_minute_micro),
        "" if off_peak is None else to_short(off_peak),
        to_short(price.setup_micro),
        to_short(price.minimum_micro),
        price.first_increment,
        price.next_increment,
        _day(price.valid_from, zone),
        _last_day(price.valid_until, zone),
    ]


def _day(at: dt.datetime, zone: ZoneInfo) -> str:
    """Return the day, nothing for a start that is no midnight: it has always been so."""
    local = at.astimezone(zone)
    return local.date().isoformat() if local.time() == dt.time() else ""


def _last_day(until: dt.datetime | None, zone: ZoneInfo) -> str:
    if until is None:
        return ""
    return (until.astimezone(zone) - dt.timedelta(microseconds=1)).date().isoformat()
