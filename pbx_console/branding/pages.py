"""What a page needs to know of its brand; works without a request and a database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand
from pbx_console.branding.stylesheet import picture_url


@dataclass(frozen=True, slots=True)
class BrandOnPage:
    """Name, files and the few facts that templates ask for."""

    product_name: str
    css_url: str
    icon_url: str
    touch_icon_url: str
    manifest_url: str
    font_file: str
    dark_rail: bool
    login_text: str
    login_picture: str
    support_email: str
    support_phone: str
    support_text: str
    imprint_url: str
    privacy_url: str

    @property
    def support_tel(self) -> str:
        """Return the support's number as a telephone link has it (RFC 3966)."""
        return re.sub(r"[^0-9+]", "", self.support_phone)

    @property
    def has_support(self) -> bool:
        """Say whether anybody can be reached."""
        return bool(self.support_email or self.support_phone)


def on_page(brand: Brand) -> BrandOnPage:
    """Return a brand as templates see it; addresses change with its looks."""
    version = f"?v={brand.version}"
    return BrandOnPage(
        product_name=brand.product_name,
        css_url=reverse("branding:stylesheet") + version,
        icon_url=reverse("branding:icon", args=[32]) + version,
        touch_icon_url=reverse("branding:icon", args=[180]) + version,
        manifest_url=reverse("branding:manifest") + version,
        font_file=brand.font_file,
        dark_rail=brand.dark_rail,
        login_text=brand.login_text,
        login_picture=picture_url(brand, "login") if brand.files.get("login") else "",
        support_email=brand.support_email,
        support_phone=brand.support_phone,
        support_text=brand.support_text,
        imprint_url=brand.imprint_url,
        privacy_url=brand.privacy_url,
    )


def absolute_url(brand: Brand, path: str) -> str:
    """Return the public address of a page of this brand, from the table of domains.

    Never from a request: a forged Host header must not reach a mail. Raises LookupError
    for a brand without a proven domain (the main one first, else any that is proven), and
    ValueError for what is no path here: `//elsewhere/` would lead out of the brand.
    """
    if not path.startswith("/") or path[1:2] in ("/", "\\"):
        raise ValueError(f"not a path of ours: {path!r}")
    with as_everyone("primary domain of a brand"):
        proven = brand.domains.filter(proven_at__isnull=False)
        # A name in trouble is no place to send people to while another works.
        domain = proven.filter(failing_since=None).first() or proven.first()
    if domain is None:
        raise LookupError(f"{brand} has no proven domain")
    return address_of(domain.host, path)


def address_of(host: str, path: str) -> str:
    """Return the public address of a path at one of our hosts."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{host}{port}{path}"
