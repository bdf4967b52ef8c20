"""Proving again who one is, before a sensitive act."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pbx_console.accounts.services import sign_in as door
from pbx_console.accounts.services.proof import note_proof
from pbx_console.console.access import before_second_factor
from pbx_console.console.forms.door import CodeForm, ProofForm
from pbx_console.console.views.sign_in import next_url, too_many


@before_second_factor
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: Any) -> HttpResponse:
    """Ask for the password, or with `?code` for a code of the authenticator."""
    by_code = "code" in request.GET
    form: Any = (CodeForm if by_code else ProofForm)(request.POST or None)
    if form.is_valid() and _is_right(request, form):
        note_proof(request)
        return redirect(next_url(request))
    context = {
        "form": form,
        "by_code": by_code,
        "has_authenticator": door.has_authenticator(request.user),
        "has_passkey": door.has_passkey(request.user),
        "next": next_url(request),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "console/door/prove.html", context, status=status)


def _is_right(request: Any, form: Any) -> bool:
    try:
        right = _checked(request, form.cleaned_data)
    except door.TooManyTries:
        form.add_error(None, too_many())
        return False
    if not right:
        field = "code" if "code" in form.cleaned_data else "password"
        form.add_error(field, _("This is not right. Check it and type it again."))
    return right


def _checked(request: Any, data: dict[str, str]) -> bool:
    if "code" in data:
        return door.verify_code(request, request.user, data["code"])
    user = request.user
    found = door.check_password(
        request, realm=user.reseller, email=user.email, password=data["password"]
    )
    return found is not None
