"""Paging groups: add, change, delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form
from pbx_console.console.forms.paging_groups import PagingGroupForm
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models.paging_groups import PagingGroup
from pbx_console.pbx.services.paging_groups import (
    delete_paging_group,
    save_paging_group,
)

WORDS = Words(
    stem="paging_group",
    plural="rooms",
    title=_("More destinations"),
    add=_("Add paging group"),
    change=_("Save paging group"),
    delete=_("Delete paging group"),
    saved=_("Paging group %(name)s is saved."),
    deleted=_("Paging group %(name)s is deleted."),
    empty=_("No paging group yet"),
    teach=_(
        "Who dials its number speaks out of all its phones at once. Only colleagues can: "
        "callers from outside are refused."
    ),
    icon="speakerphone",
)


def _rows(customer: Any) -> Any:
    return PagingGroup.objects.filter(customer=customer).prefetch_related("members")


def summary(group: PagingGroup) -> str:
    """Say in one line what a group does."""
    count = len(group.members.all())
    return ngettext("%(n)s phone", "%(n)s phones", count) % {"n": count}


@needs("callflow.manage")
def paging_group_new(request: Any, code: str) -> HttpResponse:
    """Add a group."""
    customer = customer_for(request, code)
    form = PagingGroupForm(request.POST or None, customer=customer)
    save = partial(save_paging_group, customer=customer)
    return show_form(request, WORDS, customer, form, save)


@needs("callflow.manage")
def paging_group(request: Any, code: str, key: int) -> HttpResponse:
    """Change a group."""
    customer = customer_for(request, code)
    group = get_object_or_404(_rows(customer), pk=key)
    form = PagingGroupForm(request.POST or None, customer=customer, obj=group)
    save = partial(save_paging_group, customer=customer, paging_group=group)
    return show_form(request, WORDS, customer, form, save, group)


@needs("callflow.manage")
def paging_group_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete a group after its name was typed."""
    customer = customer_for(request, code)
    group = get_object_or_404(_rows(customer), pk=key)
    return show_delete(request, WORDS, customer, group, delete_paging_group)
