"""The files of the brand that the host names: stylesheet, pictures, icons, manifest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from pbx_console.branding import icons
from pbx_console.branding.models import Brand
from pbx_console.branding.services.pictures import content
from pbx_console.branding.stylesheet import brand_css

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
FOREVER = "public, max-age=31536000, immutable"
OWN = "private, no-cache"
KINDS = {"logo": "logo", "logo-dark": "logo_dark", "mark": "mark", "login": "login"}


def dress_of(request: Any) -> Brand:
    """Return the brand to draw: the host's, or the draft that this person looks at."""
    dress: Brand = getattr(request, "dress", None) or request.brand
    return dress


@require_safe
def css(request: Any) -> HttpResponse:
    """Answer /brand.css."""
    brand = dress_of(request)
    return _file(request, lambda: brand_css(brand), "text/css; charset=utf-8")


@require_safe
def picture(request: Any, name: str) -> HttpResponse:
    """Answer one of the brand's pictures, whatever format it was kept in."""
    brand, kind = dress_of(request), KINDS[name]
    if kind == "logo_dark" and not brand.files.get(kind):
        kind = "logo"
    facts = brand.files.get(kind)
    if not facts:
        raise Http404
    return _file(request, lambda: content(brand, kind)[0], facts["type"])


@require_safe
def favicon(request: Any) -> HttpResponse:
    """Answer what browsers ask for without being told."""
    brand = dress_of(request)
    return _file(request, lambda: icons.ico(brand), "image/x-icon")


@require_safe
def icon(request: Any, size: int) -> HttpResponse:
    """Answer the mark as a square picture."""
    if size not in icons.SIZES:
        raise Http404
    brand = dress_of(request)
    return _file(request, lambda: icons.png(brand, size), "image/png")


@require_safe
def manifest(request: Any) -> HttpResponse:
    """Answer the manifest of the console as an app on a home screen."""
    brand = dress_of(request)
    type_ = "application/manifest+json; charset=utf-8"
    return _file(request, lambda: icons.manifest(brand), type_)


def _file(request: Any, make: Callable[[], str | bytes], kind: str) -> HttpResponse:
    """Answer with a version tag; an address with this version may be kept for ever."""
    brand = dress_of(request)
    tag = f'"{brand.version}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(make(), content_type=kind)
    response["Cache-Control"] = _keeping(request, brand)
    response["ETag"] = tag
    if kind.startswith("image/"):
        response["Content-Security-Policy"] = SANDBOX
    return response


def _keeping(request: Any, brand: Brand) -> str:
    if brand is not request.brand:
        return OWN
    return FOREVER if request.GET.get("v") == brand.version else "no-cache"
