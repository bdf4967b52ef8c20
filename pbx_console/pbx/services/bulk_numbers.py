"""A customer's outside numbers as a table: where they lead, what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services import audit
from pbx_console.lib import e164
from pbx_console.lib.csv import Row, RowError
from pbx_console.lib.texts import gettext_noop
from pbx_console.pbx.models import Destination, Did
from pbx_console.pbx.services.bulk import (
    Codec,
    Known,
    Plan,
    Wish,
    choice,
    log_each,
    truth,
)
from pbx_console.pbx.services.dids import HELD, show_numbers


class KnownNumbers(Known):
    """A customer's outside numbers and everything that they could lead to."""

    def __init__(self, owner: Customer) -> None:
        """Ask once."""
        super().__init__(owner)
        rows = owner.dids.select_related("customer__reseller", "destination")
        self.numbers = {row.number: row for row in rows}
        self.mains = 0
        self.places: dict[str, int] = {}
        for to in Destination.objects.filter(customer=owner).order_by("-id"):
            self.places |= dict.fromkeys([str(to.number or to.name), str(to)], to.pk)


class NumberCodec(Codec):
    """Numbers come and go by assignment and porting; a file changes what they do."""

    name = "numbers"
    columns = ("number", "leads_to", "used_for", "name_prefix", "main")
    required = ("number",)
    titles = {"use": "used_for"}

    def load(self, owner: Customer) -> KnownNumbers:
        """Ask for what the customer has."""
        return KnownNumbers(owner)

    def rows(self, owner: Customer) -> Iterable[Did]:
        """Return all numbers."""
        return owner.dids.select_related("destination").order_by("number")

    def cells(self, obj: Did) -> list[str]:
        """Return one line."""
        to = str(obj.destination or "")
        main = "yes" if obj.is_main else "no"
        return [obj.number, to, obj.use, obj.name_prefix, main]

    def wish(self, row: Row, known: KnownNumbers) -> Iterator[Wish | RowError]:
        """Compare a row with the number it names."""
        try:
            number = e164.parse(row.values["number"], country=known.owner.country)
        except e164.NumberError as error:
            yield RowError(row.number, "number", str(error))
            return
        obj = known.numbers.get(number)
        if obj is None:
            reason = gettext_noop("This is no outside number of the customer.")
            yield RowError(row.number, "number", reason)
            return
        values: dict[str, Any] = {}
        wrong = list(known.once(row, number, "number"))
        wrong += self._values(row, known, values)
        before = audit.snapshot(obj, list(HELD))
        wish = Wish(row.number, obj, is_new=False, values=values, before=before)
        wrong += self.faults(wish, exclude=("destination",))
        yield from wrong
        if not wrong:
            yield wish

    def _values(
        self, row: Row, known: KnownNumbers, values: dict[str, Any]
    ) -> Iterator[RowError]:
        given = row.values
        if "leads_to" in given:
            place = given["leads_to"]
            values["destination_id"] = known.places.get(place)
            if place and place not in known.places:
                reason = gettext_noop("There is nothing called %(name)s.")
                yield RowError(row.number, "leads_to", reason, "", {"name": place[:60]})
        if given.get("used_for"):
            found = choice(row, "used_for", Did.Use)
            if isinstance(found, RowError):
                yield found
            else:
                values["use"] = found
        if "name_prefix" in given:
            values["name_prefix"] = given["name_prefix"]
        if "main" in given:
            yield from self._main(row, known, values)

    def _main(
        self, row: Row, known: KnownNumbers, values: dict[str, Any]
    ) -> Iterator[RowError]:
        is_main = truth(row, "main")
        if isinstance(is_main, RowError):
            yield is_main
            return
        values["is_main"] = is_main
        known.mains += is_main
        if is_main and known.mains > 1:
            reason = gettext_noop("There is one main number at most.")
            yield RowError(row.number, "main", reason)

    def write(self, actor: Actor, owner: Customer, plan: Plan) -> None:
        """Write all numbers, then tell phones what they show."""
        dids = [wish.obj for wish in plan.changed]
        if any(did.is_main for did in dids):
            kept = Q(pk__in=[did.pk for did in dids if did.is_main])
            owner.dids.filter(is_main=True).exclude(kept).update(is_main=False)
        names = ["destination", "use", "name_prefix", "is_main"]
        Did.objects.bulk_update(dids, names, batch_size=500)
        show_numbers({owner.pk})
        log_each(actor, owner, plan, "did", list(HELD), "number")


CODEC = NumberCodec()
