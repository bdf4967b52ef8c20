"""Who is asking, in which role, and whose rows they may touch."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from pbx_console.accounts import acting
from pbx_console.accounts.actor import SYSTEM, Actor
from pbx_console.accounts.models import Membership, User
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.accounts.services.acting import end as end_acting
from pbx_console.accounts.services.sessions import note_seen

Handler = Callable[[HttpRequest], HttpResponse]
CHOSEN = "membership"


def SignedInMiddleware(get_response: Handler) -> Handler:
    """Set request.user, but only on a host of the person's own realm."""

    def handle(request: Any) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _person(request))
        return get_response(request)

    return handle


def _person(request: Any) -> User | AnonymousUser:
    user: Any = get_user(request)
    same = user.is_authenticated and user.reseller_id == request.brand.reseller_id
    return user if same else AnonymousUser()


def ScopeMiddleware(get_response: Handler) -> Handler:
    """Set request.membership and request.actor, and open the scope around the view.

    Without a membership, or without the second factor that the role needs, no scope is
    opened: owned rows cannot be read at all.
    """

    def handle(request: Any) -> HttpResponse:
        note_seen(request)
        request.membership = membership_of(request)
        request.actor = _actor(request)
        if acting.KEY in request.session and not _acts(request):
            end_acting(request.actor or SYSTEM, session=request.session)
        with scope_of(request.membership, verified=_verified(request)):
            return get_response(request)

    return handle


def _acts(request: Any) -> bool:
    return request.membership is not None and request.membership.acted_by is not None


def _verified(request: Any) -> bool:
    return bool(request.user.is_authenticated and request.user.is_verified())


def membership_of(request: Any) -> Membership | None:
    """Return the chosen membership of the person, else the highest one; while acting
    for a customer, what stands in for it."""
    if not request.user.is_authenticated:
        return None
    rows = request.memberships = memberships_of(request.user)
    chosen = request.session.get(CHOSEN)
    own = next((row for row in rows if row.pk == chosen), rows[0] if rows else None)
    if own is None:
        return None
    return acting.stand_in(own, request.session, scope_of) or own


def memberships_of(user: User) -> list[Membership]:
    """Return the memberships that can be used now, the highest first."""
    with as_everyone("memberships of the person"):
        rows = list(
            Membership.objects.filter(user_id=user.pk).select_related(
                "reseller",
                "customer",
                "customer__reseller",
                "customer__emergency_test",  # its banner is on every page
                "user",
            )
        )
    rows = [row for row in rows if _is_open(row)]
    return sorted(rows, key=lambda row: (row.level == "customer", row.pk))


def _is_open(row: Membership) -> bool:
    return (row.reseller is None or row.reseller.is_active) and (
        row.customer is None or row.customer.is_active
    )


def scope_of(
    membership: Membership | None, *, verified: bool
) -> AbstractContextManager[Any]:
    """Return the scope of a membership; none when it may not be used yet."""
    if membership is None or (membership.needs_second_factor and not verified):
        return nullcontext()
    if membership.customer is not None:
        scope: AbstractContextManager[Any] = as_customer(membership.customer)
    elif membership.reseller is not None:
        scope = as_reseller(membership.reseller)
    else:
        scope = as_everyone("platform staff's console")
    return scope


def _actor(request: Any) -> Actor | None:
    membership = request.membership
    if membership is None:
        return None
    own = membership.acted_by or membership
    return Actor(
        user=request.user,
        name=str(request.user),
        level=own.level,
        address=request.META.get("REMOTE_ADDR"),
        acted_as=acting.place_of(membership),
        role=membership.role,
    )
