"""A customer's own logo beside the reseller's, where the reseller allows it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pbx_console.accounts.features import ensure
from pbx_console.accounts.models import Customer
from pbx_console.branding.models import CustomerLogo
from pbx_console.branding.services import pictures
from pbx_console.branding.views.files import SANDBOX
from pbx_console.console.access import needs
from pbx_console.console.forms.brand import CustomerLogoForm
from pbx_console.console.logos import brand_allows
from pbx_console.console.owners import customer_for
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast


@needs("brand.customer")
def logo(request: Any, code: str) -> HttpResponse:
    """Show, replace or take away the logo of a customer."""
    customer = customer_for(request, code)
    _check(request, customer)
    if request.method == "POST" and "remove" in request.POST:
        pictures.delete_customer_logo(request.actor, customer=customer)
        toast(request, _("The logo is taken away."))
        return redirect("console:customer_logo", code=code)
    form = CustomerLogoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["logo"]
        if attempted(form, lambda: _save(request, customer, data)):
            toast(request, _("The logo is saved."))
            return redirect("console:customer_logo", code=code)
    return _page(request, customer, form)


def _page(request: Any, customer: Customer, form: CustomerLogoForm) -> HttpResponse:
    context = {
        "customer": customer,
        "form": form,
        "logo": CustomerLogo.objects.filter(customer=customer).first(),
    }
    status = 422 if form.errors else 200
    return render(request, "console/brand/customer_logo.html", context, status=status)


def _check(request: Any, customer: Customer) -> None:
    ensure("customer_logo", customer)
    if not brand_allows(request, customer):
        raise PermissionDenied


def _save(request: Any, customer: Customer, data: bytes) -> CustomerLogo:
    return pictures.save_customer_logo(request.actor, customer=customer, data=data)


@needs()
@require_safe
def picture(request: Any, code: str) -> HttpResponse:
    """Answer a customer's logo to everybody who may see the customer."""
    customer = customer_for(request, code)
    row = CustomerLogo.objects.filter(customer=customer).first()
    if row is None:
        raise Http404
    response = HttpResponse(bytes(row.content), content_type=row.content_type)
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
