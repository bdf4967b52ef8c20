"""Language and time zone of the person on whose page we are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from pbx_console.accounts.languages import language_of

Handler = Callable[[HttpRequest], HttpResponse]


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


def _owner(request: Any) -> Any:
    membership = request.membership
    return (membership.customer or membership.reseller) if membership else None
