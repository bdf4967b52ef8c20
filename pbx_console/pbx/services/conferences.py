"""Conference rooms: save, delete what nothing leads to."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models import Conference
from pbx_console.pbx.services.nouns import drop, store, unmakes

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
KEPT_SECONDS = 3600
_KEPT = "room-pins:%s"


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
    replaced = [
        n
        for n in PINS
        if values.get(n, getattr(conference, n)) != getattr(conference, n)
    ]
    for name in PINS:
        if name in values:
            setattr(conference, name, values.pop(name))
    return store(actor, conference, SHOWN, values, replaced=replaced)


@transaction.atomic
def delete_conference(actor: Actor, conference: Conference) -> None:
    """Delete a conference room; raises ValidationError with the uses when in use.

    Its PINs are kept for an hour beside the log, so that an undo gives them back.
    """
    pins = {name: getattr(conference, name) for name in PINS}
    entry = drop(actor, conference, [*SHOWN, "has_pin"])
    if pins["pin"]:
        cache.set(_KEPT % entry.pk, pins, KEPT_SECONDS)


@undo.way("conference.saved", family="conference", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Conference:
    found = undo.locked(Conference.objects.filter(pk=entry.object_key))
    values = undo.values_before(found, entry, SHOWN)
    return save_conference(actor, conference=found, **values)


@undo.way("conference.deleted", family="conference", right="callflow.manage")
def _undo_deletion(actor: Actor, entry: AuditEntry) -> Conference:
    """Make it again with its PINs; an open room must not come of one that had them."""
    room = Conference(pk=int(entry.object_key), customer=entry.customer)
    pins = cache.get(_KEPT % entry.pk) if entry.before.get("has_pin") else {}
    if pins is None:
        raise ValidationError(
            _("Its PIN is not kept any longer. Add the room anew and choose one.")
        )
    values = undo.values_of(room, entry, SHOWN)
    return save_conference(actor, conference=room, **values, **pins)


unmakes(Conference, delete_conference, right="callflow.manage")
