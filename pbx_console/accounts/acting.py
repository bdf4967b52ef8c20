"""Acting for a customer: whose place a session takes, and until when.

The session holds the customer, the end and the membership that may act. Every request
and every socket asks anew: without the right, the customer or the time, nobody acts. What
stands in for the own membership is an unsaved administrator of that customer, so that
scope, rights and pages are the customer's; `acted_by` keeps whose it really is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.utils import timezone

from pbx_console.accounts.models import Customer, Membership, Role
from pbx_console.accounts.rights import has_right

KEY = "acting"
LIFE = dt.timedelta(minutes=30)
Scope = Callable[..., AbstractContextManager[Any]]


def note(session: Any, own: Membership, customer: Customer) -> None:
    """Write into the session who acts for whom, and until when."""
    until = timezone.now() + LIFE
    session[KEY] = {
        "customer": customer.pk,
        "as": own.pk,
        "until": until.timestamp(),
    }


def stand_in(own: Membership, session: Any, scope_of: Scope) -> Membership | None:
    """Return the administrator that a session acts as; None when it does not (or no
    longer) act."""
    data = session.get(KEY)
    if not data or data["as"] != own.pk or not has_right(own.role, "acting"):
        return None
    until = dt.datetime.fromtimestamp(data["until"], dt.UTC)
    if until <= timezone.now():
        return None
    with scope_of(own, verified=True):
        customer = (
            Customer.objects.select_related("reseller")
            .filter(pk=data["customer"], is_active=True, reseller__is_active=True)
            .first()
        )
    return _administrator(own, customer, until) if customer else None


def _administrator(
    own: Membership, customer: Customer, until: dt.datetime
) -> Membership:
    membership = Membership(
        user=own.user, role=Role.ADMIN, reseller=customer.reseller, customer=customer
    )
    membership.acted_by, membership.acting_until = own, until
    return membership


def place_of(membership: Membership) -> str:
    """Return whose place is taken, as the audit log keeps it."""
    return f"Administrator of {membership.customer}" if membership.acted_by else ""
