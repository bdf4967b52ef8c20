"""Addresses: ranges, portings, phonebooks, blocked callers, tables in and out."""

from __future__ import annotations

from typing import Any

from django.urls import path

from pbx_console.console.views import blocked_numbers as blocked
from pbx_console.console.views import bulk, number_ranges, phonebook, portings

BOOK = "customers/<slug:code>/phonebook"
SHARED = "resellers/<slug:slug>/phonebook"
BLOCKED = "customers/<slug:code>/blocked"
PORTING = "portings/<int:porting>"

urlpatterns: list[Any] = [
    path(
        "customers/<slug:code>/import/extensions/",
        bulk.extensions_bulk,
        name="extensions_bulk",
    ),
    path(
        "customers/<slug:code>/import/numbers/", bulk.numbers_bulk, name="numbers_bulk"
    ),
    path("customers/<slug:code>/import/groups/", bulk.groups_bulk, name="groups_bulk"),
    path(
        "customers/<slug:code>/import/phonebook/",
        bulk.phonebook_bulk,
        name="phonebook_bulk",
    ),
    path(
        "resellers/<slug:slug>/import/phonebook/",
        bulk.reseller_phonebook_bulk,
        name="reseller_phonebook_bulk",
    ),
    path(f"{BOOK}/", phonebook.phonebook, name="phonebook"),
    path(f"{BOOK}/new/", phonebook.phonebook_entry_new, name="phonebook_entry_new"),
    path(f"{BOOK}/<int:key>/", phonebook.phonebook_entry, name="phonebook_entry"),
    path(
        f"{BOOK}/<int:key>/delete/",
        phonebook.phonebook_entry_delete,
        name="phonebook_entry_delete",
    ),
    path(f"{SHARED}/", phonebook.reseller_phonebook, name="reseller_phonebook"),
    path(
        f"{SHARED}/new/",
        phonebook.reseller_phonebook_entry_new,
        name="reseller_phonebook_entry_new",
    ),
    path(
        f"{SHARED}/<int:key>/",
        phonebook.reseller_phonebook_entry,
        name="reseller_phonebook_entry",
    ),
    path(
        f"{SHARED}/<int:key>/delete/",
        phonebook.reseller_phonebook_entry_delete,
        name="reseller_phonebook_entry_delete",
    ),
    path(f"{BLOCKED}/", blocked.blocked_numbers, name="blocked_numbers"),
    path(f"{BLOCKED}/new/", blocked.blocked_number_new, name="blocked_number_new"),
    path(f"{BLOCKED}/<int:key>/", blocked.blocked_number, name="blocked_number"),
    path(
        f"{BLOCKED}/<int:key>/delete/",
        blocked.blocked_number_delete,
        name="blocked_number_delete",
    ),
    path("number-ranges/", number_ranges.ranges, name="ranges"),
    path("number-ranges/new/", number_ranges.range_new, name="range_new"),
    path("number-ranges/<str:stem>/", number_ranges.number_range, name="range"),
    path(
        "number-ranges/<str:stem>/delete/",
        number_ranges.range_delete,
        name="range_delete",
    ),
    path(
        "customers/<slug:code>/number-ranges/",
        number_ranges.customer_ranges,
        name="customer_ranges",
    ),
    path("portings/", portings.portings, name="portings"),
    path(
        "customers/<slug:code>/portings/new/", portings.porting_new, name="porting_new"
    ),
    path(f"{PORTING}/", portings.porting, name="porting"),
    path(f"{PORTING}/step/", portings.porting_step, name="porting_step"),
    path(
        f"{PORTING}/documents/",
        portings.porting_document_add,
        name="porting_document_add",
    ),
    path(
        f"{PORTING}/documents/<int:document>/",
        portings.porting_document,
        name="porting_document",
    ),
    path(
        f"{PORTING}/documents/<int:document>/remove/",
        portings.porting_document_remove,
        name="porting_document_remove",
    ),
]
