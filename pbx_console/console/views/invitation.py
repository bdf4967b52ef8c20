"""The page behind the address in an invitation's mail. Opens without an account."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pbx_console.accounts import languages
from pbx_console.accounts.middleware import CHOSEN
from pbx_console.accounts.models import Invitation, Membership, User
from pbx_console.accounts.services import invitations
from pbx_console.accounts.services import sign_in as door
from pbx_console.accounts.services.throttle import count_wrong_token
from pbx_console.console.forms.people import AcceptForm
from pbx_console.console.saving import put


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Any, token: str) -> HttpResponse:
    """Show an invitation; a POST accepts it. Whatever cannot be used looks the same."""
    found = invitations.find(token, request.brand.reseller)
    if found is None:
        return _gone(request, 429 if count_wrong_token(token, request) else 404)
    if languages.COOKIE not in request.COOKIES and not request.user.is_authenticated:
        translation.activate(found.language)  # the middleware sets it back
    known = invitations.account_of(found)
    try:
        if known is None:
            return _new(request, token, found)
        return _known(request, token, found, known)
    except (invitations.InvitationGone, invitations.PersonExists):
        return _gone(request)


def _gone(request: Any, status: int = 404) -> HttpResponse:
    context = {"gone": True}
    return render(request, "console/door/invitation.html", context, status=status)


def _draw(
    request: Any, found: Invitation, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"invitation": found, "next": request.path, **more}
    response = render(request, "console/door/invitation.html", context, status=status)
    response["Content-Language"] = translation.get_language() or "en"
    return response


def _new(request: Any, token: str, found: Invitation) -> HttpResponse:
    """Ask for name and password, make the account and go in."""
    form = AcceptForm(request.POST or None, initial={"name": found.name})
    if not form.is_valid():
        return _draw(request, found, 422 if form.is_bound else 200, form=form)
    try:
        membership = invitations.accept(
            token,
            realm=request.brand.reseller,
            address=request.META.get("REMOTE_ADDR"),
            **form.cleaned_data,
        )
    except ValidationError as error:
        put(form, error)
        return _draw(request, found, 422, form=form)
    door.sign_in(request, membership.user)
    return _inside(request, membership)


def _known(request: Any, token: str, found: Invitation, known: User) -> HttpResponse:
    """Let somebody who has an account take the further role after signing in."""
    here = request.user.is_authenticated and request.user.pk == known.pk
    if here and door.has_second_factor(known) and not request.user.is_verified():
        query = urlencode({"next": request.path})
        return redirect(f"{reverse('console:second_factor')}?{query}")
    if request.method != "POST" or not here:
        return _draw(request, found, known=known, here=here)
    membership = invitations.join(
        token,
        realm=request.brand.reseller,
        user=known,
        address=request.META.get("REMOTE_ADDR"),
    )
    return _inside(request, membership)


def _inside(request: Any, membership: Membership) -> HttpResponse:
    """Work in the new role; a second factor comes first where the role needs one."""
    request.session[CHOSEN] = membership.pk
    home = reverse("console:home")
    verified = getattr(request.user, "is_verified", bool)()  # unknown just after login
    if not membership.needs_second_factor or verified:
        return redirect(home)
    has = door.has_second_factor(membership.user)
    step = "second_factor" if has else "second_factor_setup"
    return redirect(f"{reverse(f'console:{step}')}?{urlencode({'next': home})}")
