"""The files of the brand that the host names: stylesheet, logos, icon."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from pbx_console.branding.stylesheet import brand_css

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
FOREVER = "public, max-age=31536000, immutable"
DRAWINGS = {"logo": "logo", "logo-dark": "logo_dark", "mark": "mark"}


@require_safe
def css(request: Any) -> HttpResponse:
    """Answer /brand.css."""
    return _file(request, brand_css(request.brand), "text/css; charset=utf-8")


@require_safe
def drawing(request: Any, name: str) -> HttpResponse:
    """Answer one of the logos."""
    response = _file(request, getattr(request.brand, DRAWINGS[name]), "image/svg+xml")
    response["Content-Security-Policy"] = SANDBOX
    return response


@require_safe
def favicon(request: Any) -> HttpResponse:
    """Answer the browser's icon: the mark."""
    return drawing(request, "mark")


def _file(request: Any, text: str, kind: str) -> HttpResponse:
    """Answer with a version tag; an address with this version may be kept for ever."""
    version = request.brand.version
    tag = f'"{version}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(text, content_type=kind)
    named = request.GET.get("v") == version
    response["Cache-Control"] = FOREVER if named else "no-cache"
    response["ETag"] = tag
    return response
