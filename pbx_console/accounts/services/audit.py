"""Writing the audit log. Call it inside the transaction of the change it describes."""

from __future__ import annotations

from typing import Any

from django.db import models

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer, Reseller

SECRET_FIELDS = frozenset({"secret", "password", "pin", "token"})


def snapshot(obj: models.Model, fields: list[str]) -> dict[str, Any]:
    """Return the named fields as plain text or numbers, secrets left out.

    A foreign key is shown as its object's text.
    """
    return {
        name: _plain(getattr(obj, name)) for name in fields if name not in SECRET_FIELDS
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def record(
    actor: Actor,
    verb: str,
    obj: models.Model,
    *,
    key: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry about `obj`; its owner is found through the object itself.

    `key` identifies the object in its URL (default: its primary key).
    """
    customer = _customer_of(obj)
    return AuditEntry.objects.create(
        user=actor.user,
        actor_name=actor.name,
        actor_level=actor.level,
        acted_as=actor.acted_as,
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
