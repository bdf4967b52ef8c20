"""Conference rooms: add, change, delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form
from pbx_console.console.forms.rooms import ConferenceForm
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import Conference
from pbx_console.pbx.services.conferences import delete_conference, save_conference

WORDS = Words(
    stem="conference",
    plural="rooms",
    title=_("More destinations"),
    add=_("Add conference room"),
    change=_("Save conference room"),
    delete=_("Delete conference room"),
    saved=_("Conference room %(name)s is saved."),
    deleted=_("Conference room %(name)s is deleted."),
    empty=_("No conference room yet"),
    teach=_("Several people talk in a room; who knows the PIN comes in."),
    icon="users-group",
)


def summary(row: Conference) -> str:
    """Say in one line what it does."""
    entry = gettext("with PIN") if row.pin else gettext("without PIN")
    most = gettext("at most %(n)s people") % {"n": row.max_members}
    return f"{entry}, {most}"


@needs("callflow.manage")
def conference_new(request: Any, code: str) -> HttpResponse:
    """Add one."""
    customer = customer_for(request, code)
    form = ConferenceForm(request.POST or None, customer=customer)
    save = partial(save_conference, customer=customer)
    return show_form(request, WORDS, customer, form, save)


@needs("callflow.view")
def conference(request: Any, code: str, key: int) -> HttpResponse:
    """Show one and change it."""
    customer = customer_for(request, code)
    found = get_object_or_404(Conference, customer=customer, pk=key)
    form = ConferenceForm(request.POST or None, customer=customer, obj=found)
    save = partial(save_conference, conference=found)
    return show_form(request, WORDS, customer, form, save, found)


@needs("callflow.manage")
def conference_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete one that nothing leads to."""
    customer = customer_for(request, code)
    found = get_object_or_404(Conference, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, found, delete_conference)
