"""One's own account: password, second factor, language and light."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from pbx_console.accounts.services import sign_in as door
from pbx_console.accounts.services.own import change_password, save_preferences
from pbx_console.accounts.services.passkeys import passkeys_of
from pbx_console.accounts.services.sessions import sessions_of
from pbx_console.console.access import needs
from pbx_console.console.forms.door import PasswordForm, PreferencesForm
from pbx_console.console.toasts import toast


@needs()
@require_safe
def account(request: Any) -> HttpResponse:
    """Show what a person can change about themselves."""
    return _draw(request, PreferencesForm(instance=request.user))


def _draw(request: Any, form: PreferencesForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "has_authenticator": door.has_authenticator(request.user),
        "codes_left": door.recovery_codes_left(request.user),
        "passkeys": passkeys_of(request.user),
        "sessions": sessions_of(request.user).count(),
    }
    return render(request, "console/door/account.html", context, status=status)


@needs()
@require_POST
def preferences(request: Any) -> HttpResponse:
    """Keep language and light."""
    form = PreferencesForm(request.POST, instance=request.user)
    if not form.is_valid():
        return _draw(request, form, status=422)
    save_preferences(request.actor, user=request.user, **form.cleaned_data)
    toast(request, _("Your preferences are saved."))
    return redirect("console:account")


@needs()
@sensitive_post_parameters("current", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Any) -> HttpResponse:
    """Change the password; every other session of the person ends."""
    form = PasswordForm(request.POST or None, user=request.user)
    if form.is_valid() and _current_is_right(request, form):
        change_password(
            request.actor,
            user=request.user,
            password=form.cleaned_data["new"],
            keep=request.session.session_key,
        )
        update_session_auth_hash(request, request.user)
        toast(request, _("Your password is changed. Other sessions were ended."))
        return redirect("console:account")
    status = 422 if form.is_bound else 200
    return render(request, "console/door/password.html", {"form": form}, status=status)


def _current_is_right(request: Any, form: PasswordForm) -> bool:
    try:
        found = door.check_password(
            request,
            realm=request.user.reseller,
            email=request.user.email,
            password=form.cleaned_data["current"],
        )
    except door.TooManyTries:
        form.add_error(
            "current", _("Too many attempts. Wait 15 minutes, then try again.")
        )
        return False
    if found is None:
        form.add_error("current", _("This is not your current password."))
    return found is not None
