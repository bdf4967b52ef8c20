"""Callers that a customer does not want: added, changed, let in again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models import BlockedNumber
from pbx_console.pbx.services.nouns import drop, store, undeletes

FIELDS = ["number", "is_prefix", "note"]
MOST = 2_000
SHORTEST_PREFIX = 3  # a plus and two digits: a country


@transaction.atomic
def save_blocked(
    actor: Actor,
    *,
    customer: Customer | None = None,
    blocked: BlockedNumber | None = None,
    **values: Any,
) -> BlockedNumber:
    """Block a caller, all that begin alike, or (no number) all who hide theirs."""
    blocked = blocked or BlockedNumber(customer=customer)
    rows = BlockedNumber.objects.filter(customer=blocked.customer)
    if blocked.pk is None and rows.count() >= MOST:
        raise ValidationError(_("2,000 entries at most. Block prefixes instead."))
    number = values.get("number", blocked.number)
    if not number:
        values["is_prefix"] = False
    elif len(number) < SHORTEST_PREFIX:
        raise ValidationError({"number": _("Type at least the country code.")})
    return store(actor, blocked, FIELDS, values)


@transaction.atomic
def delete_blocked(actor: Actor, blocked: BlockedNumber) -> None:
    """Let a caller in again."""
    drop(actor, blocked, FIELDS)


@undo.way(
    "blockednumber.created",
    family="blockednumber",
    right="phonebook.manage",
    from_nothing=True,
)
def _undo_creation(actor: Actor, entry: AuditEntry) -> None:
    delete_blocked(
        actor, undo.locked(BlockedNumber.objects.filter(pk=entry.object_key))
    )


@undo.way("blockednumber.saved", family="blockednumber", right="phonebook.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> BlockedNumber:
    row = undo.locked(BlockedNumber.objects.filter(pk=entry.object_key))
    return save_blocked(actor, blocked=row, **undo.values_before(row, entry, FIELDS))


def _again(actor: Actor, row: BlockedNumber, values: dict[str, Any]) -> BlockedNumber:
    values.pop("_before")
    return save_blocked(actor, blocked=row, **values)


undeletes(BlockedNumber, FIELDS, _again, right="phonebook.manage")
