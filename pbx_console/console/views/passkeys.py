"""Passkeys: the two halves of each ceremony as JSON, and a person's list of them."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pbx_console.accounts.services import passkeys as service
from pbx_console.accounts.services import sign_in as door
from pbx_console.accounts.services.passkeys import PasskeyRefused
from pbx_console.accounts.services.throttle import TooManyTries
from pbx_console.console.access import before_second_factor, fresh, needs
from pbx_console.console.toasts import toast
from pbx_console.console.views.sign_in import safe_path, too_many

LARGEST = 64 * 1024  # bytes; an answer of a browser has a few thousand


def _refused(text: str, status: int = 422) -> JsonResponse:
    return JsonResponse({"error": text}, status=status)


def _answer(request: Any) -> dict[str, Any]:
    """Return the JSON object that the browser sent. Raises PasskeyRefused."""
    try:
        if int(request.headers.get("Content-Length") or 0) > LARGEST:
            raise PasskeyRefused
        data = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused from error
    if not isinstance(data, dict) or not isinstance(data.get("credential"), dict):
        raise PasskeyRefused
    return data


@never_cache
@require_POST
def use_begin(request: Any) -> HttpResponse:
    """Give out a challenge, to whoever asks; it names nobody."""
    try:
        return JsonResponse(service.begin_use(request))
    except TooManyTries:
        return _refused(too_many(), 429)


@never_cache
@require_POST
def use(request: Any) -> HttpResponse:
    """Sign in, or prove again, with the browser's answer to the challenge."""
    try:
        data = _answer(request)
        service.use_passkey(request, data["credential"])
    except PasskeyRefused:
        return _refused(_("This passkey does not open this door."))
    return JsonResponse({"url": safe_path(str(data.get("next", "")))})


def _may_add(request: Any) -> bool:
    """Say whether this session may add a factor: it has used one, or there is none."""
    return request.user.is_verified() or not door.has_second_factor(request.user)


@before_second_factor
@fresh
@never_cache
@require_POST
def make_begin(request: Any) -> HttpResponse:
    """Give out what the browser needs to make a passkey."""
    if not _may_add(request):
        raise PermissionDenied
    try:
        return JsonResponse(service.begin_registration(request))
    except PasskeyRefused:
        return _refused(_("There are enough passkeys here. Remove one first."))


@before_second_factor
@fresh
@never_cache
@require_POST
def make(request: Any) -> HttpResponse:
    """Keep the passkey that the browser made. The first factor brings recovery codes."""
    if not _may_add(request):
        raise PermissionDenied
    first = not door.recovery_codes_left(request.user)
    try:
        data = _answer(request)
        name = str(data.get("name", "")).strip() or _("Passkey")
        service.finish_registration(request, data["credential"], name=name)
    except PasskeyRefused:
        return _refused(_("The browser made no usable passkey. Try again."))
    toast(request, _("The passkey is saved. It opens this door from now on."))
    page = "console:recovery_codes" if first else "console:account"
    return JsonResponse({"url": reverse(page)})


@needs()
@fresh
@require_POST
def rename(request: Any, passkey_id: int) -> HttpResponse:
    """Give a passkey another name."""
    name = request.POST.get("name", "").strip()
    if not service.rename_passkey(request.user, passkey_id, name or _("Passkey")):
        raise Http404
    toast(request, _("The passkey has its new name."))
    return redirect("console:account")


@needs()
@fresh
@require_POST
def remove(request: Any, passkey_id: int) -> HttpResponse:
    """Forget a passkey."""
    if not service.remove_passkey(request.actor, user=request.user, pk=passkey_id):
        raise Http404
    toast(request, _("The passkey is removed. Delete it on your device, too."))
    return redirect("console:account")
