"""Menus: list, add, change, delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_list, show_rows
from pbx_console.console.forms.menus import MenuForm
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import Menu
from pbx_console.pbx.services.menus import delete_menu, save_menu

WORDS = Words(
    stem="menu",
    title=_("Menus"),
    add=_("Add menu"),
    change=_("Save menu"),
    delete=_("Delete menu"),
    saved=_("Menu %(name)s is saved."),
    deleted=_("Menu %(name)s is deleted."),
    empty=_("No menu yet"),
    teach=_("Callers hear a prompt and press a key; each key leads somewhere."),
    icon="dialpad",
)
TEMPLATE = "console/menus/form.html"


def _summary(menu: Menu) -> str:
    keys = [f"{row.key}: {row.destination}" for row in menu.keys.all()]
    return ", ".join(keys) or gettext("no keys")


@needs("callflow.view")
def menus(request: Any, code: str) -> HttpResponse:
    """List the menus of a customer."""
    customer = customer_for(request, code)
    rows = Menu.objects.filter(customer=customer).prefetch_related("keys__destination")
    return show_list(request, WORDS, customer, rows, summary=_summary)


@needs("callflow.manage")
def menu_new(request: Any, code: str) -> HttpResponse:
    """Add one."""
    customer = customer_for(request, code)
    save = partial(save_menu, customer=customer)
    return show_rows(request, WORDS, customer, MenuForm, save, template=TEMPLATE)


@needs("callflow.view")
def menu(request: Any, code: str, key: int) -> HttpResponse:
    """Show one and change it."""
    customer = customer_for(request, code)
    found = get_object_or_404(Menu, customer=customer, pk=key)
    save = partial(save_menu, menu=found)
    return show_rows(request, WORDS, customer, MenuForm, save, found, template=TEMPLATE)


@needs("callflow.manage")
def menu_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete one that nothing leads to."""
    customer = customer_for(request, code)
    found = get_object_or_404(Menu, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, found, delete_menu)
