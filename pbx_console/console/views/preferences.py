"""Language and light, by cookie before sign-in and by person after it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from pbx_console.accounts import languages
from pbx_console.accounts.actor import Actor
from pbx_console.accounts.services.own import save_preferences
from pbx_console.console import theme as themes
from pbx_console.console.views.sign_in import next_url

YEAR = 365 * 24 * 3600


@require_POST
def language(request: Any) -> HttpResponse:
    """Speak another language from now on."""
    chosen = request.POST.get("language", "")
    if chosen not in languages.SUPPORTED:
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        save_preferences(_actor(request), user=request.user, language=chosen)
    return _kept(request, languages.COOKIE, chosen)


@require_POST
def theme(request: Any) -> HttpResponse:
    """Light or dark from now on."""
    chosen = request.POST.get("theme", "")
    if chosen not in themes.CHOICES:
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        save_preferences(_actor(request), user=request.user, theme=chosen)
    return _kept(request, themes.COOKIE, chosen)


def _actor(request: Any) -> Actor:
    """Return who chose; a person without any role has no actor of its own."""
    address = request.META.get("REMOTE_ADDR")
    return request.actor or Actor(request.user, str(request.user), address=address)


def _kept(request: Any, name: str, value: str) -> HttpResponse:
    response = redirect(next_url(request))
    response.set_cookie(
        name,
        value,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
