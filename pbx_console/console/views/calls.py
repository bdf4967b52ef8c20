"""Calls: the list of answered outside calls, and one call with its charges explained."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.rights import has_right
from pbx_console.console import downloads, explain, formats, listening
from pbx_console.console.access import needs
from pbx_console.console.contract import part_of
from pbx_console.console.forms.calls import CallFilters
from pbx_console.console.owners import customer_for, show
from pbx_console.console.paging import page
from pbx_console.console.toasts import toast
from pbx_console.metering.models import Charge, Leg
from pbx_console.metering.models.charges import Level
from pbx_console.pbx.models.recordings import Recording

NEWEST = ("-answered_at", "-id")
SEARCH_DAYS = 31
"""Digits are searched without an index, so at most this many days back by default."""


@dataclass(frozen=True, slots=True)
class Line:
    """One leg with what it costs the customer."""

    leg: Leg
    charge: Charge | None
    recording: Recording | None = None


@needs("calls.view")
@part_of(Feature.CALL_LIST)
def calls(request: Any) -> HttpResponse:
    """List the calls of the scope."""
    return _list(request, Leg.objects.all())


@needs("calls.view")
@part_of(Feature.CALL_LIST)
def customer_calls(request: Any, code: str) -> HttpResponse:
    """List the calls of one customer."""
    customer = customer_for(request, code)
    return _list(request, Leg.objects.filter(customer=customer), customer)


def _list(
    request: Any, rows: QuerySet[Leg], customer: Customer | None = None
) -> HttpResponse:
    fixed = customer is not None or request.membership.level == "customer"
    money = has_right(request.membership.role, "usage.view")
    filters = CallFilters(request.GET, customer_is_fixed=fixed, money=money)
    rows = found(filters, rows)
    if request.GET.get("format") == "csv":
        downloads.note(request, "calls", owner=customer)
        return _file(request, rows, money=money)
    shown = page(rows, NEWEST, request.GET)
    context = {
        "filters": filters,
        "page": shown,
        "lines": with_recordings(request, lines(shown.rows)),
        "customer": customer,
        "fixed": fixed,
        "searched_days": SEARCH_DAYS if _is_bounded(filters) else 0,
    }
    return render(request, "console/calls/list.html", context)


def _is_bounded(filters: CallFilters) -> bool:
    return bool(filters.value("q")) and not filters.value("since")


def found(filters: CallFilters, rows: QuerySet[Leg]) -> QuerySet[Leg]:
    """Return the legs that the filters leave; days are those of the zone on screen."""
    rows = rows.select_related("customer")
    since = filters.value("since")
    if _is_bounded(filters):
        since = timezone.localdate() - dt.timedelta(days=SEARCH_DAYS)
    if since:
        rows = rows.filter(answered_at__gte=_midnight(since))
    if until := filters.value("until"):
        rows = rows.filter(answered_at__lt=_midnight(until + dt.timedelta(days=1)))
    for name, path in (
        ("direction", "direction"),
        ("customer", "customer__code"),
        ("extension", "extension_number"),
    ):
        if value := filters.value(name):
            rows = rows.filter(**{path: value})
    if text := filters.value("q"):
        digits = "".join(c for c in text if c.isdigit()).removeprefix("00").lstrip("0")
        rows = rows.filter(number__contains=digits)
    return _by_state(rows, filters.value("state"))


def _by_state(rows: QuerySet[Leg], state: str | None) -> QuerySet[Leg]:
    wanted = {
        "attention": Leg.ATTENTION,
        "rated": (Leg.State.RATED,),
        "open": (Leg.State.OPEN,),
    }.get(state or "")
    return rows.filter(state__in=wanted) if wanted else rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def lines(rows: list[Leg]) -> list[Line]:
    """Return the legs with their retail charges that stand; one query."""
    charges = {
        charge.leg_id: charge
        for charge in Charge.objects.filter(
            leg__in=[row.pk for row in rows],
            level=Level.RETAIL,
            kind=Charge.Kind.CHARGE,
        ).order_by("generation")
    }
    return [Line(row, charges.get(row.pk)) for row in rows]


def with_recordings(request: Any, shown: list[Line]) -> list[Line]:
    """Return the lines with the recordings that this person may hear."""
    customer = request.membership.customer
    if customer is None or not listening.may_hear(request, customer):
        return shown
    calls = {line.leg.linkedid for line in shown}
    kept = Recording.objects.filter(customer=customer, linkedid__in=calls)
    first = {row.linkedid: row for row in kept.order_by("-started_at")}
    return [replace(line, recording=first.get(line.leg.linkedid)) for line in shown]


def _file(request: Any, rows: QuerySet[Leg], *, money: bool) -> HttpResponse:
    shown = list(rows.newest_first()[: downloads.MOST + 1])  # type: ignore[attr-defined]
    if len(shown) > downloads.MOST:
        words = _("More than %(most)s calls. Choose fewer days.")
        toast(request, words % {"most": formats.count(downloads.MOST)}, state="failed")
        return redirect(request.path)
    head = [_("Start"), _("Customer"), _("Direction"), _("Extension"), _("Number")]
    head += [_("Seconds"), _("State"), _("Destination"), _("Amount"), _("Currency")]
    return downloads.spreadsheet(_("calls"), head, (_record(x) for x in lines(shown)))


def _record(line: Line) -> list[object]:
    leg, charge = line.leg, line.charge
    record: list[object] = [
        timezone.localtime(leg.answered_at).strftime("%Y-%m-%d %H:%M:%S"),
        leg.customer or "",
        leg.get_direction_display(),
        leg.extension_number,
        leg.number,
        "" if leg.duration_ms is None else leg.duration_ms // 1000,
        leg.get_state_display(),
    ]
    if charge is None:
        return [*record, "", "", ""]
    amount = formats.price(charge.amount_micro, charge.currency)
    return [*record, charge.destination, amount, charge.currency]


@needs("calls.view")
@part_of(Feature.CALL_LIST)
def call(request: Any, call_id: int) -> HttpResponse:
    """Show one call: every carrier leg, and why each costs what it costs."""
    first = get_object_or_404(
        Leg.objects.select_related("customer__reseller"), pk=call_id
    )
    if first.customer is not None:
        show(request, reseller=first.customer.reseller, customer=first.customer)
    legs = Leg.objects.filter(
        node=first.node, linkedid=first.linkedid, customer=first.customer
    ).order_by("answered_at", "id")
    wholesale = has_right(request.membership.role, "usage.view")
    context = {
        "call": first,
        "legs": [explain.leg(leg, wholesale=wholesale) for leg in legs[:20]],
    }
    return render(request, "console/calls/detail.html", context)
