"""Outside numbers as destinations: save, delete what nothing leads to."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models import OutsideNumber
from pbx_console.pbx.services.closed_numbers import refuse_closed
from pbx_console.pbx.services.nouns import drop, store, undeletes, unmakes

FIELDS = ["number", "name", "e164"]


@transaction.atomic
def save_outside_number(
    actor: Actor,
    *,
    customer: Customer | None = None,
    outside_number: OutsideNumber | None = None,
    **values: Any,
) -> OutsideNumber:
    """Create or change an outside number that calls can be sent to.

    Raises ValidationError, also for a number that the limits close for forwards.
    """
    outside_number = outside_number or OutsideNumber(customer=customer)
    saved = store(actor, outside_number, FIELDS, values)
    refuse_closed(saved.customer, saved.e164, field="e164")
    return saved


@transaction.atomic
def delete_outside_number(actor: Actor, outside_number: OutsideNumber) -> None:
    """Delete an outside number; raises ValidationError with the uses when in use."""
    drop(actor, outside_number, FIELDS)


@undo.way("outsidenumber.saved", family="outsidenumber", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> OutsideNumber:
    found = undo.locked(OutsideNumber.objects.filter(pk=entry.object_key))
    values = undo.values_before(found, entry, FIELDS)
    return save_outside_number(actor, outside_number=found, **values)


def _again(actor: Actor, row: OutsideNumber, values: dict[str, Any]) -> OutsideNumber:
    values.pop("_before")
    return save_outside_number(actor, outside_number=row, **values)


undeletes(OutsideNumber, FIELDS, _again, right="callflow.manage")
unmakes(OutsideNumber, delete_outside_number, right="callflow.manage")
