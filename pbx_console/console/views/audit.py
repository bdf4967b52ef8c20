"""The audit log: who changed what, as sentences."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.console import downloads, history
from pbx_console.console.access import needs
from pbx_console.console.forms.audit import AuditFilters
from pbx_console.console.owners import customer_for
from pbx_console.console.paging import page

NEWEST = ("-at", "-id")


@needs("audit.view")
def audit(request: Any) -> HttpResponse:
    """List what happened in the scope."""
    return _list(request, AuditEntry.objects.all())


@needs("audit.view")
def customer_audit(request: Any, code: str) -> HttpResponse:
    """List what happened to one customer."""
    customer = customer_for(request, code)
    return _list(request, AuditEntry.objects.filter(customer=customer), customer)


def _list(
    request: Any, rows: QuerySet[AuditEntry], customer: Customer | None = None
) -> HttpResponse:
    filters = AuditFilters(request.GET)
    rows = found(filters, rows.select_related("customer"), request)
    if request.GET.get("format") == "csv":
        downloads.note(request, "audit", owner=customer)
        return _file(request, rows)
    shown = page(rows, NEWEST, request.GET)
    entries = history.told(shown.rows, request, place=customer is None)
    context = {
        "filters": filters,
        "page": shown,
        "entries": entries,
        "customer": customer,
    }
    return render(request, "console/audit/list.html", context)


def found(
    filters: AuditFilters, rows: QuerySet[AuditEntry], request: Any
) -> QuerySet[AuditEntry]:
    """Return the entries that the filters leave; days are those of the zone on screen."""
    if text := filters.value("q"):
        rows = rows.filter(
            Q(object_label__icontains=text) | Q(object_key__icontains=text)
        )
    if kind := filters.value("kind"):
        rows = rows.filter(object_type=kind)
    if key := filters.value("object"):
        rows = rows.filter(object_key=key)
    if name := filters.value("person"):
        rows = _by_person(rows, name, request)
    if filters.value("mine"):
        rows = rows.filter(user=request.user)
    if since := filters.value("since"):
        rows = rows.filter(at__gte=_midnight(since))
    if until := filters.value("until"):
        rows = rows.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
    return rows


def _by_person(
    rows: QuerySet[AuditEntry], name: str, request: Any
) -> QuerySet[AuditEntry]:
    """Return what a person did. Platform staff have no name for anybody else, so a
    search must not find them by it either."""
    rows = rows.filter(actor_name__icontains=name)
    if request.membership.level != "operator":
        rows = rows.exclude(actor_level__in=("operator", "system"))
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _file(request: Any, rows: QuerySet[AuditEntry]) -> HttpResponse:
    entries = history.told(rows.order_by(*NEWEST)[: downloads.MOST], request)
    head = [_("Time"), _("Who"), _("What"), _("Changes"), _("Customer"), _("Address")]
    return downloads.spreadsheet(_("audit log"), head, (_record(e) for e in entries))


def _record(told: history.Told) -> list[object]:
    changes = "; ".join(f"{c.label}: {c.before} → {c.after}" for c in told.changes)
    at = timezone.localtime(told.entry.at).strftime("%Y-%m-%d %H:%M:%S")
    return [at, told.who, told.words, changes, told.place, told.address]
