"""That no number is held twice, alone or in a range, is checked under one lock."""

from __future__ import annotations

from django.db import connection
from django.db.models import IntegerField, Value
from django.db.models.functions import Length

from pbx_console.pbx.models import NumberRange

_LOCK = 7_010_012


def lock_numbering() -> None:
    """Let nobody else add numbers or ranges until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def ranges_with(number: str) -> list[NumberRange]:
    """Return the ranges of the scope that a number (E.164) belongs to: one or none."""
    stems = [number[:n] for n in range(5, len(number) + 1)]
    rows = NumberRange.objects.filter(stem__in=stems).annotate(
        behind=Value(len(number), output_field=IntegerField()) - Length("stem")
    )
    return [row for row in rows if row.behind <= row.digits]
