"""Outside numbers: add, change, delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form
from pbx_console.console.formats import phone
from pbx_console.console.forms.rooms import OutsideNumberForm
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import OutsideNumber
from pbx_console.pbx.services.outside_numbers import (
    delete_outside_number,
    save_outside_number,
)

WORDS = Words(
    stem="outside_number",
    plural="rooms",
    title=_("More destinations"),
    add=_("Add outside number"),
    change=_("Save outside number"),
    delete=_("Delete outside number"),
    saved=_("Outside number %(name)s is saved."),
    deleted=_("Outside number %(name)s is deleted."),
    empty=_("No outside number yet"),
    teach=_("Calls can be sent to a number outside, a mobile for example."),
    icon="phone-outgoing",
)


def summary(row: OutsideNumber) -> str:
    """Say in one line what it does."""
    return phone(row.e164)


@needs("callflow.manage")
def outside_number_new(request: Any, code: str) -> HttpResponse:
    """Add one."""
    customer = customer_for(request, code)
    form = OutsideNumberForm(request.POST or None, customer=customer)
    save = partial(save_outside_number, customer=customer)
    return show_form(request, WORDS, customer, form, save)


@needs("callflow.view")
def outside_number(request: Any, code: str, key: int) -> HttpResponse:
    """Show one and change it."""
    customer = customer_for(request, code)
    found = get_object_or_404(OutsideNumber, customer=customer, pk=key)
    form = OutsideNumberForm(request.POST or None, customer=customer, obj=found)
    save = partial(save_outside_number, outside_number=found)
    return show_form(request, WORDS, customer, form, save, found)


@needs("callflow.manage")
def outside_number_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete one that nothing leads to."""
    customer = customer_for(request, code)
    found = get_object_or_404(OutsideNumber, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, found, delete_outside_number)
