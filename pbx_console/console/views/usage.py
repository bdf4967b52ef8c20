"""Usage: the chain of sealed exports with their files, and sums per customer and month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.services import audit
from pbx_console.console import chains, dashboards, downloads, figures, formats
from pbx_console.console.access import needs
from pbx_console.console.forms.usage import MonthFilters
from pbx_console.console.owners import reseller_for
from pbx_console.console.paging import page
from pbx_console.metering.exports import path_of
from pbx_console.metering.models import UsageExport


@needs("exports.view")
def exports(request: Any) -> HttpResponse:
    """Show the chain of a reseller's sealed exports; platform staff choose whose."""
    reseller = _chosen(request)
    if reseller is None:
        latest = dashboards.latest_exports()
        return render(request, "console/usage/resellers.html", {"latest": latest})
    rows = UsageExport.objects.filter(reseller=reseller)
    shown = page(rows, ("-sequence",), request.GET, size=30)
    linked = chains.links(shown.rows)
    context = {
        "reseller": reseller,
        "page": shown,
        "links": linked,
        "chain_ok": not any(link.is_broken for link in linked),
        "waiting": chains.waiting(reseller),
    }
    return render(request, "console/usage/exports.html", context)


def _chosen(request: Any) -> Reseller | None:
    own: Reseller | None = request.membership.reseller
    if own is not None:
        return own
    slug = request.GET.get("reseller")
    return reseller_for(request, slug) if slug else None


def one(request: Any, slug: str, sequence: int) -> UsageExport:
    """Return an export of a reseller in the scope, or 404."""
    reseller = reseller_for(request, slug)
    rows = UsageExport.objects.filter(reseller=reseller).order_by("-schema_version")
    found = rows.filter(sequence=sequence).first()
    if found is None:
        raise Http404
    return found


@needs("exports.view")
def export(request: Any, slug: str, sequence: int) -> HttpResponse:
    """Show one export: files, sums, chain, and how it was reconciled."""
    shown = one(request, slug, sequence)
    context = {
        "export": shown,
        "reseller": shown.reseller,
        "link": chains.links([shown])[0],
        "files": chains.files(shown),
        "checks": chains.checks(shown),
        "sums": chains.sums(shown),
    }
    return render(request, "console/usage/export.html", context)


@needs("exports.view")
def export_file(request: Any, slug: str, sequence: int, rendering: str) -> FileResponse:
    """Send one rendering of a sealed export, the same bytes every time."""
    shown = one(request, slug, sequence)
    path = path_of(shown, rendering)
    if path is None:
        raise Http404
    audit.record(
        request.actor,
        "usage_export.downloaded",
        shown,
        key=str(shown.sequence),
        after={"file": path.name},
    )
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


@needs("usage.view")
def months(request: Any) -> HttpResponse:
    """Show what each customer used in a month, and the reseller's margin."""
    filters = MonthFilters(request.GET)
    first = filters.first
    rows = Customer.objects.select_related("reseller")
    if text := filters.value("q"):
        rows = rows.filter(name__icontains=text) | rows.filter(
            erp_number__icontains=text
        )
    usage = figures.usage_by("customer_id", first)
    if request.GET.get("format") == "csv":
        downloads.note(request, "usage")
        return _file(first, usage, list(rows.order_by("name", "id")[: downloads.MOST]))
    shown = page(rows, ("name", "id"), request.GET)
    days = figures.usage_by("day", first)
    context = {
        "filters": filters,
        "page": shown,
        "lines": [(row, usage.get(row.pk, figures.Usage())) for row in shown.rows],
        "total": figures.usage_of_all(first),
        "days": _days(first, days),
        "month": first,
        "earlier": (first - dt.timedelta(days=1)).replace(day=1),
        "later": figures.next_month(first),
        "is_now": first == figures.month_start(),
    }
    return render(request, "console/usage/months.html", context)


def _days(first: dt.date, usage: dict[Any, figures.Usage]) -> list[tuple[dt.date, int]]:
    count = (figures.next_month(first) - first).days
    every = [first + dt.timedelta(days=n) for n in range(count)]
    return [(day, usage.get(day, figures.Usage()).seconds) for day in every]


def _file(
    first: dt.date, usage: dict[Any, figures.Usage], rows: list[Customer]
) -> HttpResponse:
    head = [_("Month"), _("Customer"), _("Customer number"), _("Calls"), _("Minutes")]
    head += [_("Purchase"), _("Sales"), _("Margin")]
    empty = figures.Usage()
    return downloads.spreadsheet(
        _("usage"),
        head,
        (
            [
                f"{first:%Y-%m}",
                row.name,
                row.erp_number,
                (used := usage.get(row.pk, empty)).calls,
                formats.minutes(used.seconds),
                formats.amounts(used.wholesale),
                formats.amounts(used.retail),
                formats.amounts(used.margin),
            ]
            for row in rows
        ),
    )
