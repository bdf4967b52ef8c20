"""What a few typed letters can mean, inside the scope that is open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.rights import has_right
from pbx_console.console import phones
from pbx_console.console.formats import phone
from pbx_console.console.forms.phones import model_label
from pbx_console.console.navigation import Link, rail
from pbx_console.console.owners import shown_by_default
from pbx_console.pbx.models import Did, Extension
from pbx_console.provisioning.models import Phone

MOST = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette."""

    url: str
    icon: str
    text: str
    beside: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind under their heading."""

    heading: str
    hits: list[Hit]


def found(request: Any, words: str) -> list[Group]:
    """Return groups of hits; without words the pages of the rail."""
    makers = (
        (_("Customers"), "customers.view", _customers),
        (_("Extensions"), "extensions.view", _extensions),
        (_("Phones"), "phones.view", _phones),
        (_("Numbers"), "numbers.view", _numbers),
    )
    role = request.membership.role
    groups = [
        Group(heading, make(words))
        for heading, right, make in makers
        if words and has_right(role, right)
    ]
    groups.append(Group(_("Pages"), _pages(request, words)))
    return [group for group in groups if group.hits]


def customers_like(words: str, *, most: int = MOST) -> list[Customer]:
    """Return customers by name, number or code; the ones changed last without words."""
    if not words:
        return list(Customer.objects.order_by("-changed_at")[:most])
    like = (
        Q(name__icontains=words)
        | Q(erp_number__icontains=words)
        | Q(code=words.lower())
    )
    return list(Customer.objects.filter(like)[:most])


def _customers(words: str) -> list[Hit]:
    return [
        Hit(
            _url("customer", code=c.code),
            "building-store",
            c.name,
            c.erp_number or c.code,
        )
        for c in customers_like(words)
    ]


def _extensions(words: str) -> list[Hit]:
    like = Q(number__startswith=words) | Q(name__icontains=words)
    rows = Extension.objects.select_related("customer").filter(like)[:MOST]
    return [
        Hit(
            _url("extension", code=row.customer.code, number=row.number),
            "hash",
            row.name,
            row.customer.name,
            row.number,
        )
        for row in rows
    ]


def _phones(words: str) -> list[Hit]:
    rows = phones.found(Phone.objects.all(), words, "").order_by("name", "mac")
    return [
        Hit(
            _url("phone", code=row.customer.code, mac=row.mac),
            "device-landline-phone",
            row.name or model_label(row.model),
            f"{row.written_mac}, {row.customer.name}",
        )
        for row in rows[:MOST]
    ]


def _numbers(words: str) -> list[Hit]:
    digits = re.sub(r"\D", "", words)
    if len(digits) < 3:
        return []
    # Typed as at home (030 23125) or with the country (+49 30 23125): both are inside.
    rows = Did.objects.select_related("customer").filter(
        number__contains=digits.removeprefix("00").lstrip("0")
    )
    return [
        Hit(_number_url(row), "number", phone(row.number), str(row.customer or ""))
        for row in rows[:MOST]
    ]


def _number_url(row: Did) -> str:
    return (row.customer and _url("customer_numbers", code=row.customer.code)) or _url(
        "numbers"
    )


def _pages(request: Any, words: str) -> list[Hit]:
    links: list[Link] = [
        link
        for group in rail(request, shown_by_default(request)).groups
        for link in group
    ]
    return [
        Hit(link.url, link.icon, link.word)
        for link in links
        if words.lower() in link.word.lower()
    ]


def _url(name: str, **kwargs: str) -> str:
    try:
        return reverse(f"console:{name}", kwargs=kwargs or None)
    except NoReverseMatch:
        return reverse("console:search")
