"""Sets request.brand; a host that is not in the table gets a page without any name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation

from pbx_console.accounts import scope
from pbx_console.accounts.languages import of_browser
from pbx_console.accounts.rights import has_right
from pbx_console.branding import hosts
from pbx_console.branding.models import Brand
from pbx_console.branding.pages import address_of
from pbx_console.branding.services.drafts import drafted

Handler = Callable[[HttpRequest], HttpResponse]
# Machines inside the deployment ask these by any name; no brand and no session is used.
WITHOUT_BRAND = ("/api/health/", "/api/caddy/")
# Asked by machines under whatever name they were told; never sent elsewhere.
WHERE_ASKED = ("/.well-known/", "/api/", "/ws/", "/p/", "/static/")
DRAFT = "brand_draft"  # in the session: the brand whose draft dresses the pages
NOBODY = 0  # no reseller has it, so no session can belong to this realm


def BrandMiddleware(get_response: Handler) -> Handler:
    """Find the brand by the Host header alone; X-Forwarded-Host is never believed."""

    def handle(request: Any) -> HttpResponse:
        if request.path.startswith(WITHOUT_BRAND):
            request.brand = Brand(reseller_id=NOBODY)
            return get_response(request)
        brand = hosts.brand_for(request.META.get("HTTP_HOST", ""))
        if brand is None:
            return neutral_page(request)
        request.brand = brand
        return _to_main_host(request) or get_response(request)

    return handle


def _to_main_host(request: Any) -> HttpResponse | None:
    """Return the way from one of a brand's other hosts to its main one.

    For people who open a page only: what machines ask stays where it was asked. 302, for
    a browser must not remember it when the main host changes.
    """
    main = getattr(request.brand, "main_host", "")
    part = bool(request.headers.get("HX-Request"))
    if not main or part or request.method not in ("GET", "HEAD"):
        return None
    if request.path.startswith(WHERE_ASKED):
        return None
    return HttpResponseRedirect(address_of(main, request.get_full_path()))


def neutral_page(request: HttpRequest) -> HttpResponse:
    """Return the 404 of a name that is not ours: it tells nothing about anybody."""
    with translation.override(of_browser(request)):
        html = render_to_string("branding/unknown_host.html")
    return HttpResponse(html, status=404)


def DraftMiddleware(get_response: Handler) -> Handler:
    """Dress the pages of a person who looks at a draft as if it were published.

    Only the looks: `request.brand` (realm, host, sender) stays the one of the host.
    Needs session, membership and scope.
    """

    def handle(request: Any) -> HttpResponse:
        request.dress = _chosen_draft(request)
        return get_response(request)

    return handle


def _chosen_draft(request: Any) -> Brand | None:
    membership = getattr(request, "membership", None)
    if membership is None or scope.current() is None:
        return None
    wanted = request.session.get(DRAFT)
    if not wanted or not has_right(membership.role, "brand.view"):
        return None
    brand = Brand.objects.filter(pk=wanted).first()
    return drafted(brand) if brand else None
