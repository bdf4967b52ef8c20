"""Forgotten password: asking for a mail, and choosing a new one with its address."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from pbx_console.accounts.models import PasswordReset
from pbx_console.accounts.services import password_reset as service
from pbx_console.accounts.services.throttle import TooManyTries, count_wrong_token
from pbx_console.console.forms.door import ForgottenForm, NewPasswordForm
from pbx_console.console.views.sign_in import too_many

METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(METHODS)
def forgotten(request: Any) -> HttpResponse:
    """Ask for the address. What is answered never depends on whether it is known."""
    form = ForgottenForm(request.POST or None)
    if form.is_valid() and _asked(request, form):
        context = {"email": form.cleaned_data["email"]}
        return render(request, "console/door/mail_sent.html", context)
    status = 422 if form.is_bound else 200
    return render(request, "console/door/forgotten.html", {"form": form}, status=status)


def _asked(request: Any, form: ForgottenForm) -> bool:
    try:
        service.ask_for_reset(
            request,
            realm=request.brand.reseller,
            email=form.cleaned_data["email"],
            language=(get_language() or "")[:2],
        )
    except TooManyTries:
        form.add_error(None, too_many())
        return False
    return True


@never_cache
@sensitive_variables("token")
@sensitive_post_parameters("new", "again")
@require_http_methods(METHODS)
def new_password(request: Any, token: str) -> HttpResponse:
    """Take a new password from somebody who holds the mail. A look uses nothing up."""
    found = service.find_reset(token, realm=request.brand.reseller)
    if found is None:
        status = 429 if count_wrong_token(token, request) else 410
        return render(request, "console/door/reset_over.html", status=status)
    form = NewPasswordForm(request.POST or None, user=found.user)
    if form.is_valid() and _used(request, form, found):
        return redirect("console:sign_in")
    context = {"form": form, "email": found.user.email}
    status = 422 if form.is_bound else 200
    return render(request, "console/door/new_password.html", context, status=status)


def _used(request: Any, form: NewPasswordForm, found: PasswordReset) -> bool:
    try:
        used = service.use_reset(request, found, form.cleaned_data["new"])
    except ValidationError as error:
        form.add_error("new", error)
        return False
    if not used:
        form.add_error(None, _("This address was used in the meantime. Ask anew."))
    return used
