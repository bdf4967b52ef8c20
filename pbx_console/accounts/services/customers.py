"""Creating and changing customers."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.services import audit, ending, undo

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
    if before.get("is_active") and not customer.is_active:
        ending.end_customer(customer)
    verb = "customer.created" if unsaved else "customer.saved"
    audit.record(actor, verb, customer, key=customer.code, before=before, after=after)
    return customer


@undo.way("customer.saved", family="customer", right="customers.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Customer:
    rows = Customer.objects.select_related("reseller")
    customer = undo.locked(rows.filter(code=entry.object_key))
    values = undo.values_before(customer, entry, FIELDS)
    return save_customer(actor, reseller=customer.reseller, customer=customer, **values)
