"""Phonebooks: names for callers and for phones."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import undo
from pbx_console.pbx.models import PhonebookEntry
from pbx_console.pbx.services.nouns import drop, store, undeletes

FIELDS = ["name", "numbers", "note"]
MOST = 10_000  # entries per book
MOST_IN_PHONES = 2_000


@transaction.atomic
def save_entry(
    actor: Actor,
    *,
    reseller: Reseller | None = None,
    customer: Customer | None = None,
    entry: PhonebookEntry | None = None,
    **values: Any,
) -> PhonebookEntry:
    """Create or change an entry of a customer, or of a reseller for all its customers."""
    if entry is None:
        owner = customer.reseller if customer else reseller
        entry = PhonebookEntry(reseller=owner, customer=customer)
        if book_of(entry).count() >= MOST:
            raise ValidationError(_("A phonebook has 10,000 entries at most."))
    if "numbers" in values:
        values["numbers"] = list(dict.fromkeys(values["numbers"]))
    return store(actor, entry, FIELDS, values)


def book_of(entry: PhonebookEntry) -> QuerySet[PhonebookEntry]:
    """Return all entries of the book that an entry belongs to."""
    rows = PhonebookEntry.objects.filter(reseller_id=entry.reseller_id)
    if entry.customer_id is None:
        return rows.filter(customer=None)
    return rows.filter(customer_id=entry.customer_id)


@transaction.atomic
def delete_entry(actor: Actor, entry: PhonebookEntry) -> None:
    """Remove an entry."""
    drop(actor, entry, FIELDS)


def for_phones(customer: Customer, text: str = "") -> list[PhonebookEntry]:
    """Return what the phones of a customer show: its own entries and its reseller's."""
    with as_everyone("phonebook of phones"):
        rows = PhonebookEntry.objects.filter(
            Q(customer=customer) | Q(customer=None), reseller=customer.reseller_id
        )
        found = rows.filter(name__icontains=text) if text else rows
        return list(found.order_by("name", "id")[:MOST_IN_PHONES])


@undo.way("phonebookentry.saved", family="phonebookentry", right="phonebook.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> PhonebookEntry:
    row = undo.locked(PhonebookEntry.objects.filter(pk=entry.object_key))
    return save_entry(actor, entry=row, **undo.values_before(row, entry, FIELDS))


def _again(actor: Actor, row: PhonebookEntry, values: dict[str, Any]) -> PhonebookEntry:
    values.pop("_before")
    return save_entry(actor, entry=row, **values)


undeletes(PhonebookEntry, FIELDS, _again, right="phonebook.manage")
