"""Saving and deleting parking lots; their places follow the lot's number."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models.destinations import Destination, Kind
from pbx_console.pbx.models.parking import ParkingLot, ParkingSlot
from pbx_console.pbx.services.nouns import (
    drop,
    ensure_unused,
    store,
    undeletes,
    unmakes,
)

FIELDS = ["number", "name", "places", "seconds", "music", "after"]


@transaction.atomic
def save_parking_lot(
    actor: Actor,
    *,
    customer: Customer,
    parking_lot: ParkingLot | None = None,
    **values: Any,
) -> ParkingLot:
    """Create or change a lot and its places. Raises ValidationError.

    A lot has a number, and the numbers after it must be free for its places.
    """
    lot = parking_lot or ParkingLot(customer=customer)
    if not values.get("number", lot.number):
        raise ValidationError({"number": _("A parking lot needs a number.")})
    store(actor, lot, FIELDS, values)
    _place(lot)
    return lot


def _place(lot: ParkingLot) -> None:
    """Make the places that are missing, drop those that are too many."""
    wanted = lot.numbers()
    _refuse_taken(lot, wanted)
    for slot in lot.slots.exclude(number__in=wanted):
        ensure_unused(slot.destination)
        slot.delete()
    there = set(lot.slots.values_list("number", flat=True))
    for number in wanted:
        name = _("Place %(number)s") % {"number": number}
        if number not in there:
            ParkingSlot.objects.create(
                customer=lot.customer, lot=lot, number=number, name=name
            )


def _refuse_taken(lot: ParkingLot, wanted: list[str]) -> None:
    rows = Destination.objects.filter(customer=lot.customer, number__in=wanted)
    own = lot.slots.values("pk")
    taken = rows.exclude(kind=Kind.SLOT, object_id__in=own).first()
    if taken is not None or len(wanted[-1]) > len(lot.number):
        words = _("Its places would be %(first)s to %(last)s, and not all are free.")
        numbers = {"first": wanted[0], "last": wanted[-1]}
        raise ValidationError({"places": words % numbers})


@transaction.atomic
def delete_parking_lot(actor: Actor, parking_lot: ParkingLot) -> None:
    """Delete a lot unless something leads to it or to one of its places."""
    for slot in parking_lot.slots.all():
        ensure_unused(slot.destination)
    drop(actor, parking_lot, FIELDS)


@undo.way("parkinglot.saved", family="parkinglot", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> ParkingLot:
    rows = ParkingLot.objects.select_related("customer")
    lot = undo.locked(rows.filter(pk=entry.object_key))
    values = undo.values_before(lot, entry, FIELDS)
    return save_parking_lot(actor, customer=lot.customer, parking_lot=lot, **values)


def _again(actor: Actor, lot: ParkingLot, values: dict[str, Any]) -> ParkingLot:
    values.pop("_before")
    return save_parking_lot(actor, customer=lot.customer, parking_lot=lot, **values)


undeletes(ParkingLot, FIELDS, _again, right="callflow.manage")
unmakes(ParkingLot, delete_parking_lot, right="callflow.manage")
