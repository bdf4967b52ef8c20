"""Writing the audit log. Call it inside the transaction of the change it describes."""

from __future__ import annotations

from typing import Any

from django.db import models

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.fields import SecretField
from pbx_console.accounts.models import AuditEntry, Customer, Reseller

SECRET_FIELDS = frozenset({"secret", "password", "pin", "token"})
REPLACED = "•••"
"""Stands in an entry where a secret was replaced; the secret itself never does."""


def snapshot(obj: models.Model, fields: list[str]) -> dict[str, Any]:
    """Return the named fields as plain text, numbers or lists, secrets left out.

    A foreign key is its object's text, and beside it the key (`trunk`, `trunk_id`), so
    that an undo finds the very same object.
    """
    taken: dict[str, Any] = {}
    for name in fields:
        if not is_secret(obj, name):
            taken[name] = _plain(getattr(obj, name))
            taken |= _key(obj, name)
    return taken


def is_secret(obj: models.Model, name: str) -> bool:
    """Say whether a field's value must never be written down."""
    return name in SECRET_FIELDS or isinstance(field_of(obj, name), SecretField)


def field_of(obj: models.Model, name: str) -> Any:
    """Return a model's field, None for what is a property."""
    return {field.name: field for field in obj._meta.get_fields()}.get(name)


def _key(obj: models.Model, name: str) -> dict[str, Any]:
    column = getattr(field_of(obj, name), "attname", name)
    return {column: getattr(obj, column)} if column != name else {}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def record(
    actor: Actor,
    verb: str,
    obj: models.Model,
    *,
    key: str | None = None,
    customer: Customer | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry about `obj`; its owner is found through the object itself.

    `key` identifies the object in its URL (default: its primary key); `customer` is in
    whose log it stands where the object does not say.
    """
    made = entry(
        actor, verb, obj, key=key, customer=customer, before=before, after=after
    )
    made.save(force_insert=True)
    return made


def entry(
    actor: Actor,
    verb: str,
    obj: models.Model,
    *,
    key: str | None = None,
    customer: Customer | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Return an entry that is not written yet, for those who write many at once."""
    customer = customer or _customer_of(obj)
    return AuditEntry(
        user=actor.user,
        actor_name=actor.name,
        actor_level=actor.level,
        acted_as=actor.acted_as,
        undoes=actor.undoes,
        address=actor.address,
        customer=customer,
        reseller=customer.reseller if customer else _reseller_of(obj),
        verb=verb,
        object_type=obj._meta.model_name or "",
        object_key=str(obj.pk) if key is None else key,
        object_label=str(obj)[:160],
        before=before or {},
        after=after or {},
    )


def _customer_of(obj: models.Model) -> Customer | None:
    if isinstance(obj, Customer):
        return obj
    found: Customer | None = getattr(obj, "customer", None)
    return found


def _reseller_of(obj: models.Model) -> Reseller | None:
    if isinstance(obj, Reseller):
        return obj
    found: Reseller | None = getattr(obj, "reseller", None)
    return found
