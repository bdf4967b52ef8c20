"""Ranges with direct dialling in: lists, stock, assignment, where the rest leads."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer
from pbx_console.console import history
from pbx_console.console.access import needs
from pbx_console.console.forms.extensions import ConfirmForm
from pbx_console.console.forms.number_ranges import NewRangeForm, RangeForm, title
from pbx_console.console.owners import customer_for, show
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import NumberRange
from pbx_console.pbx.services.number_ranges import (
    delete_range,
    direct_numbers,
    save_range,
)


@needs("numbers.view")
def ranges(request: Any) -> HttpResponse:
    """List the ranges of the scope."""
    return _list(request, NumberRange.objects.all())


@needs("numbers.view")
def customer_ranges(request: Any, code: str) -> HttpResponse:
    """List the ranges of a customer."""
    customer = customer_for(request, code)
    return _list(request, NumberRange.objects.filter(customer=customer), customer)


def _list(
    request: Any, rows: QuerySet[NumberRange], customer: Customer | None = None
) -> HttpResponse:
    rows = rows.select_related("customer", "reseller", "fallback")[:500]
    context = {"rows": [(row, title(row)) for row in rows], "customer": customer}
    return render(request, "console/ranges/list.html", context)


@needs("numbers.stock")
def range_new(request: Any) -> HttpResponse:
    """Put a range into stock."""
    form = NewRangeForm(request.POST or None)
    if request.method == "POST":
        done = saved(form, save_range, actor=request.actor)
        if done is not None:
            toast(request, _("%(name)s is added.") % {"name": title(done)})
            return redirect("console:ranges")
    status = 422 if form.errors else 200
    return render(request, "console/ranges/new.html", {"form": form}, status=status)


def one(request: Any, stem: str) -> NumberRange:
    """Return a range of the scope by its digits, or 404."""
    rows = NumberRange.objects.select_related(
        "customer__reseller", "reseller", "fallback"
    )
    block = get_object_or_404(rows, stem=f"+{stem}")
    if block.customer is not None:
        show(request, reseller=block.customer.reseller, customer=block.customer)
    return block


@needs("numbers.route")
def number_range(request: Any, stem: str) -> HttpResponse:
    """Show a range with what its digits reach, and change it as far as the role goes."""
    block = one(request, stem)
    form = RangeForm(request.POST or None, block=block, role=request.membership.role)
    if request.method == "POST":
        done = saved(form, save_range, actor=request.actor, number_range=block)
        if done is not None:
            undo = history.undo_address(request, done)
            words = _("%(name)s is saved.") % {"name": title(done)}
            toast(request, words, detail=_("The next call uses it."), undo=undo)
            return redirect("console:range", stem=stem)
    shown = one(request, stem) if form.errors else block
    direct = direct_numbers(shown.customer) if shown.customer else []
    context = {
        "row": shown,
        "title": title(shown),
        "form": form,
        "direct": [(n, to) for n, to in direct if n.startswith(shown.stem)][:200],
    } | history.panel(shown, request)
    status = 422 if form.errors else 200
    return render(request, "console/ranges/detail.html", context, status=status)


@needs("numbers.stock")
def range_delete(request: Any, stem: str) -> HttpResponse:
    """Take a range out of stock after its stem was typed."""
    block = one(request, stem)
    form = ConfirmForm(request.POST or None, wanted=stem)
    if request.method == "POST" and form.is_valid():
        shown = title(block)
        attempted(form, lambda: delete_range(request.actor, block))
        if not form.errors:
            toast(request, _("%(number)s is removed.") % {"number": shown})
            return redirect("console:ranges")
    error = " ".join(str(e) for errors in form.errors.values() for e in errors)
    context = {"row": block, "title": title(block), "error": error, "wanted": stem}
    status = 422 if form.errors else 200
    return render(request, "console/ranges/delete.html", context, status=status)
