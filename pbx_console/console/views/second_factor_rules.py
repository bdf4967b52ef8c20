"""Wanting a second factor of everybody, and resetting a lost one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pbx_console.accounts.models import Customer, Reseller, User
from pbx_console.accounts.services.reach import covers
from pbx_console.accounts.services.second_factor import (
    require_second_factor,
    reset_second_factor,
)
from pbx_console.console.access import fresh, needs, not_while_acting
from pbx_console.console.forms.door import ReasonForm, RequireForm
from pbx_console.console.toasts import toast

METHODS = ["GET", "HEAD", "POST"]


@needs("people.customer")
@fresh
@require_http_methods(METHODS)
def customer_rule(request: Any, code: str) -> HttpResponse:
    """Want a second factor of everybody at one customer."""
    owner = get_object_or_404(Customer.objects.select_related("reseller"), code=code)
    back = reverse("console:customer", kwargs={"code": code})
    above = owner.reseller.require_second_factor
    return _rule(request, owner, back, above=above)


@needs("people.reseller")
@fresh
@require_http_methods(METHODS)
def reseller_rule(request: Any, slug: str) -> HttpResponse:
    """Want a second factor of the people of all customers."""
    owner = get_object_or_404(Reseller, slug=slug)
    return _rule(request, owner, reverse("console:home"), above=False)


def _rule(request: Any, owner: Any, back: str, *, above: bool) -> HttpResponse:
    first = {"required": owner.require_second_factor}
    form = RequireForm(request.POST or None, initial=first)
    if request.method == "POST":
        required = "required" in request.POST
        require_second_factor(request.actor, owner, required=required)
        words = _("Everybody without a second factor is led to its set-up now.")
        toast(request, words if required else _("A password is enough again."))
        return redirect(back)
    context = {"form": form, "owner": owner, "back": back, "above": above}
    return render(request, "console/door/second_factor_rule.html", context)


@needs("people.customer")
@not_while_acting
@fresh
@require_http_methods(METHODS)
def lost(request: Any, person_id: int) -> HttpResponse:
    """Reset the second factor of a person below, with the reason in writing."""
    person = get_object_or_404(User, pk=person_id)
    if person.pk == request.user.pk or not covers(request.actor, person):
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid() and _reset(request, person, form):
        words = _("The second factor of %(name)s is reset.") % {"name": person}
        toast(request, words, detail=_("A mail tells the person."))
        return redirect("console:person", person=person_id)
    context = {"form": form, "person": person}
    status = 422 if form.is_bound else 200
    return render(request, "console/door/lost.html", context, status=status)


def _reset(request: Any, person: User, form: ReasonForm) -> bool:
    try:
        reason = form.cleaned_data["reason"]
        reset_second_factor(request.actor, user=person, reason=reason)
    except ValidationError as error:
        form.add_error("reason", error)
        return False
    return True
