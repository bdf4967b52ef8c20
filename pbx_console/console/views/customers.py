"""Customers: list, add, overview, change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.rights import has_right
from pbx_console.accounts.services.customers import save_customer
from pbx_console.console import contract, downloads, figures, formats, history
from pbx_console.console.access import needs
from pbx_console.console.forms.customers import (
    CustomerChangeForm,
    CustomerFilters,
    CustomerForm,
    ResellerChoice,
)
from pbx_console.console.owners import customer_for
from pbx_console.console.paging import page
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.metering.models import CustomerTariff, Leg
from pbx_console.pbx import presence

KEYS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "changed": ("changed_at", "id"),
    "-changed": ("-changed_at", "-id"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list: a customer with its figures of the month."""

    customer: Customer
    extensions: int
    phones: presence.Phones
    usage: figures.Usage
    changed_by: str

    @property
    def quota(self) -> float:
        """Return how much of the quota is used, 0 to 1."""
        return self.extensions / max(self.customer.max_extensions, 1)


@needs("customers.view")
def customers(request: Any) -> HttpResponse:
    """List the customers of the scope; as a page, or as a file of exactly this."""
    everyone = request.membership.level == "operator"
    filters = CustomerFilters(request.GET, everyone=everyone)
    rows = found(filters)
    if request.GET.get("format") == "csv":
        downloads.note(request, "customers")
        return _file(request, rows)
    shown = page(rows, KEYS.get(request.GET.get("sort", ""), KEYS["name"]), request.GET)
    context = {
        "filters": filters,
        "page": shown,
        "lines": lines(shown.rows, request),
        "money": has_right(request.membership.role, "usage.view"),
        "everyone": everyone,
        "month": figures.month_start(),
    }
    return render(request, "console/customers/list.html", context)


def found(filters: CustomerFilters) -> QuerySet[Customer]:
    """Return the customers that the filters leave."""
    rows = Customer.objects.select_related("reseller")
    if text := filters.value("q"):
        named = Q(name__icontains=text) | Q(erp_number__icontains=text) | Q(code=text)
        digits = "".join(c for c in text if c.isdigit()).lstrip("0")
        if len(digits) >= 4:
            named |= Q(dids__number__contains=digits)
        rows = rows.filter(pk__in=Customer.objects.filter(named).values("pk"))
    if slug := filters.value("reseller"):
        rows = rows.filter(reseller__slug=slug)
    if state := filters.value("state"):
        rows = rows.filter(is_active=state == "active")
    return rows


def lines(rows: list[Customer], request: Any) -> list[Line]:
    """Return the figures of these customers, a fixed number of queries for all."""
    ids = [row.pk for row in rows]
    extensions = figures.extensions_by_customer(ids)
    usage = figures.usage_by("customer_id", figures.month_start(), customer__in=ids)
    phones = presence.phones({row.code: extensions.get(row.pk, 0) for row in rows})
    last = history.last_by_customer(ids, request)
    return [
        Line(
            row,
            extensions.get(row.pk, 0),
            phones[row.code],
            usage.get(row.pk, figures.Usage()),
            last.get(row.pk, ""),
        )
        for row in rows
    ]


def _file(request: Any, rows: QuerySet[Customer]) -> HttpResponse:
    money = has_right(request.membership.role, "usage.view")
    head = [_("Customer"), _("Customer number"), _("Code"), _("Extensions")]
    head += [_("Extensions allowed"), _("Minutes"), _("Active")]
    head += [_("Sales"), _("Margin")] if money else []
    return downloads.spreadsheet(
        _("customers"),
        head,
        (
            _record(line, money=money)
            for line in lines(
                list(rows.order_by("name", "id")[: downloads.MOST]), request
            )
        ),
    )


def _record(line: Line, *, money: bool) -> list[object]:
    customer = line.customer
    values: list[object] = [customer.name, customer.erp_number, customer.code]
    values += [line.extensions, customer.max_extensions]
    values += [formats.minutes(line.usage.seconds), customer.is_active]
    if money:
        values += [
            formats.amounts(line.usage.retail),
            formats.amounts(line.usage.margin),
        ]
    return values


@needs("customers.manage")
def customer_new(request: Any) -> HttpResponse:
    """Add a customer; the next step is its first extension."""
    reseller, choice = _reseller_of(request)
    form = CustomerForm(
        request.POST or None, initial=_like(reseller), reseller=reseller
    )
    if request.method == "POST" and reseller is not None:
        customer = saved(form, save_customer, actor=request.actor, reseller=reseller)
        if customer is not None:
            words = _("%(name)s is added.") % {"name": customer.name}
            toast(request, words, undo=history.undo_address(request, customer))
            return redirect("console:customer", code=customer.code)
    context = {"form": form, "choice": choice}
    status = 422 if form.errors else 200
    return render(request, "console/customers/form.html", context, status=status)


def _reseller_of(request: Any) -> tuple[Reseller | None, ResellerChoice | None]:
    """Return the person's own reseller; platform staff choose one."""
    if request.membership.reseller is not None:
        return request.membership.reseller, None
    given = request.POST or {"reseller": request.GET.get("reseller")}
    choice = ResellerChoice(given if any(given.values()) else None)
    chosen = choice.cleaned_data["reseller"] if choice.is_valid() else None
    return chosen, choice


def _like(reseller: Reseller | None) -> dict[str, str]:
    if reseller is None:
        return {}
    return {"country": reseller.country, "timezone": reseller.timezone}


@needs("extensions.view")
def customer(request: Any, code: str) -> HttpResponse:
    """Show one customer: figures, extensions, numbers, latest calls, latest changes."""
    held = customer_for(request, code)
    entries = AuditEntry.objects.filter(customer=held).select_related("customer")
    money = has_right(request.membership.role, "usage.view")
    calls = Leg.objects.filter(customer=held).newest_first()
    context = {
        "customer": held,
        "line": lines([held], request)[0],
        "extensions": _extensions(held),
        "numbers": held.dids.select_related("destination")[:12],
        "calls": calls[:6],
        "hours": figures.calls_today(customer=held),
        "entries": history.told(entries[:8], request, place=False),
        "tariff": CustomerTariff.objects.filter(customer=held)
        .select_related("price_list")
        .first(),
        "whole": reverse("console:customer_audit", args=[code]),
        "contract": contract.of(held),
        "sees_calls": contract.has(request, Feature.CALL_LIST),
        "money": money,
        "month": figures.month_start(),
    }
    return render(request, "console/customers/detail.html", context)


def _extensions(held: Customer) -> list[Any]:
    rows = list(held.extensions.order_by("number")[:24])
    for row in rows:
        row.customer = held
    return presence.with_presence(rows)


@needs("customers.manage")
def customer_edit(request: Any, code: str) -> HttpResponse:
    """Change a customer's data."""
    held = customer_for(request, code)
    form = CustomerChangeForm(request.POST or None, obj=held, reseller=held.reseller)
    if request.method == "POST":
        own = {"actor": request.actor, "reseller": held.reseller, "customer": held}
        done = saved(form, save_customer, **own)
        if done is not None:
            words = _("%(name)s is saved.") % {"name": done.name}
            toast(request, words, undo=history.undo_address(request, done))
            return redirect("console:customer", code=code)
    context = {"form": form, "customer": held}
    status = 422 if form.errors else 200
    return render(request, "console/customers/form.html", context, status=status)
