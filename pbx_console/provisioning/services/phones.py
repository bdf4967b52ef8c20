"""Phones: adding, changing, swapping a broken one, moving, removing.

A phone carries accounts of the pbx room: an extension's own one where no other phone has
it, else a device made for this phone. What a phone knew is refused once it is swapped,
moved away or removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, undo
from pbx_console.lib.macs import MacError, MacProblem, parse_mac
from pbx_console.pbx.models import Extension
from pbx_console.provisioning.models import Phone, PhoneKey, UnknownPhone
from pbx_console.provisioning.models.phones import random_password
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.services import phone_fit, phone_lines, windows

FIELDS = ["name", "mac", "model", "transport", "srtp"]
LOGGED = [*FIELDS, "extensions"]


@transaction.atomic
def add_phone(
    actor: Actor,
    *,
    customer: Customer,
    mac: str,
    model: str,
    name: str = "",
    extensions: Sequence[Extension],
) -> Phone:
    """Add a phone with a line per extension; its first fetch is answered at once.

    Raises ValidationError (field -> messages); then nothing is changed.
    """
    phone = Phone(customer=customer, mac=read_mac(mac), model=model, name=name)
    _check(phone, extensions)
    phone_fit.talk_as_it_can(phone)
    _store(phone)
    phone_lines.put(actor, phone, extensions)
    phone_fit.ensure_fit(phone)
    _note(actor, "phone.created", phone, {})
    _await(actor, phone)
    return phone


@transaction.atomic
def save_phone(actor: Actor, phone: Phone, **values: Any) -> Phone:
    """Change a phone's name, or how it talks. Raises ValidationError."""
    before = told(phone)
    for field in ("name", "transport", "srtp"):
        setattr(phone, field, values.get(field, getattr(phone, field)))
    _clean(phone)
    changed(phone)
    phone_fit.ensure_fit(phone)
    _note(actor, "phone.saved", phone, before)
    return phone


@transaction.atomic
def swap_phone(actor: Actor, phone: Phone, *, mac: str, model: str) -> Phone:
    """Put another device in a phone's place: lines, keys and settings stay.

    The old one's address and passwords are worth nothing from now on. Settings in the
    words of another maker go. Raises ValidationError.
    """
    before = told(phone)
    phone.mac, phone.model = read_mac(mac), model
    if phone.mac == before["mac"]:
        raise ValidationError({"mac": _("That is the phone that is there already.")})
    _check(phone, [line.extension for line in phone_lines.of(phone)])
    phone_fit.talk_as_it_can(phone, before=before["model"])
    phone.settings = phone_fit.settings_that_stay(phone)
    phone.firmware, phone.last_error, phone.fetched_at = "", "", None
    phone.file_digest = phone.told_digest = ""
    phone.admin_password = random_password()
    phone.renew_secret()
    _store(phone)
    changed(phone)
    phone_lines.renew(actor, phone)
    phone_fit.ensure_fit(phone)
    _note(actor, "phone.swapped", phone, before)
    _await(actor, phone)
    return phone


@transaction.atomic
def move_phone(
    actor: Actor,
    phone: Phone,
    *,
    extensions: Sequence[Extension],
    name: str | None = None,
) -> Phone:
    """Give a phone to other extensions, in this order. Raises ValidationError.

    An account that it no longer has gets another password, or goes with it.
    """
    before = told(phone)
    phone.name = phone.name if name is None else name
    _check(phone, extensions)
    phone_lines.put(actor, phone, extensions)
    changed(phone)
    phone_fit.ensure_fit(phone)
    _note(actor, "phone.moved", phone, before)
    return phone


@transaction.atomic
def save_keys(actor: Actor, phone: Phone, keys: Sequence[PhoneKey]) -> Phone:
    """Let these be a phone's keys. Raises ValidationError, a message per key."""
    before = {"keys": keys_told(phone)}
    _check_keys(phone, keys)
    phone.keys.all().delete()
    PhoneKey.objects.bulk_create(keys)
    changed(phone)
    phone_fit.ensure_fit(phone)
    after = {"keys": keys_told(phone)}
    audit.record(actor, "phone.keys_saved", phone, before=before, after=after)
    return phone


def _check_keys(phone: Phone, keys: Sequence[PhoneKey]) -> None:
    wrong: list[str] = []
    places: set[int] = set()
    for key in keys:
        key.phone = phone
        wrong += [
            _("Key %(at)s: %(why)s") % {"at": key.position, "why": why}
            for why in phone_fit.wrong_with_key(phone, key)
        ]
        if key.position in places:
            wrong.append(_("Key %(at)s is there twice.") % {"at": key.position})
        places.add(key.position)
    if wrong:
        raise ValidationError(wrong)


def keys_told(phone: Phone) -> list[str]:
    """Return a phone's keys as the log keeps them: position, kind, number, line, label."""
    rows = PhoneKey.objects.filter(phone=phone)
    return [f"{k.position} {k.kind} {k.value or '-'} {k.line} {k.label}" for k in rows]


@transaction.atomic
def remove_phone(actor: Actor, phone: Phone) -> None:
    """Remove a phone: its address is gone, and its accounts are refused."""
    before = told(phone)
    phone_lines.put(actor, phone, [])
    audit.record(actor, "phone.deleted", phone, before=before)
    phone.delete()


def read_mac(text: str) -> str:
    """Return an address in the writing of the database. Raises ValidationError."""
    try:
        return parse_mac(text)
    except MacError as error:
        raise ValidationError({"mac": _why_no_mac(error.problem)}) from error


def _why_no_mac(problem: MacProblem) -> str:
    if problem is MacProblem.BROADCAST:
        return _("This address means all devices at once. Read the label of the phone.")
    if problem is MacProblem.MULTICAST:
        return _("This address means a group of devices. Read the label of the phone.")
    if problem is MacProblem.ALL_ZERO:
        return _("No phone has the address 00:00:00:00:00:00.")
    return _(
        "A MAC address has 12 digits from 0 to 9 and A to F, as 00:04:13:A1:B2:C3."
    )


def _check(phone: Phone, extensions: Sequence[Extension]) -> None:
    """Refuse what is taken, unknown, foreign or more than the model can do."""
    _clean(phone)
    _refuse_taken(phone)
    if not extensions:
        raise ValidationError({"extensions": _("Choose at least one extension.")})
    if any(one.customer_id != phone.customer_id for one in extensions):
        raise ValidationError({"extensions": _("Choose one of this customer's.")})


def _clean(phone: Phone) -> None:
    if phone.model not in MODELS:
        raise ValidationError({"model": _("Choose a model from the list.")})
    phone.full_clean(exclude=["customer", "secret_digest"], validate_unique=False)


def _refuse_taken(phone: Phone) -> None:
    """Say where an address is in use, if that is for these eyes; else only that it is."""
    there = Phone.objects.filter(mac=phone.mac).exclude(pk=phone.pk).first()
    if there is None:
        return
    if there.customer_id != phone.customer_id:
        raise ValidationError({"mac": cannot_be_used()})
    words = _("This address cannot be used: it is the phone %(phone)s already.")
    raise ValidationError({"mac": words % {"phone": there}})


def is_taken(mac: str) -> bool:
    """Say whether anybody has a phone with this address: never who."""
    with as_everyone("addresses that are taken"):
        return Phone.objects.filter(mac=mac).exists()


def cannot_be_used() -> str:
    """Return what is said of an address that somebody else has: never who."""
    return _("This address cannot be used.")


def _store(phone: Phone) -> None:
    """Save; only the table knows the addresses of other resellers."""
    try:
        with transaction.atomic():
            phone.save()
    except IntegrityError as error:
        raise ValidationError({"mac": cannot_be_used()}) from error


def changed(phone: Phone) -> None:
    """Remember that the phone has not got this yet."""
    phone.changed_at = timezone.now()
    phone.save()


def told(phone: Phone) -> dict[str, Any]:
    """Return what the log keeps of a phone."""
    numbers = [line.extension.number for line in phone_lines.of(phone)]
    return audit.snapshot(phone, FIELDS) | {"extensions": numbers}


def _note(actor: Actor, verb: str, phone: Phone, before: dict[str, Any]) -> None:
    audit.record(actor, verb, phone, before=before, after=told(phone))


def _await(actor: Actor, phone: Phone) -> None:
    """Let the phone in; if it called before, it may come from there, and is known now."""
    windows.open_window(actor, phone)
    with as_everyone("a phone that is known now"):
        rows = UnknownPhone.objects.filter(reseller=phone.customer.reseller_id)
        rows.filter(mac=phone.mac).delete()


# ── taking it back ───────────────────────────────────────────────────────────────────


@undo.way("phone.saved", family="phone", right="phones.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Phone:
    phone = named(entry)
    names = ("name", "transport", "srtp")
    return save_phone(actor, phone, **undo.values_before(phone, entry, names))


@undo.way("phone.keys_saved", family="phone_keys", right="phones.manage")
def _undo_keys(actor: Actor, entry: AuditEntry) -> Phone:
    phone = named(entry)
    ensure_untouched(keys_told(phone), entry.after.get("keys"))
    return save_keys(actor, phone, [_key_told(text) for text in entry.before["keys"]])


def _key_told(text: str) -> PhoneKey:
    """Return a key as `keys_told` wrote it down."""
    at, kind, value, line, label = text.split(" ", 4)
    number = "" if value == "-" else value
    return PhoneKey(
        position=int(at), kind=kind, value=number, line=int(line), label=label
    )


def named(entry: AuditEntry) -> Phone:
    """Return the phone of an entry, held until the transaction ends."""
    rows = Phone.objects.select_related("customer__reseller")
    return undo.locked(rows.filter(pk=int(entry.object_key)))


def ensure_untouched(now: list[str], left: object) -> None:
    """Raise ValidationError when something is no longer as an entry left it."""
    if now != left:
        raise ValidationError(
            _("It is no longer as this change left it, so it stays as it is.")
        )
