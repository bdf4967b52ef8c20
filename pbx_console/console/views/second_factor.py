"""The code: asking for it, setting up an authenticator, recovery codes shown once."""

from __future__ import annotations

import math
from typing import Any

import segno
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_otp import devices_for_user

from pbx_console.accounts.services import sign_in as door
from pbx_console.accounts.services.proof import is_fresh
from pbx_console.accounts.services.sessions import remember_device
from pbx_console.console.access import before_second_factor, to_door
from pbx_console.console.forms.door import CodeForm, RecoveryForm
from pbx_console.console.views.sign_in import next_url, too_many

METHODS = ["GET", "HEAD", "POST"]


@before_second_factor
@never_cache
@require_http_methods(METHODS)
def second_factor(request: Any) -> HttpResponse:
    """Ask for the code of the authenticator, or with `?recovery` for a recovery code."""
    if request.user.is_verified():
        return redirect(next_url(request))
    if not door.has_second_factor(request.user):
        return redirect(f"{reverse('console:second_factor_setup')}?{_onward(request)}")
    recovery = "recovery" in request.GET
    form = (RecoveryForm if recovery else CodeForm)(request.POST or None)
    if form.is_valid() and _code_is_right(request, form):
        return _in(request)
    context = {
        "form": form,
        "recovery": recovery,
        "has_authenticator": door.has_authenticator(request.user),
        "has_passkey": door.has_passkey(request.user),
        "next": next_url(request),
    }
    return render(
        request, "console/door/second_factor.html", context, status=_status(form)
    )


def _in(request: Any) -> HttpResponse:
    """Go on; this browser is remembered if its person ticked that."""
    response = redirect(next_url(request))
    if "remember" in request.POST:
        remember_device(request, response)
    return response


def _status(form: Any) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200


def _code_is_right(request: Any, form: Any) -> bool:
    try:
        right = door.verify_code(request, request.user, form.cleaned_data["code"])
    except door.TooManyTries:
        form.add_error(None, too_many())
        return False
    if not right:
        form.add_error("code", _wrong_code(request.user))
    return right


def _onward(request: Any) -> str:
    return urlencode({"next": next_url(request)})


def _wrong_code(user: Any) -> str:
    """Say what to do; after each wrong code the authenticator rests for longer."""
    until = [_locked_until(device) for device in devices_for_user(user, confirmed=None)]
    wait = max((moment - timezone.now() for moment in until if moment), default=None)
    if wait is None or wait.total_seconds() < 2:
        return _(
            "This code is not right. Each one counts for 30 seconds; take the newest."
        )
    seconds = math.ceil(wait.total_seconds())
    return _("This code is not right. Wait %(n)s seconds before the next one.") % {
        "n": seconds
    }


def _locked_until(device: Any) -> Any:
    allowed, reason = device.verify_is_allowed()
    return None if allowed or not reason else reason.get("locked_until")


@before_second_factor
@never_cache
@require_http_methods(METHODS)
def setup(request: Any) -> HttpResponse:
    """Show the QR code of a new authenticator and check its first code.

    Somebody who has one already must use it before making a new one.
    """
    if door.has_second_factor(request.user) and not request.user.is_verified():
        return to_door(request, "console:second_factor")
    if not is_fresh(request):
        return to_door(request, "console:prove", back=request.get_full_path())
    form = CodeForm(request.POST or None)
    codes = _confirmed(request, form) if form.is_valid() else None
    if codes:
        context = {"codes": codes, "next": next_url(request)}
        return render(request, "console/door/recovery_codes.html", context)
    return render(
        request, "console/door/setup.html", _new(request, form), status=_status(form)
    )


def _confirmed(request: Any, form: CodeForm) -> list[str] | None:
    try:
        codes = door.confirm_totp(request, request.user, form.cleaned_data["code"])
    except door.TooManyTries:
        form.add_error(None, too_many())
        return None
    if codes is None:
        form.add_error("code", _wrong_code(request.user))
    return codes


def _new(request: Any, form: CodeForm) -> dict[str, Any]:
    device = door.begin_totp(request.user)
    secret = door.totp_secret(device)
    address = door.totp_address(
        device, issuer=request.brand.product_name, account=request.user.email
    )
    return {
        "form": form,
        "qr": qr_svg(address),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "replacing": door.has_authenticator(request.user),
        "next": next_url(request),
    }


def qr_svg(text: str) -> SafeString:
    """Draw a QR code as inline SVG (module paths only, made by us from `text`)."""
    code = segno.make(text, error="m")
    svg = code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 - segno writes numbers, not the text
