"""Phonebooks of customers and of resellers: list with search, entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.console.access import needs
from pbx_console.console.bulk import export
from pbx_console.console.flow import Words, show_delete, show_form
from pbx_console.console.forms.phonebook import BookFilters, EntryForm
from pbx_console.console.owners import customer_for, reseller_for
from pbx_console.console.paging import page
from pbx_console.pbx.models import PhonebookEntry
from pbx_console.pbx.services.bulk_phonebook import CODEC
from pbx_console.pbx.services.phonebook import delete_entry, save_entry

TEXTS: dict[str, Any] = {
    "title": _("Phonebook"),
    "add": _("Add entry"),
    "change": _("Save entry"),
    "delete": _("Delete entry"),
    "saved": _("%(name)s is saved."),
    "deleted": _("%(name)s is deleted."),
    "empty": _("No entries yet"),
    "teach": _("Callers with an entry appear with their name on every display."),
    "icon": "address-book",
    "right": "phonebook.manage",
}
WORDS = Words(stem="phonebook_entry", plural="phonebook", **TEXTS)


@dataclass(frozen=True, slots=True)
class ResellerWords(Words):
    """The same pages for the book that a reseller keeps for all its customers."""

    def url(self, act: str, customer: Any, key: Any = None) -> str:
        """Return an address; the owner is a reseller."""
        names = {"list": "phonebook", "change": "phonebook_entry"}
        name = names.get(act, f"phonebook_entry_{act}")
        own = {} if key is None else {"key": key}
        return reverse(
            f"console:reseller_{name}", kwargs={"slug": customer.slug, **own}
        )


RESELLER_WORDS = ResellerWords(stem="phonebook_entry", **TEXTS)


@needs("callflow.view")
def phonebook(request: Any, code: str) -> HttpResponse:
    """List the entries of a customer."""
    customer = customer_for(request, code)
    rows = PhonebookEntry.objects.filter(customer=customer)
    return _list(request, WORDS, customer, rows, customer.reseller.country)


@needs("customers.manage")
def reseller_phonebook(request: Any, slug: str) -> HttpResponse:
    """List the entries that a reseller keeps for all its customers."""
    reseller = reseller_for(request, slug)
    rows = PhonebookEntry.objects.filter(reseller=reseller, customer=None)
    return _list(request, RESELLER_WORDS, reseller, rows, reseller.country)


def _list(
    request: Any, words: Words, owner: Any, rows: QuerySet[Any], country: str
) -> HttpResponse:
    filters = BookFilters(request.GET)
    rows = found(filters, rows)
    if request.GET.get("format") == "csv":
        return export(request, CODEC, owner, rows.order_by("name", "id"))
    context = {
        "words": words,
        "owner": owner,
        "filters": filters,
        "page": page(rows, ("name", "id"), request.GET),
        "new_url": words.url("new", owner),
        "import_url": _import_url(owner),
        "country": country,
        "inside": words is WORDS,
    }
    return render(request, "console/phonebook/list.html", context)


def _import_url(owner: Any) -> str:
    if isinstance(owner, Reseller):
        return reverse("console:reseller_phonebook_bulk", args=[owner.slug])
    return reverse("console:phonebook_bulk", args=[owner.code])


def found(filters: BookFilters, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the entries whose name or number matches."""
    text = filters.value("q")
    if not text:
        return rows
    digits = "".join(c for c in text if c.isdigit()).removeprefix("00").lstrip("0")
    like = Q(name__icontains=text) | Q(note__icontains=text)
    return rows.filter(like | Q(numbers__icontains=digits) if digits else like)


@needs("phonebook.manage")
def phonebook_entry_new(request: Any, code: str) -> HttpResponse:
    """Add an entry of a customer."""
    customer = customer_for(request, code)
    return _form(request, WORDS, customer, customer.reseller.country, customer=customer)


@needs("phonebook.manage")
def phonebook_entry(request: Any, code: str, key: int) -> HttpResponse:
    """Change an entry of a customer."""
    customer = customer_for(request, code)
    obj = get_object_or_404(PhonebookEntry, customer=customer, pk=key)
    return _form(request, WORDS, customer, customer.reseller.country, entry=obj)


@needs("phonebook.manage")
def phonebook_entry_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete an entry of a customer."""
    customer = customer_for(request, code)
    obj = get_object_or_404(PhonebookEntry, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, obj, delete_entry)


@needs("customers.manage")
def reseller_phonebook_entry_new(request: Any, slug: str) -> HttpResponse:
    """Add an entry for all customers of a reseller."""
    owner = reseller_for(request, slug)
    return _form(request, RESELLER_WORDS, owner, owner.country, reseller=owner)


@needs("customers.manage")
def reseller_phonebook_entry(request: Any, slug: str, key: int) -> HttpResponse:
    """Change an entry for all customers of a reseller."""
    owner = reseller_for(request, slug)
    obj = _shared(owner, key)
    return _form(request, RESELLER_WORDS, owner, owner.country, entry=obj)


@needs("customers.manage")
def reseller_phonebook_entry_delete(request: Any, slug: str, key: int) -> HttpResponse:
    """Delete an entry for all customers of a reseller."""
    owner = reseller_for(request, slug)
    words: Any = RESELLER_WORDS
    return show_delete(request, words, owner, _shared(owner, key), delete_entry)  # type: ignore[arg-type]


def _shared(owner: Any, key: int) -> PhonebookEntry:
    return get_object_or_404(PhonebookEntry, reseller=owner, customer=None, pk=key)


def _form(
    request: Any, words: Words, owner: Any, country: str, **about: Any
) -> HttpResponse:
    obj = about.get("entry")
    form = EntryForm(request.POST or None, country=country, obj=obj)

    def save(**values: Any) -> PhonebookEntry:
        return save_entry(**values, **about)

    return show_form(request, words, owner, form, save, obj)
