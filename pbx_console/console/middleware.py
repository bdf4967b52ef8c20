"""Language and time zone of the person on whose page we are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from pbx_console.console.views.errors import LANGUAGE_COOKIE as COOKIE

Handler = Callable[[HttpRequest], HttpResponse]
SUPPORTED = frozenset(code for code, _name in settings.LANGUAGES)


def LanguageMiddleware(get_response: Handler) -> Handler:
    """Speak the person's language, else the customer's, else this browser's."""

    def handle(request: Any) -> HttpResponse:
        language = language_of(request)
        owner = _owner(request)
        zone = timezone.override(owner.timezone) if owner else timezone.override(None)
        with translation.override(language), zone:
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return handle


def language_of(request: Any) -> str:
    """Return the first language that is chosen and spoken here."""
    wishes = (
        _of_person(request),
        request.COOKIES.get(COOKIE, ""),
        _of_customer(request),
    )
    chosen = next((wish for wish in wishes if wish in SUPPORTED), None)
    return chosen or str(translation.get_language_from_request(request))


def _of_person(request: Any) -> str:
    return str(request.user.language) if request.user.is_authenticated else ""


def _of_customer(request: Any) -> str:
    membership = request.membership
    return (
        str(membership.customer.language) if membership and membership.customer else ""
    )


def _owner(request: Any) -> Any:
    membership = request.membership
    return (membership.customer or membership.reseller) if membership else None
