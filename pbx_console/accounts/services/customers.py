"""Creating and changing customers."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.services import audit

FIELDS = [
    "name",
    "erp_number",
    "country",
    "language",
    "timezone",
    "max_extensions",
    "max_call_minutes",
    "is_active",
]


@transaction.atomic
def save_customer(
    actor: Actor,
    *,
    reseller: Reseller,
    customer: Customer | None = None,
    **values: Any,
) -> Customer:
    """Create or change a customer of `reseller`. Raises ValidationError."""
    unsaved = customer is None
    customer = customer or Customer(
        reseller=reseller, country=reseller.country, timezone=reseller.timezone
    )
    before = {} if unsaved else audit.snapshot(customer, FIELDS)
    for name in FIELDS:
        setattr(customer, name, values.get(name, getattr(customer, name)))
    customer.full_clean()
    customer.save()
    after = audit.snapshot(customer, FIELDS)
    verb = "customer.created" if unsaved else "customer.saved"
    audit.record(actor, verb, customer, key=customer.code, before=before, after=after)
    return customer
