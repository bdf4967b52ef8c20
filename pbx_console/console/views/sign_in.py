"""The door: password, then code. Services do the work; these draw and redirect."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from pbx_console.accounts.middleware import membership_of
from pbx_console.accounts.services import sign_in as door
from pbx_console.accounts.services.sessions import recall_device
from pbx_console.console.forms.door import SignInForm


def next_url(request: HttpRequest) -> str:
    """Return where the person wanted to go: a path of this host, else the overview."""
    return safe_path(request.POST.get("next") or request.GET.get("next") or "")


def safe_path(wanted: str) -> str:
    """Return a path of this host as it is; for anything else the overview's."""
    plain = wanted.isprintable() and "\\" not in wanted
    safe = (
        plain
        and wanted.startswith("/")
        and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    )
    return wanted if safe else reverse("console:home")


def too_many() -> str:
    """Return the sentence for somebody who must wait."""
    return _("Too many attempts. Wait 15 minutes, then try again.")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Any) -> HttpResponse:
    """Ask for address and password."""
    form = SignInForm(request.POST or None)
    if request.user.is_authenticated and request.method != "POST":
        return redirect(next_url(request))
    if form.is_valid() and _let_in(request, form):
        return _to_code(request)
    context = {"form": form, "next": next_url(request)}
    return render(request, "console/door/sign_in.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200


def _let_in(request: Any, form: SignInForm) -> bool:
    try:
        user = door.check_password(
            request,
            realm=request.brand.reseller,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
        )
    except door.TooManyTries:
        form.add_error(None, too_many())
        return False
    if user is None:
        form.add_error(None, _("Address and password do not match."))
        return False
    door.sign_in(request, user)
    recall_device(request, user, door.any_factor(user))
    return True


def _to_code(request: Any) -> HttpResponse:
    """Send on: to the code where the role needs it or a factor exists, unless this
    browser was remembered."""
    if getattr(request.user, "otp_device", None) is not None:
        return redirect(next_url(request))
    membership = membership_of(request)
    needs_code = membership is not None and membership.needs_second_factor
    if needs_code or door.has_second_factor(request.user):
        query = urlencode({"next": next_url(request)})
        return redirect(f"{reverse('console:second_factor')}?{query}")
    return redirect(next_url(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Close the session."""
    logout(request)
    return redirect("console:sign_in")
