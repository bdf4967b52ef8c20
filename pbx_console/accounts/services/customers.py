"""Creating and changing customers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.features import changed, known_features, refusal
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.services import audit, ending, quotas, undo

FIELDS = [
    "name",
    "erp_number",
    "country",
    "language",
    "timezone",
    "max_extensions",
    "max_numbers",
    "max_calls",
    "max_storage_mb",
    "features",
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
        reseller=reseller,
        country=reseller.country,
        timezone=reseller.timezone,
        features=list(reseller.features),
    )
    before = {} if unsaved else audit.snapshot(customer, FIELDS)
    for name in FIELDS:
        setattr(customer, name, values.get(name, getattr(customer, name)))
    customer.features = known_features(customer.features)
    _check_features(customer, before)
    customer.full_clean()
    customer.save()
    quotas.look_again(customer)
    after = audit.snapshot(customer, FIELDS)
    if before.get("is_active") and not customer.is_active:
        ending.end_customer(customer)
    verb = "customer.created" if unsaved else "customer.saved"
    if before.get("features") != after["features"]:
        changed(customer)
    audit.record(actor, verb, customer, key=customer.code, before=before, after=after)
    return customer


def _check_features(customer: Customer, before: dict[str, Any]) -> None:
    """Refuse what the reseller does not have itself; what was there may stay."""
    beyond = set(customer.features) - set(customer.reseller.features)
    if beyond - set(before.get("features", ())):
        raise ValidationError({"features": refusal(sorted(beyond)[0])})


@undo.way(
    "customer.created", family="customer", right="customers.manage", from_nothing=True
)
def _undo_creation(actor: Actor, entry: AuditEntry) -> None:
    """Take a new customer away while there is nothing in it."""
    customer = undo.locked(Customer.objects.filter(code=entry.object_key))
    if not _is_empty(customer):
        raise ValidationError(
            _("There is something in it by now. Close the customer instead.")
        )
    before = audit.snapshot(customer, FIELDS)
    audit.record(actor, "customer.deleted", customer, key=customer.code, before=before)
    customer.delete()


def _is_empty(customer: Customer) -> bool:
    """Say whether no row of any room is this customer's, but what comes along."""
    fields: list[Any] = Customer._meta.get_fields(include_hidden=True)
    relations = [f for f in fields if f.auto_created and not f.concrete]
    return not any(
        field.related_model._base_manager.filter(
            **{field.field.name: customer}
        ).exists()
        for field in relations
        if field.related_model not in _comes_along
    )


_comes_along: set[Any] = {AuditEntry}


def comes_along(model: Any) -> None:
    """Register rows that every customer has from its first moment."""
    _comes_along.add(model)


@undo.way("customer.saved", family="customer", right="customers.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Customer:
    rows = Customer.objects.select_related("reseller")
    customer = undo.locked(rows.filter(code=entry.object_key))
    values = undo.values_before(customer, entry, FIELDS)
    return save_customer(actor, reseller=customer.reseller, customer=customer, **values)
