"""Sums that several pages show. Read only; always of the scope in force.

Money of different currencies is never added: an amount is a mapping currency -> micro.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractHour
from django.utils import timezone

from pbx_console.lib.money import NO_CURRENCY
from pbx_console.metering.models import Leg, UsageDay
from pbx_console.metering.models.charges import Level
from pbx_console.pbx.models import Extension

Amounts = dict[str, int]


@dataclass(slots=True)
class Usage:
    """What was used in a period: calls, milliseconds, and what both levels pay."""

    calls: int = 0
    duration_ms: int = 0
    retail: Amounts = field(default_factory=dict)
    wholesale: Amounts = field(default_factory=dict)

    @property
    def seconds(self) -> int:
        """Return the connected time."""
        return self.duration_ms // 1000

    @property
    def currency(self) -> str:
        """Return the only currency, nothing if there are none or several."""
        found = set(self.retail) | set(self.wholesale)
        return found.pop() if len(found) == 1 else ""

    @property
    def margin(self) -> Amounts:
        """Return what remains per currency, both levels known."""
        found = set(self.retail) | set(self.wholesale)
        return {c: self.retail.get(c, 0) - self.wholesale.get(c, 0) for c in found}

    @property
    def margin_share(self) -> float | None:
        """Return the margin as a part of the sales, if there is one currency."""
        sales = self.retail.get(self.currency, 0)
        return self.margin[self.currency] / sales if sales else None

    @property
    def is_loss(self) -> bool:
        """Say whether the purchase costs more than the sale brings."""
        return any(micro < 0 for micro in self.margin.values())

    def add(self, row: dict[str, Any]) -> None:
        """Count one row of `UsageDay`. Time counts once, at the retail level."""
        if row["level"] == Level.RETAIL:
            self.calls += row["calls"]
            self.duration_ms += row["duration_ms"]
        if row["currency"] != NO_CURRENCY or row["amount"]:
            amounts = self.retail if row["level"] == Level.RETAIL else self.wholesale
            amounts[row["currency"]] = amounts.get(row["currency"], 0) + row["amount"]


def month_start(day: dt.date | None = None) -> dt.date:
    """Return the first day of a month, of the present one without `day`."""
    return (day or timezone.localdate()).replace(day=1)


def next_month(first: dt.date) -> dt.date:
    """Return the first day of the following month."""
    return (first + dt.timedelta(days=31)).replace(day=1)


def usage_by(key: str, first: dt.date, **only: Any) -> dict[Any, Usage]:
    """Return the usage of the month from `first` on, by `customer_id`, `day`, …."""
    rows = (
        UsageDay.objects.filter(day__gte=first, day__lt=next_month(first), **only)
        .order_by()
        .values(key, "level", "currency")
        .annotate(
            calls=Sum("calls"),
            duration_ms=Sum("duration_ms"),
            amount=Sum("amount_micro"),
        )
    )
    found: dict[Any, Usage] = {}
    for row in rows:
        found.setdefault(row[key], Usage()).add(row)
    return found


def usage_of_all(first: dt.date, **only: Any) -> Usage:
    """Return the usage of everything in the scope."""
    total = Usage()
    for row in (
        UsageDay.objects.filter(day__gte=first, day__lt=next_month(first), **only)
        .order_by()
        .values("level", "currency")
        .annotate(
            calls=Sum("calls"),
            duration_ms=Sum("duration_ms"),
            amount=Sum("amount_micro"),
        )
    ):
        total.add(row)
    return total


def extensions_by_customer(customer_ids: Iterable[int]) -> dict[int, int]:
    """Return how many extensions each customer has."""
    rows = (
        Extension.objects.filter(customer__in=list(customer_ids))
        .order_by()
        .values("customer")
        .annotate(n=Count("id"))
    )
    return {row["customer"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class Hour:
    """Answered calls that began in one hour of today."""

    hour: int
    incoming: int
    outgoing: int


def calls_today(**only: Any) -> list[Hour]:
    """Return today's answered calls by hour, from the first busy hour (at most 6) on."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = (
        Leg.objects.filter(answered_at__gte=start, **only)
        .order_by()
        .annotate(hour=ExtractHour("answered_at"))
        .values("hour")
        .annotate(
            incoming=Count("id", filter=Q(direction=Leg.Direction.IN)),
            outgoing=Count("id", filter=~Q(direction=Leg.Direction.IN)),
        )
    )
    found = {
        row["hour"]: Hour(row["hour"], row["incoming"], row["outgoing"]) for row in rows
    }
    first = min([6, *found])
    last = max([20, *found])
    return [found.get(hour, Hour(hour, 0, 0)) for hour in range(first, last + 1)]


def today() -> tuple[int, float]:
    """Return today's answered calls and their seconds."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = Leg.objects.filter(answered_at__gte=start).aggregate(
        n=Count("id"), ms=Sum("duration_ms")
    )
    return found["n"], (found["ms"] or 0) / 1000


def seconds_to_live() -> tuple[float | None, int, int]:
    """Return (median seconds from save to live, saves today, still not live)."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = list(
        Extension.objects.filter(saved_at__gte=start)
        .order_by("-saved_at")
        .only("saved_at", "live_at", "revision", "live_revision", "failure")[:1000]
    )
    times = sorted(t for row in rows if (t := row.seconds_to_live) is not None)
    middle = times[len(times) // 2] if times else None
    return middle, len(rows), len(rows) - len(times)
