"""Parking lots: add, change, delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form
from pbx_console.console.forms.parking import ParkingLotForm
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models.parking import ParkingLot
from pbx_console.pbx.services.parking import delete_parking_lot, save_parking_lot

WORDS = Words(
    stem="parking_lot",
    plural="rooms",
    title=_("More destinations"),
    add=_("Add parking lot"),
    change=_("Save parking lot"),
    delete=_("Delete parking lot"),
    saved=_("Parking lot %(name)s is saved."),
    deleted=_("Parking lot %(name)s is deleted."),
    empty=_("No parking lot yet"),
    teach=_(
        "A call that is transferred to a place waits there with music until somebody "
        "dials the place. A lamp on the phones shows which are taken."
    ),
    icon="parking",
)


def _rows(customer: Any) -> Any:
    return ParkingLot.objects.filter(customer=customer)


def summary(lot: ParkingLot) -> str:
    """Say in one line what a lot does."""
    numbers = lot.numbers()
    words = _("places %(first)s to %(last)s, %(seconds)s s")
    said = {"first": numbers[0], "last": numbers[-1], "seconds": lot.seconds}
    return str(words % said)


@needs("callflow.manage")
def parking_lot_new(request: Any, code: str) -> HttpResponse:
    """Add a lot."""
    customer = customer_for(request, code)
    form = ParkingLotForm(request.POST or None, customer=customer)
    save = partial(save_parking_lot, customer=customer)
    return show_form(request, WORDS, customer, form, save)


@needs("callflow.manage")
def parking_lot(request: Any, code: str, key: int) -> HttpResponse:
    """Change a lot."""
    customer = customer_for(request, code)
    lot = get_object_or_404(_rows(customer), pk=key)
    form = ParkingLotForm(request.POST or None, customer=customer, obj=lot)
    save = partial(save_parking_lot, customer=customer, parking_lot=lot)
    return show_form(request, WORDS, customer, form, save, lot)


@needs("callflow.manage")
def parking_lot_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete a lot after its name was typed."""
    customer = customer_for(request, code)
    lot = get_object_or_404(_rows(customer), pk=key)
    return show_delete(request, WORDS, customer, lot, delete_parking_lot)
