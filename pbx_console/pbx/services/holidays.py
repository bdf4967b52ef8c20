"""Keeping the table of public holidays as the library says, this year and the next two."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays
from django.db import transaction
from django.utils import timezone

from pbx_console.pbx.models import Holiday, Region

YEARS = 3


def of_region(region: str, year: int) -> dict[date, str]:
    """Return the public holidays of a region in one year, in its own language."""
    country, _dash, part = region.partition("-")
    found = holidays.country_holidays(
        country, subdiv=part or None, years=year, language=country.lower()
    )
    return {day: name for day, name in found.items() if day.year == year}


@transaction.atomic
def keep_holidays(
    regions: Iterable[str] = Region.values, *, today: date | None = None
) -> int:
    """Make the table say what the library says; return how many rows changed."""
    first = (today or timezone.localdate()).year
    pairs = [(r, year) for r in regions for year in range(first, first + YEARS)]
    return sum(_keep(region, year) for region, year in pairs)


def _keep(region: str, year: int) -> int:
    wanted = of_region(region, year)
    rows = Holiday.objects.filter(region=region, day__year=year)
    wrong = [row.pk for row in rows if wanted.get(row.day) != row.name]
    known = {row.day for row in rows} - {row.day for row in rows if row.pk in wrong}
    rows.filter(pk__in=wrong).delete()
    missing = [
        Holiday(region=region, day=day, name=name[:120])
        for day, name in wanted.items()
        if day not in known
    ]
    Holiday.objects.bulk_create(missing, ignore_conflicts=True)
    return len(wrong) + len(missing)
