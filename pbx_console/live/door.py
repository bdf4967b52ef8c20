"""Who may open a socket: the same questions as for a page, asked once more here.

Channels' own stack knows nothing of brands, realms and second factors, so the request's
middlewares are run over a stand-in request made of the handshake.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django_otp.middleware import OTPMiddleware

from pbx_console.accounts import languages
from pbx_console.accounts.middleware import (
    SignedInMiddleware,
    membership_of,
    scope_of,
)
from pbx_console.accounts.models import Customer, Membership
from pbx_console.branding import hosts


def _headers(scope: Mapping[str, Any]) -> dict[str, str]:
    return {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}


def membership(scope: Mapping[str, Any]) -> Membership | None:
    """Return the membership behind a handshake; None when the socket must not open.

    The Host must be a brand's and the Origin must be that same host: a page of another
    site cannot use the visitor's cookie. Blocking; call it in a thread.
    """
    headers = _headers(scope)
    host = headers.get("host", "")
    brand = hosts.brand_for(host)
    if brand is None or urlsplit(headers.get("origin", "")).netloc != host:
        return None
    request: Any = HttpRequest()
    request.brand = brand
    request.session = _session(headers.get("cookie", ""))
    chain: Any = SignedInMiddleware(OTPMiddleware(lambda _request: HttpResponse()))
    chain(request)
    found = membership_of(request)
    if found is None or (found.needs_second_factor and not request.user.is_verified()):
        return None
    return found


def _session(cookies: str) -> Any:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return store(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME))


def customer_for(found: Membership, code: str) -> Customer | None:
    """Return the customer a socket is for: the membership's own, or one in its scope."""
    if found.customer is not None:
        return found.customer if code in ("", found.customer.code) else None
    with scope_of(found, verified=True):
        return Customer.objects.filter(code=code).first()


def language(found: Membership, scope: Mapping[str, Any]) -> str:
    """Return the language of the person's labels, by the same order as on a page."""
    request: Any = HttpRequest()
    headers = _headers(scope)
    request.COOKIES.update(parse_cookie(headers.get("cookie", "")))
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get("accept-language", "")
    request.user, request.membership = found.user, found
    return languages.language_of(request)
