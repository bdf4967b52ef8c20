"""Extensions as a table: a thousand in a few statements, registrable at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Language
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.quotas import Quota, take
from pbx_console.lib import e164
from pbx_console.lib.csv import Row, RowError
from pbx_console.lib.texts import gettext_noop
from pbx_console.pbx import projection, refresh, tasks
from pbx_console.pbx.models import Destination, Device, Extension
from pbx_console.pbx.models.extensions import DialClass
from pbx_console.pbx.services.bulk import Codec, Known, Plan, Wish, choice, log_each
from pbx_console.pbx.services.extensions import FIELDS

HINTS = 50  # more are left to the sweep


class KnownExtensions(Known):
    """A customer's extensions, internal numbers and outside numbers."""

    def __init__(self, owner: Customer) -> None:
        """Ask once."""
        super().__init__(owner)
        rows = owner.extensions.select_related("caller_id")
        self.extensions = {row.number: row for row in rows}
        others = Destination.objects.filter(customer=owner).exclude(kind="extension")
        self.taken = {row.number: row.name for row in others if row.number}
        self.numbers = dict(owner.dids.values_list("number", "pk"))


class ExtensionCodec(Codec):
    """Number, name and what differs from one extension to the next most often."""

    name = "extensions"
    columns = ("number", "name", "shown_number", "ring_seconds", "may_dial", "language")
    required = ("number", "name")
    titles = {"caller_id": "shown_number", "dial_class": "may_dial"}

    def load(self, owner: Customer) -> KnownExtensions:
        """Ask for what the customer has."""
        return KnownExtensions(owner)

    def rows(self, owner: Customer) -> Iterable[Extension]:
        """Return all extensions in the order of their numbers."""
        return owner.extensions.select_related("caller_id").order_by("number")

    def cells(self, obj: Extension) -> list[str]:
        """Return one line."""
        shown = obj.caller_id.number if obj.caller_id else ""
        seconds = str(obj.ring_seconds)
        return [obj.number, obj.name, shown, seconds, obj.dial_class, obj.language]

    def wish(self, row: Row, known: KnownExtensions) -> Iterator[Wish | RowError]:
        """Compare a row with the extension of its number."""
        number = row.values["number"]
        obj = known.extensions.get(number)
        made = obj or Extension(customer=known.owner, number=number)
        values: dict[str, Any] = {"number": number}
        wrong = list(known.once(row, number, "number"))
        if number in known.taken:
            reason = gettext_noop("%(number)s is taken: %(name)s.")
            params = {"number": number, "name": known.taken[number]}
            wrong.append(RowError(row.number, "number", reason, "", params))
        wrong += self._values(row, known, values)
        wish = Wish(row.number, made, obj is None, values)
        if obj is not None:
            wish.before = audit.snapshot(obj, FIELDS)
        wrong += self.faults(wish, exclude=("caller_id", "customer"))
        yield from wrong
        if not wrong:
            yield wish

    def _values(
        self, row: Row, known: KnownExtensions, values: dict[str, Any]
    ) -> Iterator[RowError]:
        """Fill in `values` from the columns that the file has."""
        given = row.values
        values["name"] = given["name"]
        if given.get("ring_seconds"):
            values["ring_seconds"] = _whole(given["ring_seconds"])
        if given.get("may_dial"):
            found = choice(row, "may_dial", DialClass)
            if isinstance(found, RowError):
                yield found
            else:
                values["dial_class"] = found
        if "language" in given:
            text = given["language"].lower()
            if text and text not in Language.values:
                found = choice(row, "language", Language)
                if isinstance(found, RowError):
                    yield found
            values["language"] = text
        if "shown_number" in given:
            yield from self._shown(row, known, values)

    def _shown(
        self, row: Row, known: KnownExtensions, values: dict[str, Any]
    ) -> Iterator[RowError]:
        text = row.values["shown_number"]
        values["caller_id_id"] = None
        if not text:
            return
        try:
            number = e164.parse(text, country=known.owner.country)
            values["caller_id_id"] = known.numbers[number]
        except (e164.NumberError, KeyError):
            reason = gettext_noop("This is no outside number of the customer.")
            yield RowError(row.number, "shown_number", reason)

    def write(self, actor: Actor, owner: Customer, plan: Plan) -> None:
        """Write extensions, realtime rows, refreshes and log, each in one go."""
        new = [wish.obj for wish in plan.created]
        old = [wish.obj for wish in plan.changed]
        if new:
            take(actor, Quota.EXTENSIONS, owner, owner.reseller, adding=len(new))
        for extension in [*new, *old]:
            extension.customer = owner
            extension.revision += 1
            extension.failure = ""
        Extension.objects.bulk_create(new, batch_size=500)
        names = ["name", "ring_seconds", "dial_class", "language", "caller_id"]
        if old:
            Extension.objects.bulk_update(
                old, [*names, "revision", "failure"], batch_size=500
            )
            devices = Device.objects.filter(extension__in=old)
            devices.update(revision=F("revision") + 1, failure="")
        projection.project_extensions([*new, *old])
        refresh.request([*new, *old])
        for extension in [*new, *old][:HINTS]:
            tasks.hint(extension.endpoint_id)
        log_each(actor, owner, plan, "extension", FIELDS, "endpoint_id")


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


CODEC = ExtensionCodec()
