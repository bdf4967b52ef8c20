"""What a page needs to know of its brand; works without a request and a database."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand


@dataclass(frozen=True, slots=True)
class BrandOnPage:
    """Name, files and the few facts that templates ask for."""

    product_name: str
    css_url: str
    icon_url: str
    font_file: str
    dark_rail: bool


def on_page(brand: Brand) -> BrandOnPage:
    """Return a brand as templates see it; addresses change with its looks."""
    version = brand.version
    return BrandOnPage(
        product_name=brand.product_name,
        css_url=f"{reverse('branding:stylesheet')}?v={version}",
        icon_url=f"{reverse('branding:favicon')}?v={version}",
        font_file=brand.font_file,
        dark_rail=brand.dark_rail,
    )


def absolute_url(brand: Brand, path: str) -> str:
    """Return the public address of a page of this brand, from the table of domains.

    Never from a request: a forged Host header must not reach a mail. Raises LookupError
    for a brand without a proven domain.
    """
    with as_everyone("primary domain of a brand"):
        domain = brand.domains.filter(proven_at__isnull=False).first()
    if domain is None:
        raise LookupError(f"{brand} has no proven domain")
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{domain.host}{port}{path}"
