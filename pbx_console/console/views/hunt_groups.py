"""Hunt groups: list, add, change, delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_list, show_rows
from pbx_console.console.forms.hunt_groups import HuntGroupForm
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import HuntGroup
from pbx_console.pbx.services.hunt_groups import delete_group, save_group

WORDS = Words(
    stem="group",
    title=_("Hunt groups"),
    add=_("Add hunt group"),
    change=_("Save hunt group"),
    delete=_("Delete hunt group"),
    saved=_("Hunt group %(name)s is saved."),
    deleted=_("Hunt group %(name)s is deleted."),
    empty=_("No hunt group yet"),
    teach=_("A group rings several phones until one of them answers."),
    icon="users-group",
)
TEMPLATE = "console/hunt_groups/form.html"


def _summary(group: HuntGroup) -> str:
    count = len(group.members.all())
    members = ngettext("%(n)s member", "%(n)s members", count) % {"n": count}
    parts = [members, str(group.get_strategy_display())]
    if group.overflow is not None:
        parts.append(gettext("then %(place)s") % {"place": group.overflow})
    return ", ".join(parts)


@needs("callflow.view")
def groups(request: Any, code: str) -> HttpResponse:
    """List the hunt groups of a customer."""
    customer = customer_for(request, code)
    rows = HuntGroup.objects.filter(customer=customer)
    rows = rows.select_related("overflow").prefetch_related("members")
    template = "console/hunt_groups/list.html"
    return show_list(
        request, WORDS, customer, rows, summary=_summary, template=template
    )


@needs("callflow.manage")
def group_new(request: Any, code: str) -> HttpResponse:
    """Add a hunt group."""
    customer = customer_for(request, code)
    save = partial(save_group, customer=customer)
    return show_rows(request, WORDS, customer, HuntGroupForm, save, template=TEMPLATE)


@needs("callflow.view")
def group(request: Any, code: str, key: int) -> HttpResponse:
    """Show a hunt group and change it."""
    customer = customer_for(request, code)
    found = get_object_or_404(HuntGroup, customer=customer, pk=key)
    save = partial(save_group, group=found)
    return show_rows(
        request, WORDS, customer, HuntGroupForm, save, found, template=TEMPLATE
    )


@needs("callflow.manage")
def group_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete a hunt group that nothing leads to."""
    customer = customer_for(request, code)
    found = get_object_or_404(HuntGroup, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, found, delete_group)
