"""Tables as files for a spreadsheet: exactly what the list shows, formulas neutralised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.services import audit
from pbx_console.lib.csv import BOM, spreadsheet_line

MOST = 50_000
"""Rows of one file. More than a person reads; a billing system takes the exports."""
KEPT = (
    "q",
    "since",
    "until",
    "day",
    "month",
    "kind",
    "state",
    "direction",
    "extension",
)
"""What of a file's filter the log keeps: enough to make the same file again."""


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


def note(request: Any, what: str, *, owner: Customer | Reseller | None = None) -> None:
    """Write down who took which list away: files leave the house's protection.

    `what` is the list (`calls`); the filter in force is kept with it.
    """
    about = owner or request.membership.customer or request.membership.reseller
    asked = {k: v for k, v in request.GET.items() if k in KEPT and v}
    audit.record(
        request.actor,
        "export.downloaded",
        about or request.user,
        key=history_key(about),
        after={"list": what, **asked},
    )


def history_key(about: Customer | Reseller | None) -> str | None:
    """Return how the log names an owner; nothing names the platform."""
    if isinstance(about, Customer):
        return about.code
    return about.slug if about is not None else None


def _plain(value: object) -> str | int:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return value
    return "" if value is None else str(value)
