"""Calls that wait for a person: billed as they stand or corrected, or never billed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.console.access import needs
from pbx_console.console.forms.flagged_calls import AcceptForm, WaiveForm
from pbx_console.console.owners import show
from pbx_console.console.paging import page
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast
from pbx_console.metering.models import Leg
from pbx_console.metering.services.legs import accept_leg, waive_leg

NEWEST = ("-answered_at", "-id")


def _waiting() -> Any:
    rows = Leg.objects.filter(state=Leg.State.FLAGGED)
    return rows.select_related("customer__reseller")


@needs("usage.view")
def flagged_calls(request: Any) -> HttpResponse:
    """List the calls that wait for a decision."""
    context = {"page": page(_waiting(), NEWEST, request.GET)}
    return render(request, "console/usage/flagged.html", context)


@needs("usage.view")
def flagged_call(request: Any, call_id: int) -> HttpResponse:
    """Show one of them; what was decided before is not shown again."""
    return _page(request, _one(request, call_id))


def _one(request: Any, call_id: int) -> Leg:
    leg: Leg = get_object_or_404(Leg.objects.select_related("customer"), pk=call_id)
    if leg.customer is not None:
        show(request, reseller=leg.customer.reseller, customer=leg.customer)
    return leg


def _page(request: Any, leg: Leg, **forms: Any) -> HttpResponse:
    bad = any(form.errors for form in forms.values())
    context = {
        "leg": leg,
        "accept": AcceptForm(leg=leg),
        "waive": WaiveForm(),
        "waits": leg.state == Leg.State.FLAGGED,
        **forms,
    }
    status = 422 if bad else 200
    return render(request, "console/usage/flagged_call.html", context, status=status)


@needs("prices.manage")
@require_POST
def flagged_call_accept(request: Any, call_id: int) -> HttpResponse:
    """Let it be billed."""
    leg = _one(request, call_id)
    form = AcceptForm(request.POST, leg=leg)
    if form.is_valid():
        length = int(form.cleaned_data["seconds"] * 1000)
        attempted(form, lambda: accept_leg(request.actor, leg, duration_ms=length))
    if form.errors:
        return _page(request, leg, accept=form)
    toast(request, _("The call is billed within a minute."))
    return redirect("console:flagged_calls")


@needs("prices.manage")
@require_POST
def flagged_call_waive(request: Any, call_id: int) -> HttpResponse:
    """Decide that it is never billed."""
    leg = _one(request, call_id)
    form = WaiveForm(request.POST)
    if form.is_valid():
        attempted(form, lambda: waive_leg(request.actor, leg, **form.cleaned_data))
    if form.errors:
        return _page(request, leg, waive=form)
    toast(request, _("The call is not billed."))
    return redirect("console:flagged_calls")
