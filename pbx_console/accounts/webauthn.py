"""Passkeys belong to the host that was asked and carry the name of its brand."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django_otp_webauthn.helpers import WebAuthnHelper


def host_of(request: Any) -> str:
    """Return the relying party's id: the host without its port (WebAuthn L3, 5.1.2).

    BrandMiddleware has found this host in the table of domains.
    """
    host: str = request.META["HTTP_HOST"].lower()
    return host.partition(":")[0].rstrip(".")


def name_of(request: Any) -> str:
    """Return the relying party's name, which authenticators show: the brand's."""
    return str(request.brand.product_name)


class BrandHelper(WebAuthnHelper):
    """The library's ceremonies with one origin only: the brand's host."""

    def get_allowed_origins(self) -> list[str]:
        """Return the origin of the page: scheme, host and port as they were asked."""
        host = self.request.META["HTTP_HOST"].lower()
        return [f"{settings.PUBLIC_SCHEME}://{host}"]

    def get_credential_display_name(self, user: Any) -> str:
        """Return the person's name."""
        return str(user)
