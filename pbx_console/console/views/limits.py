"""Limits of calls to the outside: of a customer, an extension, a reseller."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.rights import has_right
from pbx_console.console import history, limit_words
from pbx_console.console.access import fresh, needs
from pbx_console.console.forms.limits import LiftForm, LimitForm, country_name
from pbx_console.console.owners import customer_for, reseller_for
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import Extension, Limit, LimitCountry, LimitCrossing
from pbx_console.pbx.services.limits import (
    lift,
    limits_of,
    save_limits,
    spent,
)

METHODS = ["GET", "HEAD", "POST"]


@needs("limits.view")
@require_http_methods(METHODS)
def limits(request: Any, code: str) -> HttpResponse:
    """Show and change what a customer may spend."""
    customer = customer_for(request, code)
    currency = limit_words.currency_of(customer)
    own = Limit.objects.filter(customer=customer, extension__isnull=False)
    own = own.select_related("extension", "customer").order_by("extension__number")
    known = LimitCountry.objects.filter(customer=customer).order_by("-first_at")[:20]
    more = {
        "customer": customer,
        "extension_limits": [
            (row, limit_words.bars(spent(row), currency)) for row in own[:50]
        ],
        "countries": [(row, country_name(row.region)) for row in known],
    }
    return _page(request, customer, reverse("console:limits", args=[code]), more)


@needs("limits.view")
@require_http_methods(METHODS)
def extension_limits(request: Any, code: str, number: str) -> HttpResponse:
    """Show and change what one extension may spend."""
    customer = customer_for(request, code)
    extension = get_object_or_404(Extension, customer=customer, number=number)
    address = reverse("console:extension_limits", args=[code, number])
    more = {"customer": customer, "extension": extension}
    return _page(request, extension, address, more)


@needs("limits.view")
@require_http_methods(METHODS)
def reseller_limits(request: Any, slug: str) -> HttpResponse:
    """Show what a reseller may spend; only above it this is changed."""
    reseller = reseller_for(request, slug)
    address = reverse("console:reseller_limits", args=[slug])
    return _page(request, reseller, address, {"reseller": reseller})


def _page(
    request: Any,
    owner: Reseller | Customer | Extension,
    address: str,
    more: dict[str, Any],
) -> HttpResponse:
    limit = limits_of(owner)
    currency = limit_words.currency_of(owner)
    home = str(limit_words.payer(owner).country)
    form = LimitForm(request.POST or None, limit=limit, home=home, currency=currency)
    may_change = _may_change(request, owner)
    if request.method == "POST":
        if not may_change:
            return HttpResponse(status=403)
        done = saved(form, partial(save_limits, request.actor), owner=owner)
        if done is not None:
            undo = history.undo_address(request, done)
            toast(request, _("The limits are saved."), undo=undo)
            return redirect(address)
    context = {
        "owner": owner,
        "limit": limit,
        "form": form,
        "may_change": may_change,
        "lift_url": f"{address}lift/",
        "now": timezone.now(),
        "currency": currency,
        "rules": limit_words.rules(limit, owner),
        "above": _above(request, owner),
        **_state(limit, currency),
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, "console/limits/detail.html", context, status=status)


def _state(limit: Limit, currency: str) -> dict[str, Any]:
    windows = spent(limit)
    crossings = LimitCrossing.objects.filter(owner=limit.owner).order_by("-reached_at")
    words = limit_words.crossing_words
    return {
        "bars": limit_words.bars(windows, currency),
        "is_reached": any(window.is_reached for window in windows),
        "crossings": [(row, words(row)) for row in crossings[:10]],
        "lift_form": LiftForm(),
    }


def _above(request: Any, owner: Reseller | Customer | Extension) -> Any:
    """Return who above stops the calls of this owner; customers learn of none of it
    that is not theirs."""
    if isinstance(owner, Extension) and _is_stopped(owner.customer):
        return owner.customer
    if isinstance(owner, Reseller) or request.membership.level == "customer":
        return None
    reseller = limit_words.payer(owner)
    reseller = reseller.reseller if isinstance(reseller, Customer) else reseller
    return reseller if _is_stopped(reseller) else None


def _is_stopped(owner: Reseller | Customer) -> bool:
    return any(window.is_reached for window in spent(limits_of(owner)))


def _may_change(request: Any, owner: Reseller | Customer | Extension) -> bool:
    if not has_right(request.membership.role, "limits.manage"):
        return False
    return not isinstance(owner, Reseller) or request.membership.level == "operator"


@needs("limits.manage")
@fresh
@require_POST
def limits_lift(request: Any, code: str) -> HttpResponse:
    """Let a customer call out again."""
    customer = customer_for(request, code)
    return _lift(request, limits_of(customer), reverse("console:limits", args=[code]))


@needs("limits.manage")
@fresh
@require_POST
def extension_limits_lift(request: Any, code: str, number: str) -> HttpResponse:
    """Let an extension call out again."""
    customer = customer_for(request, code)
    extension = get_object_or_404(Extension, customer=customer, number=number)
    address = reverse("console:extension_limits", args=[code, number])
    return _lift(request, limits_of(extension), address)


@needs("resellers.manage")
@fresh
@require_POST
def reseller_limits_lift(request: Any, slug: str) -> HttpResponse:
    """Let all customers of a reseller call out again."""
    reseller = reseller_for(request, slug)
    address = reverse("console:reseller_limits", args=[slug])
    return _lift(request, limits_of(reseller), address)


def _lift(request: Any, limit: Limit, address: str) -> HttpResponse:
    form = LiftForm(request.POST)
    if form.is_valid():
        act: Callable[[], Limit] = partial(
            lift, request.actor, limit, **form.cleaned_data
        )
        if limit.pk and attempted(form, act) is not None:
            toast(request, _("Calls to the outside work again."))
            return redirect(address)
    words = [str(e) for errors in form.errors.values() for e in errors]
    toast(request, " ".join(words) or _("Nothing is blocked now."), state="failed")
    return redirect(address)
