"""Saving and deleting extensions: desired row, realtime rows and audit in one commit."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer, Membership
from pbx_console.accounts.services import audit, undo
from pbx_console.accounts.services.quotas import Quota, look_again, take
from pbx_console.pbx import projection, refresh, tasks
from pbx_console.pbx.countries import COUNTRY_OF
from pbx_console.pbx.models import Destination, Device, Extension
from pbx_console.pbx.models.extensions import random_secret
from pbx_console.pbx.services import nouns, voicemail_boxes
from pbx_console.pbx.services.dids import save_did

FIELDS = [
    "number",
    "name",
    "caller_id",
    "ring_seconds",
    "ring_in_order",
    "do_not_disturb",
    "call_waiting",
    "dial_class",
    "countries",
    "may_dial_premium",
    "withholds_number",
    "inside_name",
    "inside_number",
    "language",
    "pickup_group",
    "recorded",
]


@transaction.atomic
def save_extension(
    actor: Actor,
    *,
    customer: Customer,
    extension: Extension | None = None,
    **values: Any,
) -> Extension:
    """Create or change an extension of `customer`; the phone can use it at once.

    A changed number is another account: the old one is removed from the PBX. Raises
    ValidationError (field -> messages); then nothing is changed.
    """
    unsaved = extension is None
    extension = extension or Extension(customer=customer)
    before = {} if unsaved else audit.snapshot(extension, FIELDS)
    old_number = extension.number
    for name in FIELDS:
        setattr(extension, name, values.get(name, getattr(extension, name)))
    _check(extension)
    if unsaved:
        take(actor, Quota.EXTENSIONS, customer, customer.reseller)
    if not unsaved and extension.number != old_number:
        _withdraw(extension, Extension(customer=customer, number=old_number))
    _apply(extension)
    verb = "extension.created" if unsaved else "extension.saved"
    after = audit.snapshot(extension, FIELDS)
    audit.record(
        actor, verb, extension, key=extension.endpoint_id, before=before, after=after
    )
    return extension


def _check(extension: Extension) -> None:
    extension.full_clean()
    did = extension.caller_id
    if did is not None and did.customer_id != extension.customer_id:
        raise ValidationError({"caller_id": _("Choose a number of this customer.")})
    if unknown := set(extension.countries) - set(COUNTRY_OF.values()):
        words = _("There is no country %(code)s.") % {
            "code": ", ".join(sorted(unknown))
        }
        raise ValidationError({"countries": words})
    inside = extension.inside_number
    if inside and inside != extension.number:
        known = Destination.objects.filter(customer=extension.customer, number=inside)
        if not known.exists():
            words = _("%(number)s is no internal number of this customer.")
            raise ValidationError({"inside_number": words % {"number": inside}})


def _apply(extension: Extension) -> None:
    """Count the revision, write all rows and ask for the refresh."""
    extension.revision += 1
    extension.failure = ""
    extension.save()
    extension.devices.update(revision=F("revision") + 1, failure="")
    projection.project_extensions([extension])
    refresh.request([extension])
    accounts: list[Extension | Device] = [extension, *extension.devices.all()]
    for account in accounts:
        tasks.hint(account.endpoint_id)


def _withdraw(extension: Extension, known_as: Extension | None = None) -> None:
    """Remove the accounts of an extension, under its earlier number if it changed."""
    shown = known_as or extension
    slots = extension.devices.values_list("slot", flat=True)
    accounts: list[Extension | Device]
    accounts = [shown, *(Device(extension=shown, slot=slot) for slot in slots)]
    projection.remove([account.endpoint_id for account in accounts])
    refresh.request(accounts, removed=True)
    for account in accounts:
        tasks.hint(account.endpoint_id)


@transaction.atomic
def reset_secret(actor: Actor, extension: Extension) -> str:
    """Give the phone's account a new secret and return it, to be shown once.

    The old one is refused as soon as the PBX confirms.
    """
    extension.secret, extension.srtp = random_secret(), ""
    _apply(extension)
    audit.record(actor, "extension.secret_reset", extension, key=extension.endpoint_id)
    return str(extension.secret)


@transaction.atomic
def delete_extension(actor: Actor, extension: Extension) -> None:
    """Remove an extension, its account and its registered contacts."""
    before = audit.snapshot(extension, FIELDS)
    before["outside_numbers"] = _silence(actor, extension)
    nouns.ensure_unused(extension.destination)
    lamps = voicemail_boxes.followers_of(extension)
    audit.record(
        actor, "extension.deleted", extension, key=extension.endpoint_id, before=before
    )
    _withdraw(extension)
    extension.delete()
    voicemail_boxes.follow(lamps)
    look_again(extension.customer, extension.customer.reseller)


def _silence(actor: Actor, extension: Extension) -> list[str]:
    """Let its outside numbers lead nowhere, as the page said; return them."""
    numbers = list(extension.dids.select_related("customer__reseller"))
    return [save_did(actor, did=did, destination=None).number for did in numbers]


# ── taking it back ───────────────────────────────────────────────────────────────────


def _named(entry: AuditEntry) -> Extension:
    code, _dash, number = entry.object_key.partition("-")
    rows = Extension.objects.select_related("customer__reseller")
    return undo.locked(rows.filter(customer__code=code, number=number))


@undo.way("extension.saved", family="extension", right="extensions.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Extension:
    extension = _named(entry)
    values = undo.values_before(extension, entry, FIELDS)
    return save_extension(
        actor, customer=extension.customer, extension=extension, **values
    )


@undo.way(
    "extension.created",
    family="extension",
    right="extensions.manage",
    from_nothing=True,
)
def _undo_creation(actor: Actor, entry: AuditEntry) -> None:
    extension = _named(entry)
    if extension.dids.exists():
        raise ValidationError(_("A number rings it by now. Lead it elsewhere first."))
    people = Membership.objects.filter(customer=extension.customer)
    if people.filter(extension_number=extension.number).exists():
        raise ValidationError(_("It belongs to a person by now."))
    delete_extension(actor, extension)


@undo.way("extension.deleted", family="extension", right="extensions.manage")
def _undo_deletion(actor: Actor, entry: AuditEntry) -> Extension:
    """Make it again. Its account has a new secret: the old one was kept nowhere."""
    code, _dash, _number = entry.object_key.partition("-")
    customer = undo.locked(
        Customer.objects.select_related("reseller").filter(code=code)
    )
    values = undo.values_of(Extension(customer=customer), entry, FIELDS)
    extension = save_extension(actor, customer=customer, **values)
    rang = entry.before.get("outside_numbers", [])
    for did in customer.dids.filter(number__in=rang, destination=None):
        save_did(actor, did=did, destination=extension.destination)
    return extension
