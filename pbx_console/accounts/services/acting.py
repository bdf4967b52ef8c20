"""Beginning and ending to act for a customer. The right is checked here once more."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from pbx_console.accounts import acting
from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Membership
from pbx_console.accounts.rights import has_right
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit


@transaction.atomic
def begin(
    actor: Actor, *, membership: Membership, customer: Customer, session: Any
) -> None:
    """Take the place of an administrator of `customer` for half an hour.

    Raises PermissionDenied for who already acts, may not, or a customer that is closed.
    """
    may = has_right(membership.role, "acting") and membership.acted_by is None
    if not may or not customer.is_active:
        raise PermissionDenied
    acting.note(session, membership, customer)
    audit.record(actor, "acting.began", customer, key=customer.code)


def end(actor: Actor, *, session: Any) -> Customer | None:
    """Go back to the own place, asked to or because it is over; the log says so."""
    data = session.pop(acting.KEY, None)
    if data is None:
        return None
    with as_everyone("the end of acting"):
        rows = Customer.objects.select_related("reseller")
        customer: Customer | None = rows.filter(pk=data["customer"]).first()
        if customer is not None:
            audit.record(actor, "acting.ended", customer, key=customer.code)
    return customer
