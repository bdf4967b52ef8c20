"""Settings in the makers' words: of one phone, of a customer's, of a reseller's."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.rights import has_right
from pbx_console.console import history, phones
from pbx_console.console.access import needs
from pbx_console.console.forms.phones import SettingsForm
from pbx_console.console.owners import customer_for, reseller_for
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.console.views.phones import one
from pbx_console.provisioning.models import Phone, PhoneSettings
from pbx_console.provisioning.render.catalogue import FAMILIES, MODELS
from pbx_console.provisioning.services.phone_settings import (
    save_device_settings,
    save_phone_settings,
)


@needs("phones.view")
def phone_settings(request: Any, code: str, mac: str) -> HttpResponse:
    """Show what a phone is told, line by line with who said so, and its own settings."""
    phone = one(request, code, mac)
    sent = _sent(request)
    form = SettingsForm(sent, now=phone.settings)
    if sent is not None:
        own = {"actor": request.actor, "phone": phone}
        if saved(form, save_device_settings, **own) is not None:
            undo = history.undo_address(request, phone)
            toast(
                request,
                _("Settings of %(name)s are saved.") % {"name": phone},
                undo=undo,
            )
            return redirect("console:phone_settings", code=code, mac=mac)
    shown = one(request, code, mac)
    context = {
        "form": form,
        "phone": shown,
        "customer": shown.customer,
        "lines": phones.lines_shown(shown),
        "family": MODELS[shown.model].family,
        "may_set": phones.may_set(MODELS[shown.model].family),
    }
    return _draw(request, "settings", context, form)


def _sent(request: Any) -> Any:
    """Return what was sent; reading is for more people than writing."""
    if request.method != "POST":
        return None
    if not has_right(request.membership.role, "phones.manage"):
        raise PermissionDenied
    return request.POST


def _draw(request: Any, page: str, context: Any, form: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, f"console/phones/{page}.html", context, status=status)


@needs("phones.manage")
def customer_phone_settings(request: Any, code: str, family: str) -> HttpResponse:
    """Set something on every phone of a family that a customer has."""
    customer = customer_for(request, code)
    back = reverse("console:customer_phones", args=[code])
    return _of_family(request, customer.reseller, customer, family, back)


@needs("customers.manage")
def reseller_phone_settings(request: Any, slug: str, family: str) -> HttpResponse:
    """Set something on every phone of a family, for all customers of a reseller."""
    reseller = reseller_for(request, slug)
    return _of_family(request, reseller, None, family, reverse("console:phones"))


def _models(reseller: Reseller, customer: Customer | None) -> list[str]:
    rows = Phone.objects.filter(customer__reseller=reseller)
    rows = rows.filter(customer=customer) if customer else rows
    return list(rows.values_list("model", flat=True))


def _of_family(
    request: Any, reseller: Reseller, customer: Customer | None, family: str, back: str
) -> HttpResponse:
    if family not in FAMILIES:
        raise Http404
    rows = PhoneSettings.objects.filter(reseller=reseller, customer=customer)
    known = {row.family: row for row in rows}
    row = known.get(family)
    form = SettingsForm(request.POST or None, now=row.settings if row else {})
    if request.method == "POST":
        place = {"reseller": reseller, "customer": customer, "family": family}
        done = saved(form, save_phone_settings, actor=request.actor, **place)
        if done is not None:
            undo = history.undo_address(request, done)
            toast(request, _("The settings are saved."), undo=undo)
            return redirect(request.path)
    context = {
        "form": form,
        "customer": customer,
        "reseller": reseller,
        "family": FAMILIES[family],
        "families": phones.families(known, _models(reseller, customer)),
        "may_set": phones.may_set(FAMILIES[family]),
        "back": back,
    } | (history.panel(row, request) if row else {})
    return _draw(request, "family", context, form)
