"""One person: name, roles, invitations, being let in. What is refused is a toast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pbx_console.accounts.models import (
    AuditEntry,
    Invitation,
    Membership,
    Session,
    User,
)
from pbx_console.accounts.services import invitations, people, reach
from pbx_console.console import history
from pbx_console.console.access import fresh, needs
from pbx_console.console.forms.people import NameForm, RoleForm
from pbx_console.console.places import (
    ensure_may_change,
    may_change,
    place_of,
    with_second_factor,
)
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast


@needs("people.customer")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Any, person: int) -> HttpResponse:
    """Show a person with the roles that can be decided about; change the name."""
    user, roles = _found(request, person)
    at = request.GET.get("at", "")
    first = next((r for r in roles if r.customer and r.customer.code == at), roles[0])
    form = NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST":
        ensure_may_change(request)
        if saved(form, people.rename, actor=request.actor, user=user) is not None:
            toast(request, _("%(name)s is saved.") % {"name": user.name})
            return redirect(request.get_full_path())
    entries = AuditEntry.objects.filter(object_type="user", object_key=str(person))
    context = {
        "person": user,
        "place": place_of(request, first),
        "roles": [(row, _role_form(request, row)) for row in roles],
        "form": form,
        "second_factor": user.pk in with_second_factor([user.pk]),
        "sessions": Session.objects.filter(user=user).count(),
        "whole": reach.covers(request.actor, user),
        "is_self": user.pk == request.user.pk,
        "may_change": may_change(request),
        "entries": history.told(entries.select_related("customer")[:8], request),
    }
    status = 422 if form.errors else 200
    return render(request, "console/people/person.html", context, status=status)


def _found(request: Any, pk: int) -> tuple[User, list[Membership]]:
    """Return a person and the roles that are this person's to decide about, or 404."""
    rows = Membership.objects.select_related("user", "reseller", "customer__reseller")
    rows = rows.filter(user_id=pk).order_by("customer_id", "pk")
    roles = [row for row in rows if reach.gives(request.actor, row.role)]
    if not roles:
        raise Http404
    return roles[0].user, roles


def _role_form(request: Any, row: Membership, data: Any = None) -> RoleForm:
    place = place_of(request, row)
    initial = {"role": row.role, "extension_number": row.extension_number}
    return RoleForm(
        data,
        place=place,
        roles=place.roles(request),
        initial=initial,
        auto_id=f"role{row.pk}_%s",
    )


@needs("people.customer")
@fresh
@require_POST
def person_state(request: Any, person: int) -> HttpResponse:
    """Let a person in again, or put the person out."""
    ensure_may_change(request)
    user, _roles = _found(request, person)
    active = request.POST.get("active") == "1"
    words = _("%(name)s can sign in again.") if active else _("%(name)s is signed out.")
    detail = "" if active else _("Every session has ended.")
    _tried(
        request,
        lambda: people.set_active(request.actor, user=user, active=active),
        words % {"name": user.name},
        detail,
    )
    return redirect("console:person", person=person)


@needs("people.customer")
@fresh
@require_POST
def role(request: Any, role: int) -> HttpResponse:
    """Change role and extension."""
    ensure_may_change(request)
    row = _role(request, role)
    form = _role_form(request, row, request.POST)
    name = {"name": row.user.name}
    done = saved(form, people.change_role, actor=request.actor, membership=row)
    if done is None:
        toast(request, _first_error(form), state="failed")
    else:
        detail = _("The person signs in anew.")
        toast(request, _("The role of %(name)s is saved.") % name, detail=detail)
    return redirect("console:person", person=row.user_id)


@needs("people.customer")
@fresh
@require_POST
def role_take(request: Any, role: int) -> HttpResponse:
    """Take a role away; every session of the person ends at once."""
    ensure_may_change(request)
    row = _role(request, role)
    place = place_of(request, row)
    words = _("%(name)s is no longer %(role)s.")
    names = {"name": row.user.name, "role": row.get_role_display()}
    _tried(
        request,
        lambda: people.take_role(request.actor, membership=row),
        words % names,
        _("Every session has ended."),
    )
    return redirect(place.url)


def _role(request: Any, pk: int) -> Membership:
    rows = Membership.objects.select_related("user", "reseller", "customer__reseller")
    found = rows.filter(pk=pk).first()
    if found is None or not reach.gives(request.actor, found.role):
        raise Http404
    return found


@needs("people.customer")
@fresh
@require_POST
def invitation_again(request: Any, invitation: int) -> HttpResponse:
    """Send the invitation again, with a new address for seven new days."""
    ensure_may_change(request)
    row = _invitation(request, invitation)
    place = place_of(request, row)
    words = _("The invitation of %(name)s is sent again.") % {"name": row}
    _tried(
        request,
        lambda: invitations.send_again(request.actor, row),
        words,
        _("The earlier mail no longer works."),
    )
    return redirect(place.url)


@needs("people.customer")
@fresh
@require_POST
def invitation_withdraw(request: Any, invitation: int) -> HttpResponse:
    """Take an invitation back."""
    ensure_may_change(request)
    row = _invitation(request, invitation)
    place = place_of(request, row)
    words = _("The invitation of %(name)s is withdrawn.") % {"name": row}
    _tried(request, lambda: invitations.withdraw(request.actor, row), words)
    return redirect(place.url)


def _invitation(request: Any, pk: int) -> Invitation:
    rows = Invitation.objects.select_related("reseller", "customer__reseller")
    found = rows.filter(pk=pk).first()
    if found is None or not reach.gives(request.actor, found.role):
        raise Http404
    return found


def _tried(
    request: Any, act: Callable[[], object], words: str, detail: str = ""
) -> None:
    """Do it and say so, or say why not; a refused act changes nothing."""
    try:
        act()
    except ValidationError as error:
        toast(request, " ".join(error.messages), state="failed")
    else:
        toast(request, words, detail=detail)


def _first_error(form: RoleForm) -> str:
    errors = [str(text) for texts in form.errors.values() for text in texts]
    return errors[0] if errors else _("This could not be saved.")
