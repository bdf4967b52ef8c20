"""Conference rooms: save, delete what nothing leads to."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models import Conference
from pbx_console.pbx.services.nouns import drop, store

PINS = ["pin", "admin_pin"]
SHOWN = [
    "number",
    "name",
    "max_members",
    "waits_for_admin",
    "music_while_alone",
    "announces_joins",
]
FIELDS = [*SHOWN, *PINS]


@transaction.atomic
def save_conference(
    actor: Actor,
    *,
    customer: Customer | None = None,
    conference: Conference | None = None,
    **values: Any,
) -> Conference:
    """Create or change a conference room. PINs are never in the log."""
    conference = conference or Conference(customer=customer)
    for name in PINS:
        if name in values:
            setattr(conference, name, values.pop(name))
    return store(actor, conference, SHOWN, values)


@transaction.atomic
def delete_conference(actor: Actor, conference: Conference) -> None:
    """Delete a conference room; raises ValidationError with the uses when in use."""
    drop(actor, conference, SHOWN)


@undo.way("conference.saved", family="conference", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Conference:
    found = undo.locked(Conference.objects.filter(pk=entry.object_key))
    values = undo.values_before(found, entry, SHOWN)
    return save_conference(actor, conference=found, **values)
