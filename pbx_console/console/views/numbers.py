"""Outside numbers: lists, stock, assignment, destination."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pbx_console.accounts.models import Customer
from pbx_console.console import downloads, history
from pbx_console.console.access import needs
from pbx_console.console.formats import phone
from pbx_console.console.forms.extensions import ConfirmForm
from pbx_console.console.forms.numbers import (
    NumberFilters,
    NumberForm,
    StockForm,
    offered,
)
from pbx_console.console.owners import customer_for, show
from pbx_console.console.paging import page
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast
from pbx_console.lib import numbering
from pbx_console.pbx.models import Did
from pbx_console.pbx.services.dids import (
    add_dids,
    delete_did,
    save_did,
    uses_of_number,
)


@needs("numbers.view")
def numbers(request: Any) -> HttpResponse:
    """List the numbers of the scope."""
    return _list(request, Did.objects.all())


@needs("numbers.view")
def customer_numbers(request: Any, code: str) -> HttpResponse:
    """List the numbers of one customer."""
    customer = customer_for(request, code)
    return _list(request, customer.dids.all(), customer)


def _list(
    request: Any, rows: QuerySet[Did], customer: Customer | None = None
) -> HttpResponse:
    filters = NumberFilters(request.GET)
    rows = found(filters, rows)
    if request.GET.get("format") == "csv":
        downloads.note(request, "numbers", owner=customer)
        return _file(rows)
    shown = page(rows, ("number",), request.GET)
    context = {
        "filters": filters,
        "page": shown,
        "customer": customer,
        "given": urlencode(
            {k: v for k in ("for", "rings") if (v := request.GET.get(k))}
        ),
    }
    return render(request, "console/numbers/list.html", context)


def found(filters: NumberFilters, rows: QuerySet[Did]) -> QuerySet[Did]:
    """Return the numbers that the filters leave."""
    rows = rows.select_related("customer", "destination", "reseller")
    if text := filters.value("q"):
        digits = "".join(c for c in text if c.isdigit()).removeprefix("00").lstrip("0")
        like = Q(customer__name__icontains=text)
        rows = rows.filter(like | Q(number__contains=digits) if digits else like)
    wanted = {
        "free": Q(customer=None),
        "held": Q(customer__isnull=False),
        "silent": Q(customer__isnull=False, destination=None),
    }
    return rows.filter(wanted.get(filters.value("held"), Q()))


def _file(rows: QuerySet[Did]) -> HttpResponse:
    head = [_("Number"), _("Customer"), _("Leads to"), _("Main number")]
    return downloads.spreadsheet(
        _("numbers"),
        head,
        (
            [
                row.number,
                row.customer or "",
                row.destination or "",
                row.is_main,
            ]
            for row in rows.order_by("number")[: downloads.MOST]
        ),
    )


@needs("numbers.stock")
def number_new(request: Any) -> HttpResponse:
    """Put numbers into stock."""
    form = StockForm(request.POST or None)
    if request.method == "POST":
        done = saved(form, add_dids, actor=request.actor)
        if done is not None:
            words = ngettext(
                "%(n)s number is added.", "%(n)s numbers are added.", len(done)
            )
            toast(request, words % {"n": len(done)})
            return redirect("console:numbers")
    status = 422 if form.errors else 200
    return render(request, "console/numbers/new.html", {"form": form}, status=status)


def one(request: Any, digits: str) -> Did:
    """Return a number of the scope by its digits, or 404; show its customer's level."""
    rows = Did.objects.select_related("customer__reseller", "reseller", "destination")
    did = get_object_or_404(rows, number=f"+{digits}")
    if did.customer is not None:
        show(request, reseller=did.customer.reseller, customer=did.customer)
    return did


@needs("numbers.route")
def number(request: Any, digits: str) -> HttpResponse:
    """Show where a number leads, and change it as far as the role goes."""
    did = one(request, digits)
    role = request.membership.role
    form = NumberForm(request.POST or None, did=did, role=role, wanted=_wanted(request))
    if request.method == "POST":
        done = saved(form, save_did, actor=request.actor, did=did)
        if done is not None:
            words = _("%(number)s is saved.") % {"number": phone(done.number)}
            undo = history.undo_address(request, done)
            toast(request, words, detail=_("The next call uses it."), undo=undo)
            return _back(done)
    context = {
        "did": one(request, digits) if form.errors else did,
        "form": form,
        "destinations": offered(did.customer),
        "plan": _(numbering.LABELS[numbering.kind_of(did.number)]),
        "uses": uses_of_number(did),
    } | history.panel(did, request)
    status = 422 if form.errors else 200
    return render(request, "console/numbers/detail.html", context, status=status)


def _wanted(request: Any) -> dict[str, Any]:
    """Return the customer and extension that somebody came from to assign a number."""
    customer = Customer.objects.filter(code=request.GET.get("for", "")).first()
    if customer is None:
        return {}
    return {"customer": customer.pk, "destination": request.GET.get("rings", "")}


def _back(did: Did) -> HttpResponse:
    if did.customer is not None:
        return redirect("console:customer_numbers", code=did.customer.code)
    return redirect("console:numbers")


@needs("numbers.stock")
def number_delete(request: Any, digits: str) -> HttpResponse:
    """Take a number out of stock after it was typed."""
    did = one(request, digits)
    form = ConfirmForm(request.POST or None, wanted=digits)
    if request.method == "POST" and form.is_valid():
        shown, stock = phone(did.number), did.reseller_id is None
        attempted(form, lambda: delete_did(request.actor, did))
        if not form.errors:
            undo = history.undo_address(request, did) if stock else ""
            words = _("%(number)s is removed.") % {"number": shown}
            toast(request, words, undo=undo)
            return redirect("console:numbers")
    error = " ".join(str(e) for errors in form.errors.values() for e in errors)
    context = {"did": did, "error": error, "wanted": digits}
    status = 422 if form.errors else 200
    return render(request, "console/numbers/delete.html", context, status=status)
