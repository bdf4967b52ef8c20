"""Extensions, numbers, groups and phonebooks from a file, and into one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pbx_console.console.access import needs
from pbx_console.console.bulk import BulkWords, show_bulk
from pbx_console.console.owners import customer_for, reseller_for
from pbx_console.pbx.services import (
    bulk_extensions,
    bulk_groups,
    bulk_numbers,
    bulk_phonebook,
)

EXTENSIONS = BulkWords(
    title=_("Extensions from a file"),
    back=_("Extensions"),
    teach=_(
        "A number that is there is changed, a new one is added. Nothing is deleted."
    ),
    example="number;name;shown_number;ring_seconds;may_dial;language\n"
    "201;Reception;+493023125400;30;abroad;\n202;Workshop;;20;national;de",
    limit=10_000,
)
NUMBERS = BulkWords(
    title=_("Numbers from a file"),
    back=_("Numbers"),
    teach=_("The file says where your numbers lead; it adds and removes none."),
    example="number;leads_to;used_for;name_prefix;main\n"
    "+493023125400;201;voice;Sales;yes\n+493023125401;;fax;;no",
    limit=10_000,
)
GROUPS = BulkWords(
    title=_("Hunt groups from a file"),
    back=_("Hunt groups"),
    teach=_("Members by their internal numbers, in the order in which they ring."),
    example="number;name;who_rings;seconds;members;overflow;name_prefix\n"
    "600;Sales;all;20;201 202;201;Sales",
    limit=500,
)
PHONEBOOK = BulkWords(
    title=_("Phonebook from a file"),
    back=_("Phonebook"),
    teach=_("An entry of the same name is changed, a new name is added."),
    example="name;numbers;note\nNordlicht GmbH;+493023125999, +4915112345678;Supplier",
    limit=10_000,
)


@needs("extensions.manage")
def extensions_bulk(request: Any, code: str) -> HttpResponse:
    """Read extensions of a customer in, or give them out."""
    customer = customer_for(request, code)
    back = reverse("console:customer_extensions", args=[code])
    return show_bulk(request, EXTENSIONS, bulk_extensions.CODEC, customer, back)


@needs("numbers.route")
def numbers_bulk(request: Any, code: str) -> HttpResponse:
    """Read in where a customer's numbers lead, or give it out."""
    customer = customer_for(request, code)
    back = reverse("console:customer_numbers", args=[code])
    return show_bulk(request, NUMBERS, bulk_numbers.CODEC, customer, back)


@needs("callflow.manage")
def groups_bulk(request: Any, code: str) -> HttpResponse:
    """Read hunt groups of a customer in, or give them out."""
    customer = customer_for(request, code)
    back = reverse("console:groups", args=[code])
    return show_bulk(request, GROUPS, bulk_groups.CODEC, customer, back)


@needs("phonebook.manage")
def phonebook_bulk(request: Any, code: str) -> HttpResponse:
    """Read a customer's phonebook in, or give it out."""
    customer = customer_for(request, code)
    back = reverse("console:phonebook", args=[code])
    return show_bulk(request, PHONEBOOK, bulk_phonebook.CODEC, customer, back)


@needs("customers.manage")
def reseller_phonebook_bulk(request: Any, slug: str) -> HttpResponse:
    """Read the phonebook for all customers of a reseller in, or give it out."""
    owner = reseller_for(request, slug)
    back = reverse("console:reseller_phonebook", args=[slug])
    return show_bulk(request, PHONEBOOK, bulk_phonebook.CODEC, owner, back)
