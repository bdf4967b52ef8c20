"""Sets request.brand; a host that is not in the table gets a page without any name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from pbx_console.branding import hosts
from pbx_console.branding.models import Brand

Handler = Callable[[HttpRequest], HttpResponse]
# Machines inside the deployment ask these by any name; no brand and no session is used.
WITHOUT_BRAND = ("/api/health/", "/api/caddy/")
NOBODY = 0  # no reseller has it, so no session can belong to this realm


def BrandMiddleware(get_response: Handler) -> Handler:
    """Find the brand by the Host header alone; X-Forwarded-Host is never believed."""

    def handle(request: Any) -> HttpResponse:
        if request.path.startswith(WITHOUT_BRAND):
            request.brand = Brand(reseller_id=NOBODY)
            return get_response(request)
        brand = hosts.brand_for(request.META.get("HTTP_HOST", ""))
        if brand is None:
            return neutral_page()
        request.brand = brand
        return get_response(request)

    return handle


def neutral_page() -> HttpResponse:
    """Return the 404 of a name that is not ours: it tells nothing about anybody."""
    return HttpResponse(render_to_string("branding/unknown_host.html"), status=404)
