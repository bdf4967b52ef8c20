"""Announcements: add, change, delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form
from pbx_console.console.forms.rooms import AnnouncementForm
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import Announcement
from pbx_console.pbx.services.announcements import (
    delete_announcement,
    save_announcement,
)

WORDS = Words(
    stem="announcement",
    plural="rooms",
    title=_("More destinations"),
    add=_("Add announcement"),
    change=_("Save announcement"),
    delete=_("Delete announcement"),
    saved=_("Announcement %(name)s is saved."),
    deleted=_("Announcement %(name)s is deleted."),
    empty=_("No announcement yet"),
    teach=_("An announcement plays a prompt and then leads on."),
    icon="speakerphone",
)


def summary(row: Announcement) -> str:
    """Say in one line what it does."""
    if row.then is None:
        return gettext("plays “%(prompt)s”") % {"prompt": row.prompt}
    words = gettext("plays “%(prompt)s”, then %(place)s")
    return words % {"prompt": row.prompt, "place": row.then}


@needs("callflow.manage")
def announcement_new(request: Any, code: str) -> HttpResponse:
    """Add one."""
    customer = customer_for(request, code)
    form = AnnouncementForm(request.POST or None, customer=customer)
    save = partial(save_announcement, customer=customer)
    return show_form(request, WORDS, customer, form, save)


@needs("callflow.view")
def announcement(request: Any, code: str, key: int) -> HttpResponse:
    """Show one and change it."""
    customer = customer_for(request, code)
    found = get_object_or_404(Announcement, customer=customer, pk=key)
    form = AnnouncementForm(request.POST or None, customer=customer, obj=found)
    save = partial(save_announcement, announcement=found)
    return show_form(request, WORDS, customer, form, save, found)


@needs("callflow.manage")
def announcement_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete one that nothing leads to."""
    customer = customer_for(request, code)
    found = get_object_or_404(Announcement, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, found, delete_announcement)
