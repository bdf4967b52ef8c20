"""Phones that called in with nothing but their address: take in, or forget."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.accounts.models import Customer
from pbx_console.console import following, phones
from pbx_console.console.access import needs
from pbx_console.console.forms.phones import NewPhoneForm
from pbx_console.console.owners import reseller_for
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast
from pbx_console.console.views.phones import without_phone
from pbx_console.provisioning.models import Phone, UnknownPhone
from pbx_console.provisioning.services.unknown_phones import adopt, forget, let_in

MOST = 200


@needs("customers.manage")
def unknown_phones(request: Any) -> HttpResponse:
    """List what called in at the hosts of the scope, the latest first."""
    rows = UnknownPhone.objects.select_related("reseller")[:MOST]
    known = Phone.objects.filter(mac__in=[row.mac for row in rows])
    held = {phone.mac: phone for phone in known.select_related("customer")}
    context: dict[str, Any] = {
        "rows": [phones.caller(row, held.get(row.mac)) for row in rows],
        "wanted": request.GET.get("for", "")[:20],
        "where": phones.where_of(request),
    }
    mark = following.mark([(r.pk, r.last_at, r.times, r.mac in held) for r in rows])
    pages = ("console/phones/unknown.html", "console/phones/callers.html")
    return following.answer(request, *pages, context, mark)


def _one(request: Any, slug: str, mac: str) -> UnknownPhone:
    reseller = reseller_for(request, slug)
    rows = UnknownPhone.objects.select_related("reseller")
    return get_object_or_404(rows, reseller=reseller, mac=mac)


@needs("customers.manage")
def unknown_phone(request: Any, slug: str, mac: str) -> HttpResponse:
    """Take a phone in: whose it is, then its model and extension in one click."""
    caller = _one(request, slug, mac)
    rows = Customer.objects.filter(reseller=caller.reseller, is_active=True)
    wanted = request.POST.get("customer") or request.GET.get("customer")
    customer = rows.filter(code=wanted).first() if wanted else None
    context = {"caller": phones.caller(caller, None), "customers": rows}
    if customer is None:
        return render(request, "console/phones/whose.html", context)
    start = {"mac": mac, "model": caller.model, "extensions": without_phone(customer)}
    form = NewPhoneForm(
        request.POST or None, customer=customer, initial=start, mac_known=True
    )
    if request.method == "POST" and form.is_valid():
        own = {"customer": customer, **form.cleaned_data}
        done = attempted(form, lambda: adopt(request.actor, caller, **own))
        if done is not None:
            return _taken(request, done)
    context |= {"form": form, "customer": customer, "models": phones.model_options()}
    context |= {"extensions": customer.extensions.all()}
    status = 422 if form.errors else 200
    return render(request, "console/phones/adopt.html", context, status=status)


def _taken(request: Any, phone: Phone) -> HttpResponse:
    detail = _("Its next fetch is answered. Phones try again by themselves.")
    toast(request, _("%(name)s is taken in.") % {"name": phone}, detail=detail)
    return redirect("console:phone", code=phone.customer.code, mac=phone.mac)


@needs("customers.manage")
@require_POST
def unknown_phone_let_in(request: Any, slug: str, mac: str) -> HttpResponse:
    """Let a phone in again that is known and came without its secret."""
    caller = _one(request, slug, mac)
    try:
        phone = let_in(request.actor, caller)
    except ValidationError:
        phone = None
    if phone is None:
        return redirect("console:unknown_phone", slug=slug, mac=mac)
    return _taken(request, phone)


@needs("customers.manage")
@require_POST
def unknown_phone_forget(request: Any, slug: str, mac: str) -> HttpResponse:
    """Take it off the list until it calls again."""
    caller = _one(request, slug, mac)
    name = phones.caller(caller, None).mac
    forget(request.actor, caller)
    toast(request, _("%(name)s is off the list until it calls again.") % {"name": name})
    return redirect("console:unknown_phones")
