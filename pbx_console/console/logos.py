"""Whether a customer's logo stands in the rail, and where it is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from pbx_console.accounts.features import allowed
from pbx_console.accounts.models import Customer
from pbx_console.branding.models import Brand, CustomerLogo


def brand_allows(request: Any, customer: Customer) -> bool:
    """Say whether the reseller lets its customers show a logo beside its own."""
    brand = request.brand
    if brand.reseller_id != customer.reseller_id:  # platform staff look at a customer
        brand = Brand.objects.filter(reseller_id=customer.reseller_id).first()
    return bool(brand and brand.customers_may_show_logo)


def logo_url(request: Any, customer: Customer | None) -> str:
    """Return the address of a customer's logo; "" where none is shown."""
    if customer is None or not allowed("customer_logo", customer):
        return ""
    if not brand_allows(request, customer):
        return ""
    rows = CustomerLogo.objects.filter(customer=customer)
    digest = rows.values_list("digest", flat=True).first()
    if not digest:
        return ""
    url = reverse("console:customer_logo_picture", kwargs={"code": customer.code})
    return f"{url}?v={digest[:12]}"
