"""Phones as a table: address, model, extensions, name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.lib.csv import Row, RowError
from pbx_console.lib.macs import write_mac
from pbx_console.lib.texts import gettext_noop
from pbx_console.pbx.services.bulk import Codec, Known, Plan, Wish
from pbx_console.provisioning.models import Phone
from pbx_console.provisioning.render.catalogue import ALL_MODELS, MODELS
from pbx_console.provisioning.services.phones import (
    add_phone,
    is_taken,
    move_phone,
    read_mac,
)

MOST = 300
"""Each phone is an account that the telephone system confirms by itself."""


TAKEN = gettext_noop("This address cannot be used.")


class KnownPhones(Known):
    """A customer's phones and extensions."""

    def __init__(self, owner: Customer) -> None:
        """Ask once."""
        super().__init__(owner)
        rows = owner.phones.prefetch_related("lines__extension")
        self.phones = {phone.mac: phone for phone in rows}
        self.extensions = {one.number: one for one in owner.extensions.all()}
        for phone in self.phones.values():
            phone.numbers = _numbers(phone)  # type: ignore[attr-defined]


def _numbers(phone: Phone) -> list[str]:
    return [line.extension.number for line in phone.lines.all()]


def _plain(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.lower())


def model_named(text: str) -> str:
    """Return the model that a text names (Snom D785, snom-d785, D785), or ""."""
    typed = _plain(text)
    if not typed:
        return ""
    for model in ALL_MODELS:
        if typed in (_plain(f"{model.vendor} {model.name}"), _plain(model.slug)):
            return model.slug
    alike = [m.slug for m in ALL_MODELS if _plain(m.name) == typed]
    return alike[0] if len(alike) == 1 else ""


class PhoneWish(Wish):
    """A row of a phone, known by all that its label says."""

    @property
    def label(self) -> str:
        """Return name, address, model and extensions, as the file will make them."""
        name = self.values.get("name", self.obj.name)
        mac = write_mac(self.values["mac"], ":", upper=True)
        model = MODELS[self.values["model"]]
        numbers = ", ".join(self.values["numbers"])
        told = (name, mac, f"{model.vendor} {model.name}".strip(), numbers)
        return " · ".join(part for part in told if part)


class PhoneCodec(Codec):
    """A phone is known by its MAC address, in any writing."""

    name = "phones"
    columns = ("mac", "model", "extensions", "name")
    required = ("mac", "model", "extensions")
    most = MOST

    def load(self, owner: Customer) -> KnownPhones:
        """Ask for what the customer has."""
        return KnownPhones(owner)

    def rows(self, owner: Customer) -> Iterable[Phone]:
        """Return all phones."""
        return owner.phones.prefetch_related("lines__extension").order_by("name", "mac")

    def cells(self, obj: Phone) -> list[str]:
        """Return one line."""
        model = MODELS.get(obj.model)
        named = f"{model.vendor} {model.name}".strip() if model else obj.model
        return [obj.written_mac, named, " ".join(_numbers(obj)), obj.name]

    def wish(self, row: Row, known: KnownPhones) -> Iterator[Wish | RowError]:
        """Compare a row with the phone of its address."""
        try:
            mac = read_mac(row.values["mac"])
        except ValidationError as error:
            yield RowError(row.number, "mac", " ".join(error.messages))
            return
        there = known.phones.get(mac)
        phone = there or Phone(customer=known.owner, mac=mac)
        values: dict[str, Any] = {"mac": mac}
        wrong = list(known.once(row, mac, "mac"))
        wrong += self._values(row, known, there, values)
        if there is None and is_taken(mac):
            wrong.append(RowError(row.number, "mac", TAKEN))
        wish = PhoneWish(row.number, phone, there is None, values)
        wrong += self.faults(wish, exclude=("customer", "model", "mac"))
        yield from wrong
        if not wrong:
            yield wish

    def _values(
        self, row: Row, known: KnownPhones, there: Phone | None, values: dict[str, Any]
    ) -> Iterator[RowError]:
        model = model_named(row.values["model"])
        if not model:
            yield RowError(row.number, "model", gettext_noop("There is no such model."))
        elif there is not None and there.model != model:
            reason = gettext_noop("It is another model. Swap the phone on its page.")
            yield RowError(row.number, "model", reason)
        values["model"] = model
        if "name" in row.values:
            values["name"] = row.values["name"]
        numbers = re.split(r"[\s,;|]+", row.values["extensions"].strip(" ,;|"))
        values["numbers"] = [number for number in numbers if number]
        for number in values["numbers"]:
            if number not in known.extensions:
                reason = gettext_noop("There is no extension %(number)s.")
                params = {"number": number[:20]}
                yield RowError(row.number, "extensions", reason, "", params)
        if not values["numbers"]:
            reason = gettext_noop("Name at least one extension.")
            yield RowError(row.number, "extensions", reason)
        if model and len(values["numbers"]) > MODELS[model].accounts:
            reason = gettext_noop("%(model)s has not that many lines: %(n)s at most.")
            params = {"model": MODELS[model].name, "n": MODELS[model].accounts}
            yield RowError(row.number, "extensions", reason, "", params)

    def write(self, actor: Actor, owner: Customer, plan: Plan) -> None:
        """Add and change the phones one by one, as their pages would."""
        extensions = {one.number: one for one in owner.extensions.all()}
        for one in extensions.values():
            one.customer = owner
        for wish in [*plan.created, *plan.changed]:
            wanted = [extensions[number] for number in wish.values["numbers"]]
            try:
                _write(actor, owner, wish, wanted)
            except ValidationError as error:
                words = _("Row %(n)s: %(why)s")
                why = {"n": wish.row, "why": " ".join(error.messages)}
                raise ValidationError(words % why) from error


def _write(actor: Actor, owner: Customer, wish: Wish, extensions: list[Any]) -> None:
    if wish.is_new:
        add_phone(
            actor,
            customer=owner,
            mac=wish.values["mac"],
            model=wish.values["model"],
            name=wish.values.get("name", ""),
            extensions=extensions,
        )
        return
    phone = Phone.objects.select_related("customer__reseller").get(pk=wish.obj.pk)
    name = wish.values.get("name", phone.name)
    move_phone(actor, phone, extensions=extensions, name=name)


CODEC = PhoneCodec()
