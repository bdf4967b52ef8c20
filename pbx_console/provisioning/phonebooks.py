"""The phonebook as each maker's phones read it: colleagues, the customer, the reseller."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Final, NamedTuple

from django.db.models import Q

from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Extension, PhonebookEntry
from pbx_console.provisioning.configs import model_of
from pbx_console.provisioning.models import Phone

MOST: Final = 2000  # entries; phones keep no more


class Entry(NamedTuple):
    """A name and its numbers."""

    name: str
    numbers: tuple[str, ...]


def entries_of(phone: Phone) -> list[Entry]:
    """Return colleagues first, then outside numbers, each by name."""
    customer = phone.customer
    with as_everyone("phonebook of a phone"):
        inside = Extension.objects.filter(customer=customer).order_by("name", "number")
        outside = PhonebookEntry.objects.filter(
            Q(customer=customer) | Q(customer=None), reseller=customer.reseller_id
        ).order_by("name", "pk")
        colleagues = [Entry(one.name, (one.number,)) for one in inside[:MOST]]
        others = [Entry(one.name, tuple(one.numbers)) for one in outside[:MOST]]
    return (colleagues + others)[:MOST]


def phonebook(phone: Phone) -> str:
    """Return the book in the words of this phone's family."""
    root = _FORMS.get(model_of(phone).family.slug, _directory("IPPhoneDirectory"))(
        entries_of(phone)
    )
    ET.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ET.tostring(root, encoding="unicode") + "\n"


_Form = Callable[[list[Entry]], ET.Element]


def _directory(tag: str) -> _Form:
    """Most makers' form, with the maker's name in its root."""

    def write(entries: list[Entry]) -> ET.Element:
        root = ET.Element(tag)
        for entry in entries:
            one = ET.SubElement(root, "DirectoryEntry")
            ET.SubElement(one, "Name").text = entry.name
            for number in entry.numbers:
                ET.SubElement(one, "Telephone").text = number
        return root

    return write


def _single(tag: str) -> _Form:
    """The same for phones that read one number per entry."""

    def write(entries: list[Entry]) -> ET.Element:
        pairs = [
            Entry(one.name, (number,)) for one in entries for number in one.numbers
        ]
        return _directory(tag)(pairs)

    return write


def _grandstream(entries: list[Entry]) -> ET.Element:
    root = ET.Element("AddressBook")
    for entry in entries:
        one = ET.SubElement(root, "Contact")
        ET.SubElement(one, "FirstName").text = entry.name
        for number in entry.numbers[:3]:
            phone = ET.SubElement(one, "Phone", {"type": "Work"})
            ET.SubElement(phone, "phonenumber").text = number
            ET.SubElement(phone, "accountindex").text = "1"
    return root


def _gigaset(entries: list[Entry]) -> ET.Element:
    kinds = ("of", "hm", "mb")
    last = str(len(entries))
    shape = {"total": last, "first": "1", "last": last}
    root = ET.Element("list", {"response": "get_list", "type": "pr", **shape})
    for number, entry in enumerate(entries, start=1):
        one = ET.SubElement(root, "entry", {"id": str(number)})
        ET.SubElement(one, "ln").text = entry.name
        for kind, dialled in zip(kinds, entry.numbers, strict=False):
            ET.SubElement(one, kind).text = dialled
    return root


def _poly(entries: list[Entry]) -> ET.Element:
    """A page of the phone's own browser, whose links dial."""
    root = ET.Element("html")
    body = ET.SubElement(root, "body")
    for entry in entries:
        for number in entry.numbers:
            line = ET.SubElement(body, "p")
            ET.SubElement(line, "a", {"href": f"tel://{number}"}).text = entry.name
    return root


_FORMS: Final[dict[str, _Form]] = {
    "snom-desk": _single("SnomIPPhoneDirectory"),
    "snom-dect": _single("IPPhoneDirectory"),
    "yealink-desk": _directory("YealinkIPPhoneDirectory"),
    "yealink-dect": _directory("YealinkIPPhoneDirectory"),
    "grandstream-grp": _grandstream,
    "grandstream-gxp21": _grandstream,
    "grandstream-gxp16": _grandstream,
    "gigaset-dect": _gigaset,
    "poly-vvx": _poly,
    "poly-edge": _poly,
    "fanvil": _directory("FanvilIPPhoneDirectory"),
    "cisco-mpp": _single("CiscoIPPhoneDirectory"),
}
