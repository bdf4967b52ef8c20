"""Announcements: save, delete what nothing leads to."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models import Announcement
from pbx_console.pbx.services.hunt_groups import refuse_own
from pbx_console.pbx.services.menus import refuse_silent
from pbx_console.pbx.services.nouns import drop, store, undeletes, unmakes

FIELDS = ["number", "name", "prompt", "then"]


@transaction.atomic
def save_announcement(
    actor: Actor,
    *,
    customer: Customer | None = None,
    announcement: Announcement | None = None,
    **values: Any,
) -> Announcement:
    """Create or change an announcement. Raises ValidationError for a silent one."""
    announcement = announcement or Announcement(customer=customer)
    refuse_silent(values.get("prompt"))
    refuse_own(announcement, values.get("then"), "then")
    return store(actor, announcement, FIELDS, values)


@transaction.atomic
def delete_announcement(actor: Actor, announcement: Announcement) -> None:
    """Delete an announcement; raises ValidationError with the uses when in use."""
    drop(actor, announcement, FIELDS)


@undo.way("announcement.saved", family="announcement", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Announcement:
    found = undo.locked(Announcement.objects.filter(pk=entry.object_key))
    values = undo.values_before(found, entry, FIELDS)
    return save_announcement(actor, announcement=found, **values)


def _again(actor: Actor, row: Announcement, values: dict[str, Any]) -> Announcement:
    values.pop("_before")
    return save_announcement(actor, announcement=row, **values)


undeletes(Announcement, FIELDS, _again, right="callflow.manage")
unmakes(Announcement, delete_announcement, right="callflow.manage")
