"""Voicemail boxes: who has one, what it does."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form, show_list
from pbx_console.console.forms.voicemail_boxes import VoicemailBoxForm
from pbx_console.console.hearing import heard_boxes, may_hear
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import VoicemailBox
from pbx_console.pbx.services.voicemail_boxes import delete_box, has_pin, save_box

WORDS = Words(
    stem="voicemail_box",
    plural="voicemail_boxes",
    title=_("Voicemail"),
    add=_("Add voicemail box"),
    change=_("Save voicemail box"),
    delete=_("Delete voicemail box"),
    saved=_("Voicemail box %(name)s is saved."),
    deleted=_("Voicemail box %(name)s is deleted."),
    empty=_("No voicemail boxes yet"),
    teach=_(
        "A box takes messages for an extension, or for several people together. Forwards,"
        " menus and opening hours lead to it."
    ),
    icon="mailbox",
)


@needs("callflow.view")
def voicemail_boxes(request: Any, code: str) -> HttpResponse:
    """List the boxes; above them those whose messages are this person's."""
    customer = customer_for(request, code)
    rows = VoicemailBox.objects.filter(customer=customer).select_related("extension")
    rows = rows.annotate(new=Count("messages", filter=Q(messages__is_new=True)))
    for row in rows:  # people know an own box by its extension
        row.number = row.number or (row.extension.number if row.extension else "")
    return show_list(
        request,
        WORDS,
        customer,
        rows,
        summary=_summary,
        template="console/voicemail/list.html",
        heard=heard_boxes(request, customer),
    )


def _summary(box: Any) -> str:
    whose = gettext("own box") if box.extension else gettext("shared")
    new = ngettext("%(n)s new message", "%(n)s new messages", box.new) % {"n": box.new}
    told = ", ".join(box.addresses)
    return " · ".join(part for part in (whose, new, told) if part)


@needs("callflow.manage")
def voicemail_box_new(request: Any, code: str) -> HttpResponse:
    """Add a box."""
    customer = customer_for(request, code)
    form = VoicemailBoxForm(request.POST or None, customer=customer)
    return show_form(
        request, WORDS, customer, form, partial(save_box, customer=customer)
    )


@needs("callflow.manage")
def voicemail_box(request: Any, code: str, key: int) -> HttpResponse:
    """Change a box."""
    customer = customer_for(request, code)
    box = get_object_or_404(VoicemailBox, customer=customer, pk=key)
    form = VoicemailBoxForm(request.POST or None, customer=customer, obj=box)
    return show_form(
        request,
        WORDS,
        customer,
        form,
        partial(save_box, customer=customer, box=box),
        box,
        template="console/voicemail/form.html",
        has_pin=has_pin(box),
        may_hear=may_hear(request, box),
    )


@needs("callflow.manage")
def voicemail_box_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Ask for the name, then delete."""
    customer = customer_for(request, code)
    box = get_object_or_404(VoicemailBox, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, box, delete_box)
