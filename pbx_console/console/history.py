"""The audit log as sentences: `extension.saved` -> "Extension 201 changed: ring time …".

The words themselves are in `history_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from pbx_console.accounts.models import AuditEntry, Customer, Role
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.rights import has_right
from pbx_console.accounts.services import undo
from pbx_console.console import formats
from pbx_console.console.history_words import (
    ACTS,
    EXTRA_LABELS,
    HIDDEN_FIELDS,
    KEYS,
    LISTS,
    SENTENCES,
)
from pbx_console.pbx.models import Did, Extension, Forward
from pbx_console.pbx.models.queues import REASONS
from pbx_console.provisioning.models import Phone, PhoneKey


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its word, what it was and what it is, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as it is read: sentence, changes, who, where, link to the object."""

    entry: AuditEntry
    words: str
    changes: list[Change]
    who: str
    place: str
    url: str
    state: str = "live"
    undo: str = ""
    address: str = ""


def told(
    entries: Iterable[AuditEntry], request: Any, *, place: bool = True
) -> list[Told]:
    """Return entries in the words of the person who reads them."""
    rows = list(entries)
    there = _still_there(rows)
    able = undo.offered(rows, request.membership.role)
    return [
        _told(entry, request, place=place, there=there, able=able) for entry in rows
    ]


PANEL = 10


def panel(obj: models.Model, request: Any) -> dict[str, Any]:
    """Return what `audit/side.html` shows of one object: its last entries, and where its
    whole history stands."""
    kind, key = str(obj._meta.model_name), key_of(obj)
    rows = AuditEntry.objects.filter(object_type=kind, object_key=key)
    rows = rows.select_related("customer").order_by("-at", "-id")
    query = urlencode({"kind": kind, "object": key})
    return {
        "entries": told(rows[:PANEL], request, place=False),
        "whole": f"{reverse('console:audit')}?{query}",
    }


def _still_there(entries: Sequence[AuditEntry]) -> set[str]:
    """Return the keys of those extensions and numbers that can still be opened."""
    keys: dict[str, set[str]] = {"extension": set(), "did": set()}
    for entry in entries:
        keys.get(entry.object_type, set()).add(entry.object_key)
    found: set[str] = set()
    if keys["did"]:
        dids = Did.objects.filter(number__in=keys["did"])
        found.update(dids.values_list("number", flat=True))
    if keys["extension"]:
        parts = [key.partition("-") for key in keys["extension"]]
        rows = Extension.objects.filter(
            customer__code__in={code for code, _dash, _number in parts},
            number__in={number for _code, _dash, number in parts},
        ).values_list("customer__code", "number")
        found.update(f"{code}-{number}" for code, number in rows)
    return found


def _told(
    entry: AuditEntry, request: Any, *, place: bool, there: set[str], able: set[int]
) -> Told:
    gone = entry.object_type in ("extension", "did") and entry.object_key not in there
    return Told(
        entry,
        sentence(entry),
        [] if _is_whole(entry) else changes(entry),
        who(entry, request),
        str(entry.customer or "") if place and entry.object_type != "customer" else "",
        "" if gone else url_of(entry, request.membership.role),
        "failed" if entry.verb.endswith(".deleted") else "live",
        reverse("console:undo", args=[entry.pk]) if entry.pk in able else "",
        address(entry, request),
    )


def _is_whole(entry: AuditEntry) -> bool:
    """Say whether an object came or went, so that its fields one by one say nothing."""
    return entry.verb.endswith((".created", ".deleted")) and entry.verb[:6] != "route."


def undo_address(request: Any, obj: models.Model) -> str:
    """Return where the save of `obj` that this person just made can be taken back."""
    kind = str(obj._meta.model_name)
    rows = AuditEntry.objects.filter(object_type=kind, object_key=key_of(obj))
    last = rows.filter(user=request.user).order_by("-id").first()
    if last is None or not undo.offered([last], request.membership.role):
        return ""
    return reverse("console:undo", args=[last.pk])


def key_of(obj: models.Model) -> str:
    """Return how the log names an object."""
    return str(getattr(obj, KEYS.get(str(obj._meta.model_name), "pk")))


def sentence(entry: AuditEntry) -> str:
    """Return what was done, in the language in force."""
    label = entry.object_label
    if entry.object_type == "did":
        label = formats.phone(entry.object_key)
    if known := SENTENCES.get(entry.verb):
        return _(known) % {"label": label}
    named = {"noun": noun(entry.object_type), "label": label}
    act = entry.verb.rpartition(".")[2]
    known = ACTS.get(act)
    return _(known) % named if known else f"{named['noun']} {label}: {act}"


def noun(object_type: str) -> str:
    """Return the word for a kind of object."""
    model = _models().get(object_type)
    word = str(model._meta.verbose_name) if model else object_type
    return word[:1].upper() + word[1:]


def _models() -> dict[str, type[models.Model]]:
    ours = (m for m in apps.get_models() if m.__module__.startswith("pbx_console"))
    return {str(model._meta.model_name): model for model in ours}


def who(entry: AuditEntry, request: Any) -> str:
    """Return the actor. Platform staff have no name for anybody else."""
    if entry.actor_level == "phone":
        return _("%(name)s, by phone") % {"name": entry.actor_name}
    if entry.actor_level == "system" or (
        entry.user_id is None and not entry.actor_name
    ):
        return _("automatic")
    viewer = getattr(request.membership, "level", "")
    foreign = entry.actor_level == "operator" and viewer != "operator"
    name = str(request.brand.product_name) if foreign else entry.actor_name
    if not entry.acted_as:
        return name
    place = {"name": name, "customer": entry.customer or ""}
    return _("%(name)s as administrator of %(customer)s") % place


def address(entry: AuditEntry, request: Any) -> str:
    """Return where the actor was, for those who stand at the same level or above it.

    A customer never learns the network of those who help it from outside.
    """
    viewer = getattr(request.membership, "level", "")
    seen = {
        "operator": ("operator", "reseller", "customer", ""),
        "reseller": ("reseller", "customer", ""),
        "customer": ("customer",),
    }.get(viewer, ())
    if entry.actor_level not in seen or (viewer == "customer" and entry.acted_as):
        return ""
    return entry.address or ""


def changes(entry: AuditEntry) -> list[Change]:
    """Return what differs, field by field, in words."""
    model = _models().get(entry.object_type)
    return [
        Change(_label(model, name), _words(model, name, old), _words(model, name, new))
        for name, old, new in entry.changes
        if name not in HIDDEN_FIELDS
    ]


def _field(model: type[models.Model] | None, name: str) -> Any:
    fields = {f.name: f for f in model._meta.get_fields()} if model else {}
    return fields.get(name)


def _label(model: type[models.Model] | None, name: str) -> str:
    field = _field(model, name)
    own = EXTRA_LABELS.get(name, name.replace("_", " "))
    found = getattr(field, "verbose_name", None)
    return str(found if isinstance(found, Promise) else own)  # else Django made it up


def _words(model: type[models.Model] | None, name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if name == "pause":
        return str(REASONS.get(str(value), value))
    if name == "list":
        return str(LISTS.get(str(value), value))
    if name == "keys" and isinstance(value, list):
        return ", ".join(_key(str(text)) for text in value) or _("none")
    if isinstance(value, list):
        words = dict(Feature.choices) if name == "features" else {}
        return ", ".join(str(words.get(item, item)) for item in value) or _("none")
    if name.endswith("_minute") and isinstance(value, int):
        return f"{value // 60:02d}:{value % 60:02d}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(_field(model, name), "flatchoices", None) or [])
    choices |= Role.choices if name == "role" else []
    choices |= Forward.Condition.choices if name == "condition" else []
    text = str(choices.get(value, value))
    return formats.phone(text) if text.startswith("+") else text


def _key(told: str) -> str:
    """Return a phone's key in words: 3 Colleague with lamp 205 Carla."""
    at, kind, number, _line, label = told.split(" ", 4)
    word = str(dict(PhoneKey.KINDS).get(kind, kind))
    shown = (at, word, "" if number == "-" else number, label)
    return " ".join(part for part in shown if part)


PAGE_RIGHTS = {
    "reseller": "resellers.manage",
    "trunk": "trunks.view",
    "pricelist": "prices.view",
    "did": "numbers.route",
    "phone": "phones.view",
}


def url_of(entry: AuditEntry, role: str) -> str:
    """Return the address of the object, nothing for what is gone, has no page or is
    not shown to this role."""
    right = PAGE_RIGHTS.get(entry.object_type)
    if entry.verb.endswith(".deleted") or (right and not has_right(role, right)):
        return ""
    key = entry.object_key
    if entry.object_type == "extension" and "-" in key:
        code, _dash, number = key.partition("-")
        return reverse("console:extension", args=[code, number])
    if entry.object_type in ("customer", "reseller", "trunk"):
        return reverse(f"console:{entry.object_type}", args=[key])
    if entry.object_type == "pricelist" and (
        role != Role.OPERATOR or entry.reseller_id is None
    ):  # a reseller's own prices are no business of the platform's
        return reverse("console:price_list", args=[key])
    if entry.object_type == "did":
        return reverse("console:number", args=[key.lstrip("+")])
    if entry.object_type == "phone":
        return _url_of_phone(key)
    return ""


def _url_of_phone(key: str) -> str:
    """Return a phone's page; the log knows its row, since a swap changes its address."""
    phone = Phone.objects.select_related("customer").filter(pk=int(key)).first()
    if phone is None:
        return ""
    return reverse("console:phone", args=[phone.customer.code, phone.mac])


def page_of(obj: models.Model, role: str) -> str:
    """Return the page of an object, nothing where this role has none."""
    kind = str(obj._meta.model_name)
    seen = AuditEntry(object_type=kind, object_key=key_of(obj), verb="")
    seen.reseller_id = getattr(obj, "reseller_id", None)
    return url_of(seen, role)


def list_of(customer: Customer) -> str:
    """Return where the extensions of a customer are listed."""
    return reverse("console:customer_extensions", args=[customer.code])


def last_by_customer(customer_ids: Sequence[int], request: Any) -> dict[int, str]:
    """Return "when, who" of each customer's latest entry; one short look per customer."""
    latest = (
        AuditEntry.objects.filter(customer_id=OuterRef("pk"))
        .order_by("-at", "-id")
        .values("pk")[:1]
    )
    picked = Customer.objects.filter(pk__in=customer_ids).annotate(
        last=Subquery(latest)
    )
    entries = AuditEntry.objects.in_bulk([row.last for row in picked if row.last])
    return {
        e.customer_id: f"{formats.moment(e.at)} · {who(e, request)}"
        for e in entries.values()
        if e.customer_id is not None
    }
