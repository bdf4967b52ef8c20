"""Hunt groups as a table; members by their internal numbers, in the order of ringing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.lib.csv import Row, RowError
from pbx_console.lib.texts import gettext_noop
from pbx_console.pbx.models import Destination, HuntGroup
from pbx_console.pbx.services.bulk import Codec, Known, Plan, Wish, choice
from pbx_console.pbx.services.hunt_groups import MOST_MEMBERS, save_group


class KnownGroups(Known):
    """A customer's groups with their members, and what has an internal number."""

    def __init__(self, owner: Customer) -> None:
        """Ask once."""
        super().__init__(owner)
        rows = HuntGroup.objects.filter(customer=owner)
        found = rows.prefetch_related("members__destination")
        self.groups = {_key(row.number, row.name): row for row in found}
        places = Destination.objects.filter(customer=owner)
        self.places = {str(to.number or to.name): to for to in places}
        for group in self.groups.values():
            group.wanted_members = _members(group)  # type: ignore[attr-defined]


def _key(number: str, name: str) -> str:
    return number or f"\0{name}"


def _members(group: HuntGroup) -> list[int]:
    rows = sorted(group.members.all(), key=lambda row: (row.position, row.pk))
    return [row.destination_id for row in rows]


class GroupCodec(Codec):
    """A group is known by its internal number, or by its name if it has none."""

    name = "groups"
    columns = (
        *("number", "name", "who_rings", "seconds", "members", "overflow"),
        "name_prefix",
    )
    required = ("number", "name", "members")
    most = 500
    titles = {"strategy": "who_rings", "ring_seconds": "seconds"}

    def load(self, owner: Customer) -> KnownGroups:
        """Ask for what the customer has."""
        return KnownGroups(owner)

    def rows(self, owner: Customer) -> Iterable[HuntGroup]:
        """Return all groups."""
        rows = HuntGroup.objects.filter(customer=owner).select_related("overflow")
        return rows.prefetch_related("members__destination").order_by("number", "name")

    def cells(self, obj: HuntGroup) -> list[str]:
        """Return one line."""
        rows = sorted(obj.members.all(), key=lambda row: (row.position, row.pk))
        members = " ".join(str(r.destination.number or r.destination) for r in rows)
        over = obj.overflow
        to = str(over.number or over.name) if over else ""
        head = [obj.number, obj.name, obj.strategy, str(obj.ring_seconds)]
        return [*head, members, to, obj.name_prefix]

    def wish(self, row: Row, known: KnownGroups) -> Iterator[Wish | RowError]:
        """Compare a row with the group of its number."""
        given = row.values
        key = _key(given["number"], given["name"])
        obj = known.groups.get(key)
        made: Any = obj or HuntGroup(customer=known.owner)
        values: dict[str, Any] = {"number": given["number"], "name": given["name"]}
        wrong = list(known.once(row, key, "number"))
        taken = known.places.get(given["number"]) if given["number"] else None
        if taken is not None and obj is None:
            reason = gettext_noop("%(number)s is taken: %(name)s.")
            params = {"number": given["number"], "name": taken.name}
            wrong.append(RowError(row.number, "number", reason, "", params))
        wrong += self._values(row, known, values)
        wish = Wish(row.number, made, obj is None, values)
        wrong += self.faults(wish, exclude=("overflow", "customer"))
        yield from wrong
        if not wrong:
            yield wish

    def _values(
        self, row: Row, known: KnownGroups, values: dict[str, Any]
    ) -> Iterator[RowError]:
        given = row.values
        if given.get("who_rings"):
            found = choice(row, "who_rings", HuntGroup.Strategy)
            if isinstance(found, RowError):
                yield found
            else:
                values["strategy"] = found
        if given.get("seconds"):
            text = given["seconds"]
            values["ring_seconds"] = int(text) if text.isdigit() else text
        if "name_prefix" in given:
            values["name_prefix"] = given["name_prefix"]
        members = given["members"].replace(",", " ").split()
        values["wanted_members"] = []
        for name in members[: MOST_MEMBERS + 1]:
            yield from self._place(row, "members", name, known, values)
        if "overflow" in given:
            values["overflow_id"] = None
            if given["overflow"]:
                name = given["overflow"]
                yield from self._place(row, "overflow", name, known, values)

    def _place(
        self,
        row: Row,
        column: str,
        name: str,
        known: KnownGroups,
        values: dict[str, Any],
    ) -> Iterator[RowError]:
        to = known.places.get(name)
        if to is None:
            reason = gettext_noop("There is nothing called %(name)s.")
            yield RowError(row.number, column, reason, "", {"name": name[:60]})
        elif column == "overflow":
            values["overflow_id"] = to.pk
        else:
            values["wanted_members"].append(to.pk)

    def write(self, actor: Actor, owner: Customer, plan: Plan) -> None:
        """Save group by group: a circle of groups is found with what stands then."""
        places = Destination.objects.filter(customer=owner).in_bulk()
        for wish in [*plan.created, *plan.changed]:
            values = dict(wish.values)
            members = [places[key] for key in values.pop("wanted_members")]
            if "overflow_id" in values:
                values["overflow"] = places.get(values.pop("overflow_id"))
            group = None if wish.is_new else HuntGroup.objects.get(pk=wish.obj.pk)
            save_group(actor, customer=owner, group=group, members=members, **values)


CODEC = GroupCodec()
