"""By which price list a customer or a reseller pays."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pbx_console.console import history
from pbx_console.console.access import needs
from pbx_console.console.forms.tariffs import TariffForm
from pbx_console.console.owners import customer_for, reseller_for
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.metering.models import CustomerTariff, PriceList, ResellerTariff
from pbx_console.metering.services.tariffs import (
    choose_for_customer,
    choose_for_reseller,
)


@needs("prices.manage")
def customer_tariff(request: Any, code: str) -> HttpResponse:
    """Choose the sale list of a customer."""
    held = customer_for(request, code)
    lists = PriceList.objects.filter(reseller=held.reseller)
    chosen = CustomerTariff.objects.filter(customer=held).first()
    form = TariffForm(request.POST or None, lists=lists, chosen=chosen)
    if request.method == "POST":
        saved(form, choose_for_customer, actor=request.actor, customer=held)
        if not form.errors:
            words = _("%(name)s: the price list is saved.") % {"name": held.name}
            toast(request, words, undo=history.undo_address(request, held))
            return redirect("console:customer", code=code)
    back = reverse("console:customer", args=[code])
    context = {"form": form, "owner": held, "lists": lists, "back": back}
    status = 422 if form.errors else 200
    return render(request, "console/tariffs/form.html", context, status=status)


@needs("prices.wholesale")
def reseller_tariff(request: Any, slug: str) -> HttpResponse:
    """Choose the purchase list of a reseller."""
    reseller = reseller_for(request, slug)
    lists = PriceList.objects.filter(kind=PriceList.Kind.WHOLESALE)
    chosen = ResellerTariff.objects.filter(reseller=reseller).first()
    form = TariffForm(request.POST or None, lists=lists, chosen=chosen)
    if request.method == "POST":
        saved(form, choose_for_reseller, actor=request.actor, reseller=reseller)
        if not form.errors:
            words = _("%(name)s: the price list is saved.") % {"name": reseller.name}
            toast(request, words, undo=history.undo_address(request, reseller))
            return redirect("console:reseller", slug=slug)
    back = reverse("console:reseller", args=[slug])
    context = {"form": form, "owner": reseller, "lists": lists, "back": back}
    status = 422 if form.errors else 200
    return render(request, "console/tariffs/form.html", context, status=status)
