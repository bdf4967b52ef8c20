"""Tables as files for a spreadsheet: exactly what the list shows, formulas neutralised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from pbx_console.lib.csv import BOM, spreadsheet_line

MOST = 50_000
"""Rows of one file. More than a person reads; a billing system takes the exports."""


def spreadsheet(
    name: str, head: Sequence[object], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return a CSV file named after the list and today."""
    lines = [spreadsheet_line([str(title) for title in head])]
    lines += [spreadsheet_line([_plain(value) for value in row]) for row in rows]
    response = HttpResponse(
        BOM + "".join(lines), content_type="text/csv; charset=utf-8"
    )
    filename = f"{slugify(name)}-{localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _plain(value: object) -> str | int:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return value
    return "" if value is None else str(value)
