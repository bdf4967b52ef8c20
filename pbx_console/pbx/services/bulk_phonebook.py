"""A phonebook as a table. Entries of one name are told apart by their order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.services import audit
from pbx_console.lib import e164
from pbx_console.lib.csv import Row, RowError
from pbx_console.lib.texts import gettext_noop
from pbx_console.pbx.models import PhonebookEntry
from pbx_console.pbx.services.bulk import Codec, Known, Plan, Wish
from pbx_console.pbx.services.phonebook import MOST


def book_of(owner: Customer | Reseller) -> QuerySet[PhonebookEntry]:
    """Return the entries of a customer, or those of a reseller for all its customers."""
    if isinstance(owner, Customer):
        return PhonebookEntry.objects.filter(customer=owner)
    return PhonebookEntry.objects.filter(reseller=owner, customer=None)


class KnownEntries(Known):
    """The entries of a book by name, oldest first."""

    def __init__(self, owner: Customer | Reseller) -> None:
        """Ask once."""
        super().__init__(owner)
        self.country = getattr(owner, "country", "DE")
        self.total = 0
        self.entries: dict[str, list[PhonebookEntry]] = defaultdict(list)
        for row in book_of(owner).order_by("-id"):
            self.entries[row.name].append(row)
            self.total += 1

    def made(self, name: str) -> tuple[PhonebookEntry, bool]:
        """Return the next entry of this name, or a new one."""
        if self.entries[name]:
            return self.entries[name].pop(), False
        self.total += 1
        held = self.owner if isinstance(self.owner, Customer) else None
        reseller = held.reseller if held else self.owner
        return PhonebookEntry(customer=held, reseller=reseller, name=name), True


class EntryCodec(Codec):
    """Name, numbers separated by commas, note."""

    name = "phonebook"
    columns = ("name", "numbers", "note")
    required = ("name", "numbers")

    def load(self, owner: Customer | Reseller) -> KnownEntries:
        """Ask for what the book has."""
        return KnownEntries(owner)

    def rows(self, owner: Customer | Reseller) -> Iterable[PhonebookEntry]:
        """Return the whole book."""
        return book_of(owner).order_by("name", "id")

    def cells(self, obj: PhonebookEntry) -> list[str]:
        """Return one line."""
        return [obj.name, ", ".join(obj.numbers), obj.note]

    def wish(self, row: Row, known: KnownEntries) -> Iterator[Wish | RowError]:
        """Compare a row with the entry of its name."""
        obj, is_new = known.made(row.values["name"])
        values: dict[str, Any] = {"name": row.values["name"], "numbers": []}
        if "note" in row.values:
            values["note"] = row.values["note"]
        wrong: list[RowError] = []
        if known.total > MOST:
            reason = gettext_noop("A phonebook has 10,000 entries at most.")
            wrong.append(RowError(row.number, "", reason))
        wrong += self._numbers(row, known, values)
        wish = Wish(row.number, obj, is_new, values)
        if not wrong:
            wrong += self.faults(wish, exclude=("customer", "reseller"))
        yield from wrong
        if not wrong:
            yield wish

    def _numbers(
        self, row: Row, known: KnownEntries, values: dict[str, Any]
    ) -> Iterator[RowError]:
        for text in re.split(r"[,;|\n]", row.values["numbers"]):
            if text.strip():
                try:
                    number = e164.parse(text, country=known.country)
                except e164.NumberError as error:
                    yield RowError(row.number, "numbers", str(error))
                else:
                    values["numbers"] += [number] * (number not in values["numbers"])

    def write(self, actor: Actor, owner: Customer | Reseller, plan: Plan) -> None:
        """Write all entries, and one line in the log."""
        PhonebookEntry.objects.bulk_create(
            [wish.obj for wish in plan.created], batch_size=1000
        )
        changed = [wish.obj for wish in plan.changed]
        PhonebookEntry.objects.bulk_update(changed, ["numbers", "note"], batch_size=500)
        after = {"added": len(plan.created), "changed": len(plan.changed)}
        key = owner.code if isinstance(owner, Customer) else owner.slug
        audit.record(actor, "phonebook.imported", owner, key=key, after=after)


CODEC = EntryCodec()
