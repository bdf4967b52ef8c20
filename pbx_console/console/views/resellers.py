"""Resellers: list, add, one reseller, change. For platform staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.console import contract, downloads, figures, formats, history
from pbx_console.console.access import needs
from pbx_console.console.forms.new_reseller import NewResellerForm
from pbx_console.console.forms.resellers import ResellerFilters, ResellerForm
from pbx_console.console.opening import add_reseller
from pbx_console.console.owners import reseller_for
from pbx_console.console.paging import page
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.metering.models import ResellerTariff, UsageExport
from pbx_console.pbx.models import Extension


@dataclass(frozen=True, slots=True)
class Line:
    """A reseller with its figures of the month."""

    reseller: Reseller
    customers: int
    extensions: int
    usage: figures.Usage

    @property
    def quota(self) -> float:
        """Return how much of the quota is used, 0 to 1."""
        return self.extensions / max(self.reseller.max_extensions, 1)


@needs("resellers.manage")
def resellers(request: Any) -> HttpResponse:
    """List the resellers; as a page, or as a file of exactly this."""
    filters = ResellerFilters(request.GET)
    rows = Reseller.objects.all()
    if text := filters.value("q"):
        rows = rows.filter(Q(name__icontains=text) | Q(slug__icontains=text))
    if request.GET.get("format") == "csv":
        downloads.note(request, "resellers")
        return _file(list(rows.order_by("name", "id")[: downloads.MOST]))
    shown = page(rows, ("name", "id"), request.GET)
    context = {
        "filters": filters,
        "page": shown,
        "lines": lines(shown.rows),
        "month": figures.month_start(),
    }
    return render(request, "console/resellers/list.html", context)


def lines(rows: list[Reseller]) -> list[Line]:
    """Return the figures of these resellers, a fixed number of queries for all."""
    ids = [row.pk for row in rows]
    usage = figures.usage_by("reseller_id", figures.month_start(), reseller__in=ids)
    customers = _counts(Customer.objects.filter(reseller__in=ids), "reseller")
    own = Extension.objects.filter(customer__reseller__in=ids)
    extensions = _counts(own, "customer__reseller")
    return [
        Line(
            row,
            customers.get(row.pk, 0),
            extensions.get(row.pk, 0),
            usage.get(row.pk, figures.Usage()),
        )
        for row in rows
    ]


def _counts(rows: Any, key: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(key).annotate(n=Count("id")))


def _file(rows: list[Reseller]) -> HttpResponse:
    head = [_("Reseller"), _("Short name"), _("Customers"), _("Extensions")]
    head += [_("Extensions allowed"), _("Minutes"), _("Purchase")]
    return downloads.spreadsheet(
        _("resellers"),
        head,
        (
            [
                line.reseller.name,
                line.reseller.slug,
                line.customers,
                line.extensions,
                line.reseller.max_extensions,
                formats.minutes(line.usage.seconds),
                formats.amounts(line.usage.wholesale),
            ]
            for line in lines(rows)
        ),
    )


@needs("resellers.manage")
def reseller_new(request: Any) -> HttpResponse:
    """Add a reseller with its host and dress, and invite its owner."""
    form = NewResellerForm(request.POST or None)
    if request.method == "POST":
        done = saved(form, add_reseller, actor=request.actor)
        if done is not None:
            owner = {"email": form.cleaned_data["owner_email"]}
            detail = _("The invitation goes to %(email)s.") % owner
            toast(request, _("%(name)s is added.") % {"name": done.name}, detail=detail)
            return redirect("console:reseller", slug=done.slug)
    status = 422 if form.errors else 200
    return render(request, "console/resellers/form.html", {"form": form}, status=status)


@needs("resellers.manage")
def reseller(request: Any, slug: str) -> HttpResponse:
    """Show one reseller: figures, domains, purchase list, people, changes."""
    shown = reseller_for(request, slug)
    entries = AuditEntry.objects.filter(reseller=shown).select_related("customer")
    context = {
        "reseller": shown,
        "line": lines([shown])[0],
        "domains": _domains(shown),
        "tariff": ResellerTariff.objects.filter(reseller=shown)
        .select_related("price_list")
        .first(),
        "customers": shown.customers.order_by("-changed_at")[:8],
        "people": shown.memberships.filter(customer=None).select_related("user"),
        "exports": UsageExport.objects.filter(reseller=shown)[:5],
        "contract": contract.of(shown),
        "entries": history.told(entries[:10], request),
        "whole": f"{reverse('console:audit')}?kind=reseller&object={shown.slug}",
        "month": figures.month_start(),
    }
    return render(request, "console/resellers/detail.html", context)


def _domains(shown: Reseller) -> list[Any]:
    from pbx_console.branding.models import BrandDomain  # noqa: PLC0415

    return list(BrandDomain.objects.filter(brand__reseller=shown))


@needs("resellers.manage")
def reseller_edit(request: Any, slug: str) -> HttpResponse:
    """Change a reseller."""
    shown = reseller_for(request, slug)
    form = ResellerForm(request.POST or None, obj=shown)
    if request.method == "POST":
        done = saved(form, save_reseller, actor=request.actor, reseller=shown)
        if done is not None:
            words = _("%(name)s is saved.") % {"name": done.name}
            toast(request, words, undo=history.undo_address(request, done))
            return redirect("console:reseller", slug=slug)
    context = {"form": form, "reseller": shown}
    status = 422 if form.errors else 200
    return render(request, "console/resellers/form.html", context, status=status)
