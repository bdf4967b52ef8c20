"""Whose data is on screen. Views start from the owner, found here and nowhere else.

The scope is open already (accounts.middleware), so a foreign owner does not exist: 404.
What is found is kept on the request for the level switcher, the time zone and the
navigation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from pbx_console.accounts.models import Customer, Reseller


@dataclass(frozen=True, slots=True)
class Shown:
    """The owner whose rows the page shows; both None on the platform's own pages."""

    reseller: Reseller | None = None
    customer: Customer | None = None


def customer_for(request: Any, code: str) -> Customer:
    """Return the customer of an address, and show the page at its level."""
    rows = Customer.objects.select_related("reseller", "emergency_test")
    customer = get_object_or_404(rows, code=code)
    show(request, reseller=customer.reseller, customer=customer)
    return customer


def reseller_for(request: Any, slug: str) -> Reseller:
    """Return the reseller of an address, and show the page at its level."""
    reseller = get_object_or_404(Reseller, slug=slug)
    show(request, reseller=reseller)
    return reseller


def show(
    request: Any, *, reseller: Reseller | None = None, customer: Customer | None = None
) -> None:
    """Show the page at this level, in this owner's time zone."""
    request.shown = Shown(reseller, customer)
    owner = customer or reseller
    if owner is not None:
        timezone.activate(owner.timezone)


def shown_by_default(request: Any) -> Shown:
    """Return the level that the person's own membership stands for."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return Shown()
    return Shown(membership.reseller, membership.customer)
