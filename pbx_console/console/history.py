"""The audit log as sentences: `extension.saved` -> "Extension 201 changed: ring time …".

Verbs are written by services; each has its sentence here (a test looks for the missing).
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
from django.utils.translation import gettext_lazy, gettext_noop

from pbx_console.accounts.models import AuditEntry, Customer, Role
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.rights import has_right
from pbx_console.accounts.services import undo
from pbx_console.console import formats
from pbx_console.pbx.models import Did, Extension
from pbx_console.pbx.models.queues import REASONS

SENTENCES = {
    "queue.agent_changed": gettext_noop("Agent of queue %(label)s"),
    "reseller.created": gettext_noop("Reseller %(label)s added"),
    "reseller.saved": gettext_noop("Reseller %(label)s changed"),
    "customer.created": gettext_noop("Customer %(label)s added"),
    "customer.saved": gettext_noop("Customer %(label)s changed"),
    "customer.price_list_chosen": gettext_noop("Price list of %(label)s"),
    "reseller.price_list_chosen": gettext_noop("Purchase list of %(label)s"),
    "customer.logo_saved": gettext_noop("%(label)s: own logo changed"),
    "customer.logo_removed": gettext_noop("%(label)s: own logo taken away"),
    "brand.saved": gettext_noop("Brand %(label)s set up"),
    "brand.published": gettext_noop("Brand %(label)s published"),
    "brand.rolled_back": gettext_noop("Brand %(label)s put back to an earlier version"),
    "mail.test_sent": gettext_noop("Test mail of %(label)s sent"),
    "person.added": gettext_noop("%(label)s invited"),
    "person.role_given": gettext_noop("%(label)s has one more role"),
    "person.role_changed": gettext_noop("Role of %(label)s changed"),
    "person.role_taken": gettext_noop("Role of %(label)s taken away"),
    "person.renamed": gettext_noop("%(label)s has another name"),
    "person.activated": gettext_noop("%(label)s activated"),
    "person.deactivated": gettext_noop("%(label)s deactivated"),
    "people.imported": gettext_noop("People of %(label)s imported"),
    "limit.warned": gettext_noop("Calling limit almost reached: %(label)s"),
    "limit.reached": gettext_noop("Calling limit reached: %(label)s"),
    "limit.lifted": gettext_noop("Calling limits of %(label)s lifted"),
    "limit.new_country": gettext_noop("First call to another country: %(label)s"),
    "voicemailbox.pin_changed": gettext_noop("PIN of voicemail box %(label)s changed"),
    "invitation.sent": gettext_noop("%(label)s invited by mail"),
    "invitation.sent_again": gettext_noop("Invitation of %(label)s sent again"),
    "invitation.withdrawn": gettext_noop("Invitation of %(label)s withdrawn"),
    "invitation.accepted": gettext_noop("Invitation of %(label)s accepted"),
    "acting.began": gettext_noop("Console opened as %(label)s"),
    "acting.ended": gettext_noop("Console of %(label)s left again"),
    "person.signed_in": gettext_noop("%(label)s signed in"),
    "person.second_factor_set": gettext_noop("%(label)s set up the second factor"),
    "person.password_changed": gettext_noop("%(label)s changed the password"),
    "person.password_reset": gettext_noop("%(label)s chose a new password by mail"),
    "person.passkey_added": gettext_noop("%(label)s added a passkey"),
    "person.passkey_removed": gettext_noop("%(label)s removed a passkey"),
    "person.recovery_codes_made": gettext_noop("%(label)s made new recovery codes"),
    "person.second_factor_reset": gettext_noop("Second factor of %(label)s reset"),
    "person.session_ended": gettext_noop("%(label)s ended a session"),
    "person.signed_out_everywhere": gettext_noop("%(label)s signed out everywhere"),
    "person.settings_saved": gettext_noop("%(label)s changed the own settings"),
    "domain.saved": gettext_noop("Domain %(label)s set up"),
    "domain.added": gettext_noop("Domain %(label)s added, not proven yet"),
    "domain.proven": gettext_noop("Domain %(label)s proven"),
    "domain.made_main": gettext_noop("Domain %(label)s is the main one"),
    "domain.failing": gettext_noop("Domain %(label)s failed its daily check"),
    "domain.switched_off": gettext_noop("Domain %(label)s switched off"),
    "domain.removed": gettext_noop("Domain %(label)s removed"),
    "extension.created": gettext_noop("Extension %(label)s added"),
    "extension.saved": gettext_noop("Extension %(label)s changed"),
    "extension.deleted": gettext_noop("Extension %(label)s deleted"),
    "forward.saved": gettext_noop("Forward of extension %(label)s changed"),
    "device.secret_reset": gettext_noop("SIP password of %(label)s replaced"),
    "extension.pin_set": gettext_noop("PIN of extension %(label)s set"),
    "extension.pin_removed": gettext_noop("PIN of extension %(label)s removed"),
    "extension.pin_locked": gettext_noop(
        "PIN of extension %(label)s locked after wrong tries"
    ),
    "extension.secret_reset": gettext_noop("Extension %(label)s: new SIP password"),
    "schedule.switched": gettext_noop("Schedule %(label)s switched by hand"),
    "did.created": gettext_noop("Number %(label)s added"),
    "did.saved": gettext_noop("Number %(label)s changed"),
    "did.deleted": gettext_noop("Number %(label)s removed"),
    "trunk.created": gettext_noop("Trunk %(label)s added"),
    "trunk.saved": gettext_noop("Trunk %(label)s changed"),
    "trunk.tested": gettext_noop("Test call over %(label)s"),
    "trunk.went_down": gettext_noop("%(label)s does not answer any more"),
    "trunk.came_back": gettext_noop("%(label)s answers again"),
    "site.phones_placed": gettext_noop("Phones of the site %(label)s changed"),
    "emergencytest.started": gettext_noop("Emergency numbers of %(label)s are tried"),
    "emergencytest.ended": gettext_noop("The test of emergency numbers has ended"),
    "emergencycall.made": gettext_noop("Emergency call %(label)s"),
    "porting.sent": gettext_noop("Porting %(label)s sent"),
    "porting.confirmed": gettext_noop("Porting %(label)s confirmed"),
    "porting.rejected": gettext_noop("Porting %(label)s rejected"),
    "porting.done": gettext_noop("Porting %(label)s done"),
    "porting.cancelled": gettext_noop("Porting %(label)s cancelled"),
    "porting.document_added": gettext_noop("Document of porting %(label)s added"),
    "porting.document_removed": gettext_noop("Document of porting %(label)s removed"),
    "phonebook.imported": gettext_noop("Phonebook of %(label)s read in"),
    "route.saved": gettext_noop("Route over %(label)s changed"),
    "route.deleted": gettext_noop("Route over %(label)s removed"),
    "price_list.created": gettext_noop("Price list %(label)s added"),
    "price_list.saved": gettext_noop("Price list %(label)s changed"),
    "price_list.imported": gettext_noop("Price list %(label)s read in"),
    "export.downloaded": gettext_noop("List downloaded: %(label)s"),
    "usage_export.downloaded": gettext_noop("Usage export %(label)s downloaded"),
    "usage_export.sealed": gettext_noop("Usage export %(label)s sealed by hand"),
    "leg.rated_again": gettext_noop("Call %(label)s rated again"),
    "leg.accepted": gettext_noop("Call %(label)s checked and accepted"),
    "leg.waived": gettext_noop("Call %(label)s checked and not billed"),
}
ACTS = {
    "created": gettext_noop("%(noun)s %(label)s added"),
    "saved": gettext_noop("%(noun)s %(label)s changed"),
    "deleted": gettext_noop("%(noun)s %(label)s deleted"),
}
"""Sentences for the nouns that have none of their own."""
KEYS = {
    "extension": "endpoint_id",
    "did": "number",
    "numberrange": "stem",
    "customer": "code",
    "reseller": "slug",
    "trunk": "slug",
    "pricelist": "slug",
}
HIDDEN_FIELDS = {"slug", "is_main", "member_ids", "key_ids"}
EXTRA_LABELS: dict[str, Promise | str] = {
    "role": gettext_lazy("role"),
    "agent": gettext_lazy("agent"),
    "is_logged_in": gettext_lazy("logged in"),
    "is_paused": gettext_lazy("paused"),
    "pause": gettext_lazy("reason"),
    "listed_agents": gettext_lazy("Agents"),
    "list": gettext_lazy("list"),
    "listed_members": gettext_lazy("members"),
    "listed_keys": gettext_lazy("keys"),
    "listed_hours": gettext_lazy("opening hours"),
    "listed_days": gettext_lazy("own days"),
    "file": gettext_lazy("file"),
    "q": gettext_lazy("search"),
    "since": gettext_lazy("from"),
    "outside_numbers": gettext_lazy("numbers"),
    "extension_number": gettext_lazy("extension"),
    "people": gettext_lazy("people"),
    "email": gettext_lazy("mail address"),
    "document": gettext_lazy("document"),
    "reason": gettext_lazy("How did you make sure who asked?"),
    "price_list": "",  # the sentence says it
    "rows": gettext_lazy("rows"),
    "prices": gettext_lazy("prices"),
    "brand": gettext_lazy("brand"),
    "changed": gettext_lazy("prices changed"),
    "added": gettext_lazy("prices added"),
    "position": gettext_lazy("order"),
    "weight": gettext_lazy("share"),
    "condition": gettext_lazy("condition"),
    "destination": gettext_lazy("leads to"),
    "outside_number": gettext_lazy("outside number"),
    "is_active": gettext_lazy("on"),
    "prefix": gettext_lazy("prefix"),
    "trunk": gettext_lazy("trunk"),
}


LISTS: dict[str, Promise] = {
    "calls": gettext_lazy("Calls"),
    "audit": gettext_lazy("Audit log"),
    "customers": gettext_lazy("Customers"),
    "extensions": gettext_lazy("Extensions"),
    "numbers": gettext_lazy("Numbers"),
    "groups": gettext_lazy("Hunt groups"),
    "phonebook": gettext_lazy("Phonebook"),
    "resellers": gettext_lazy("Resellers"),
    "usage": gettext_lazy("Usage"),
    "prices": gettext_lazy("Prices"),
}


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
    if isinstance(value, list):
        words = dict(Feature.choices) if name == "features" else {}
        return ", ".join(str(words.get(item, item)) for item in value) or _("none")
    if name.endswith("_minute") and isinstance(value, int):
        return f"{value // 60:02d}:{value % 60:02d}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(_field(model, name), "flatchoices", None) or [])
    choices |= Role.choices if name == "role" else []
    text = str(choices.get(value, value))
    return formats.phone(text) if text.startswith("+") else text


PAGE_RIGHTS = {
    "reseller": "resellers.manage",
    "trunk": "trunks.view",
    "pricelist": "prices.view",
    "did": "numbers.route",
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
    return ""


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
