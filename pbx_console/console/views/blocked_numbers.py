"""Callers that a customer does not want: list, add, change, let in again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form, show_list
from pbx_console.console.forms.phonebook import BlockedForm
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import BlockedNumber
from pbx_console.pbx.services.blocked_numbers import delete_blocked, save_blocked

WORDS = Words(
    stem="blocked_number",
    title=_("Blocked callers"),
    add=_("Block a caller"),
    change=_("Save entry"),
    delete=_("Let in again"),
    saved=_("%(name)s is refused from the next call on."),
    deleted=_("%(name)s can call again."),
    empty=_("Nobody is blocked"),
    teach=_("Blocked callers hear that you cannot be reached. Nothing rings."),
    icon="phone-off",
    right="phonebook.manage",
)


@needs("callflow.view")
def blocked_numbers(request: Any, code: str) -> HttpResponse:
    """List who is blocked at a customer."""
    customer = customer_for(request, code)
    rows = BlockedNumber.objects.filter(customer=customer)
    return show_list(request, WORDS, customer, rows, summary=lambda row: row.note)


@needs("phonebook.manage")
def blocked_number_new(request: Any, code: str) -> HttpResponse:
    """Block a caller; `?number=` comes from a call."""
    customer = customer_for(request, code)
    country = customer.reseller.country
    form = BlockedForm(
        request.POST or None,
        country=country,
        initial={"number": request.GET.get("number", "")[:20]},
    )

    def save(**values: Any) -> BlockedNumber:
        return save_blocked(customer=customer, **values)

    return show_form(request, WORDS, customer, form, save)


@needs("phonebook.manage")
def blocked_number(request: Any, code: str, key: int) -> HttpResponse:
    """Change an entry."""
    customer = customer_for(request, code)
    obj = get_object_or_404(BlockedNumber, customer=customer, pk=key)
    country = customer.reseller.country
    form = BlockedForm(request.POST or None, country=country, obj=obj)

    def save(**values: Any) -> BlockedNumber:
        return save_blocked(blocked=obj, **values)

    return show_form(request, WORDS, customer, form, save, obj)


@needs("phonebook.manage")
def blocked_number_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Let somebody in again."""
    customer = customer_for(request, code)
    obj = get_object_or_404(BlockedNumber, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, obj, delete_blocked)
