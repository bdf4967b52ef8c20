"""People of a level: the list, and inviting somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pbx_console.accounts.models import Invitation, Membership
from pbx_console.accounts.services.invitations import invite, language_for
from pbx_console.console import downloads
from pbx_console.console.access import fresh, needs
from pbx_console.console.forms.people import InviteForm, PeopleFilters
from pbx_console.console.paging import Page, page
from pbx_console.console.places import (
    Place,
    customer_place,
    ensure_may_change,
    may_change,
    own_place,
    reseller_place,
    with_second_factor,
)
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast

BY_NAME = ("user__name", "id")
NEWEST = ("-created_at", "-id")
METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list: a role with its person."""

    membership: Membership
    second_factor: bool


@needs("people.reseller")
@require_safe
def people(request: Any) -> HttpResponse:
    """List the people of the own level: the platform's, or the reseller's."""
    return _list(request, own_place(request))


@needs("people.platform")
@require_safe
def reseller_people(request: Any, slug: str) -> HttpResponse:
    """List a reseller's own people for platform staff."""
    return _list(request, reseller_place(request, slug))


@needs("people.customer")
@require_safe
def customer_people(request: Any, code: str) -> HttpResponse:
    """List a customer's people."""
    return _list(request, customer_place(request, code))


def _list(request: Any, place: Place) -> HttpResponse:
    filters = PeopleFilters(request.GET, roles=place.roles(request))
    roles, invited = found(filters, place)
    if request.GET.get("format") == "csv":
        return _file(roles, invited)
    only_invited = filters.value("state") == "invited"
    shown = Page() if only_invited else page(roles, BY_NAME, request.GET)
    waiting = page(invited, NEWEST, request.GET if only_invited else {}, size=20)
    context = {
        "filters": filters,
        "place": place,
        "page": waiting if only_invited else shown,
        "lines": lines(shown.rows),
        "invited": waiting.rows,
        "total": len(shown.rows) + len(waiting.rows),
        "more_invited": not only_invited and not waiting.is_whole,
        "may_change": may_change(request),
    }
    return render(request, "console/people/list.html", context)


def found(
    filters: PeopleFilters, place: Place
) -> tuple[QuerySet[Membership], QuerySet[Invitation]]:
    """Return the roles and the open invitations that the filters leave."""
    roles, invited = place.memberships, place.invitations
    if text := filters.value("q"):
        like = Q(user__name__icontains=text) | Q(user__email__icontains=text)
        roles = roles.filter(like | Q(extension_number=text))
        like = Q(name__icontains=text) | Q(email__icontains=text)
        invited = invited.filter(like | Q(extension_number=text))
    if role := filters.value("role"):
        roles, invited = roles.filter(role=role), invited.filter(role=role)
    if (state := filters.value("state")) in ("active", "off"):
        roles = roles.filter(user__is_active=state == "active")
        invited = invited.none()
    return roles, roles_first_page(invited, filters)


def roles_first_page(
    invited: QuerySet[Invitation], filters: PeopleFilters
) -> QuerySet[Invitation]:
    """Return the invitations, none of them on later pages of the roles."""
    later = "after" in filters.data or "before" in filters.data
    return invited.none() if later and filters.value("state") != "invited" else invited


def lines(rows: list[Membership]) -> list[Line]:
    """Return the rows with what else the list shows, two queries for all."""
    secured = with_second_factor([row.user_id for row in rows])
    return [Line(row, row.user_id in secured) for row in rows]


def _file(roles: QuerySet[Membership], invited: QuerySet[Invitation]) -> HttpResponse:
    head = [_("Name"), _("Email address"), _("Role"), _("Extension")]
    head += [_("Last sign-in"), _("Second factor"), _("State")]
    people = lines(list(roles.order_by(*BY_NAME)[: downloads.MOST]))
    rows = [_record(line) for line in people]
    rows += [_invited(row) for row in invited.order_by(*NEWEST)[: downloads.MOST]]
    return downloads.spreadsheet(_("people"), head, rows)


def _record(line: Line) -> list[object]:
    row = line.membership
    at = row.user.last_login
    values: list[object] = [row.user.name, row.user.email, row.get_role_display()]
    values += [row.extension_number, at.isoformat(timespec="minutes") if at else ""]
    state = _("active") if row.user.is_active else _("deactivated")
    return [*values, line.second_factor, state]


def _invited(row: Invitation) -> list[object]:
    values: list[object] = [row.name, row.email, row.get_role_display()]
    return [*values, row.extension_number, "", "", _("invited")]


@needs("people.reseller")
@fresh
@require_http_methods(METHODS)
def people_invite(request: Any) -> HttpResponse:
    """Invite somebody to the own level."""
    return _invite(request, own_place(request))


@needs("people.platform")
@fresh
@require_http_methods(METHODS)
def reseller_people_invite(request: Any, slug: str) -> HttpResponse:
    """Invite somebody of a reseller; its first owner comes in like this."""
    return _invite(request, reseller_place(request, slug))


@needs("people.customer")
@fresh
@require_http_methods(METHODS)
def customer_people_invite(request: Any, code: str) -> HttpResponse:
    """Invite somebody of a customer."""
    return _invite(request, customer_place(request, code))


def _invite(request: Any, place: Place) -> HttpResponse:
    ensure_may_change(request)
    initial = {"language": language_for(place.customer), **_asked(request)}
    roles = place.roles(request)
    form = InviteForm(request.POST or None, place=place, roles=roles, initial=initial)
    if request.method == "POST":
        owner = {"reseller": place.reseller, "customer": place.customer}
        done = saved(form, invite, actor=request.actor, **owner)
        if done is not None:
            words = _("%(name)s is invited.") % {"name": done.name}
            toast(request, words, detail=_("The mail is on its way."))
            return redirect(place.url)
    context = {"form": form, "place": place}
    status = 422 if form.errors else 200
    return render(request, "console/people/invite.html", context, status=status)


def _asked(request: Any) -> dict[str, str]:
    """Return what an extension's page knows already."""
    return {"extension_number": request.GET.get("extension", "")[:8]}
