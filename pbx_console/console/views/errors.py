"""Pages for what went wrong: in the brand's dress, without a person and a database."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from pbx_console.accounts.languages import of_browser
from pbx_console.branding.hosts import last_known
from pbx_console.branding.models import Brand
from pbx_console.branding.pages import on_page
from pbx_console.console.theme import CHOICES, COOKIE

logger = logging.getLogger(__name__)
RETRY_AFTER = "30"  # seconds


def _page(
    request: Any, status: int, title: str, text: str, **more: Any
) -> HttpResponse:
    """Draw an error page. No request goes into the template: its context processors
    would ask the database who is there."""
    brand = _brand_of(request)
    theme = request.COOKIES.get(COOKIE, "")
    context = {
        "title": title,
        "text": text,
        "brand": on_page(brand) if brand and brand.product_name else None,
        "theme": theme if theme in CHOICES else "auto",
    }
    html = render_to_string("console/errors/error.html", context | more)
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _brand_of(request: Any) -> Brand | None:
    """Return the brand of the host, or the one it had when the database answered."""
    found: Brand | None = getattr(request, "brand", None)
    return found or last_known(request.META.get("HTTP_HOST", ""))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the browser sent something that no page of ours sends."""
    text = _("The browser sent something we cannot read. Go back and try again.")
    return _page(request, 400, _("This request is not complete"), text)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the role has no right to this, or the sentence that the refusal carries."""
    text = str(exception) or _(
        "Your role does not include this page. An owner of the account can change that."
    )
    return _page(request, 403, _("You may not open this"), text, home=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, or somebody else's, which is the same to the asker."""
    text = _("It was deleted, or the address is not quite right.")
    return _page(request, 404, _("There is nothing at this address"), text, home=True)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the reason is that PostgreSQL is away."""
    if database_is_away(sys.exc_info()[1]):
        return maintenance(request)
    text = _("The fault is on our side and was written down. Nothing was half saved.")
    return _page(request, 500, _("This page could not be made"), text, home=True)


def maintenance(request: HttpRequest) -> HttpResponse:
    """503: be back soon; telephones work on. Nobody knows the person now, so the
    browser's language is spoken."""
    with translation.override(of_browser(request)):
        return _maintenance(request)


def _maintenance(request: Any) -> HttpResponse:
    """Say it in the reseller's own words where it has written some."""
    brand = _brand_of(request)
    text = (brand.hold_text if brand else "") or _(
        "The console is being looked after. Telephones keep working. "
        "This page tries again by itself."
    )
    title = (brand.hold_title if brand else "") or _("Back in a moment")
    response = _page(request, 503, title, text, again=RETRY_AFTER)
    response["Retry-After"] = RETRY_AFTER
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is from another session, or cookies are refused."""
    text = _(
        "The page was open for too long, or cookies are switched off. "
        "Go back, load the page again and repeat the last step."
    )
    return _page(request, 403, _("This form has expired"), text, home=True)


def database_is_away(error: BaseException | None) -> bool:
    """Say whether an exception, or what caused it, is a lost database."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__cause__ or error.__context__
    return False
