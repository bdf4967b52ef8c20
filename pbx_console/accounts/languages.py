"""Which language a reader is spoken to in.

The person's own choice comes first (kept with the account, or by a cookie before
sign-in), then the customer's, then what the browser asks for.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation

COOKIE = "language"
SUPPORTED = frozenset(code for code, _name in settings.LANGUAGES)


def language_of(request: Any) -> str:
    """Return the first language that is chosen and spoken here."""
    chosen = next((wish for wish in _wishes(request) if wish in SUPPORTED), None)
    return chosen or of_browser(request)


def of_browser(request: Any) -> str:
    """Return the language chosen in this browser, else the one it asks for."""
    chosen = str(request.COOKIES.get(COOKIE, ""))
    if chosen in SUPPORTED:
        return chosen
    return str(translation.get_language_from_request(request))


def _wishes(request: Any) -> tuple[str, ...]:
    user, membership = request.user, request.membership
    customer = membership.customer if membership else None
    return (
        str(user.language) if user.is_authenticated else "",
        str(request.COOKIES.get(COOKIE, "")),
        str(customer.language) if customer else "",
    )
