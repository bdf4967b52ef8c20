"""Rules for recordings, and what people do with recordings; all of it is in the log."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.features import allowed, followed
from pbx_console.accounts.models import (
    AuditEntry,
    Customer,
    Membership,
    Reseller,
    Role,
)
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.services import audit
from pbx_console.pbx import recording_files
from pbx_console.pbx.models.extensions import Extension, Recorded
from pbx_console.pbx.models.recordings import Recording, RecordingRules, rules_of
from pbx_console.pbx.services.sites import tell_phones

FIELDS = ["announce", "prompt", "keep_days", "listeners"]
HEARD = "recording.heard"
DOWNLOADED = "recording.downloaded"


@transaction.atomic
def save_rules(actor: Actor, *, customer: Customer, **values: Any) -> RecordingRules:
    """Change how a customer records; phones know it at once. Raises ValidationError."""
    rules = rules_of(customer)
    before = _plain(rules)
    for name in FIELDS:
        setattr(rules, name, values.get(name, getattr(rules, name)))
    _check_listeners(customer, rules.listeners)
    rules.full_clean()
    rules.save()
    after = _plain(rules)
    audit.record(actor, "recordingrules.saved", rules, before=before, after=after)
    tell_phones(customer)
    return rules


def _plain(rules: RecordingRules) -> dict[str, Any]:
    """Return the rules for the log, people by name."""
    people = administrators(rules.customer).filter(user__in=rules.listeners)
    names = [membership.user.name for membership in people]
    return {**audit.snapshot(rules, FIELDS), "listeners": names}


def administrators(customer: Customer) -> Any:
    """Return the roles of people who may be chosen to listen."""
    rows = Membership.objects.filter(customer=customer, role=Role.ADMIN)
    return rows.select_related("user").order_by("user__name", "id")


def _check_listeners(customer: Customer, chosen: list[int]) -> None:
    known = set(administrators(customer).values_list("user_id", flat=True))
    if set(chosen) - known:
        message = _("Choose administrators of this customer.")
        raise ValidationError({"listeners": message})


def may_listen(customer: Customer, user_id: int | None) -> bool:
    """Say whether an administrator may hear this customer's recordings."""
    chosen = rules_of(customer).listeners
    return not chosen or user_id in chosen


@followed
def tell_of_contract(owner: Customer | Reseller) -> None:
    """Have phones record, or stop, as the contract says now."""
    whose = {"reseller": owner} if isinstance(owner, Reseller) else {"pk": owner.pk}
    taped = Extension.objects.exclude(recorded=Recorded.NEVER).values("customer")
    for customer in Customer.objects.filter(**whose, pk__in=taped):
        tell_phones(customer)


def is_possible(customer: Customer) -> bool:
    """Say whether the contract has it."""
    return allowed(Feature.RECORDING, customer)


def note_heard(actor: Actor, recording: Recording, *, taken: bool = False) -> None:
    """Write down who listened to a recording, or took it away as a file."""
    audit.record(actor, DOWNLOADED if taken else HEARD, recording)


def heard_by(recording: Recording) -> Any:
    """Return the entries about a recording, newest first."""
    rows = AuditEntry.objects.filter(
        customer=recording.customer,
        object_type="recording",
        object_key=str(recording.pk),
        verb__in=(HEARD, DOWNLOADED),
    )
    return rows.order_by("-at", "-id")


@transaction.atomic
def delete_recording(actor: Actor, recording: Recording) -> None:
    """Delete a recording for good, its file after the commit."""
    key = str(recording.pk)
    before = audit.snapshot(
        recording,
        ["extension_number", "direction", "other_number", "started_at", "seconds"],
    )
    audit.record(actor, "recording.deleted", recording, key=key, before=before)
    path = recording_files.path_of(recording.customer.code, recording.key)
    recording.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
