"""The bytes of a brand's pictures, for what is made on the server: mails and documents."""

from __future__ import annotations

from typing import Any

from django.utils.html import escape

from pbx_console.accounts.features import allowed
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand, CustomerLogo

_FORMS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
}


def picture_of(brand: Brand, kind: str) -> tuple[bytes, str]:
    """Return content and form (`svg`, `png`) of `logo`, `logo_dark` or `mark`.

    The logo for dark ground falls back to the other one, and a brand without a logo is
    written.
    """
    facts: dict[str, Any] | None = brand.files.get(kind) or brand.files.get("logo")
    if facts is None:
        return _written(brand).encode(), "svg"
    with as_everyone("picture of a brand"):
        row = brand.pictures.get(digest=facts["digest"])
    return bytes(row.content), _FORMS[facts["type"]]


def own_logo(brand: Brand, customer: Customer | None) -> CustomerLogo | None:
    """Return the customer's logo that stands beside the brand's, where the reseller
    allows it: in its brand and in the customer's contract."""
    if customer is None or not brand.customers_may_show_logo:
        return None
    if not allowed("customer_logo", customer):
        return None
    return CustomerLogo.objects.filter(customer=customer).first()


def form_of(logo: CustomerLogo) -> str:
    """Return the ending of a customer's logo as a file."""
    return _FORMS[logo.content_type]


def _written(brand: Brand) -> str:
    """Return the product name as a drawing, as wide as `Brand.logo_ratio` says."""
    wide = round(24 * brand.logo_ratio)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} 24">'
        f'<text x="0" y="18" font-size="16" fill="{brand.accent}">'
        f"{escape(brand.product_name)}</text></svg>"
    )
