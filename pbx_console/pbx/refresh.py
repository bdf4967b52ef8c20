"""Telling Asterisk what changed, after the commit, and reading it back.

The truth is in the tables; this only makes Asterisk forget its cached copy. A `Refresh`
row is claimed with SKIP LOCKED, so that any number of workers may run, twice included.
Source of the actions: asterisk.md (SorceryMemoryCacheExpireObject, about 1 ms each).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.asterisk.ami.contacts import remove_contacts
from pbx_console.pbx import carrier_rows
from pbx_console.pbx.announce import announce_states
from pbx_console.pbx.models import Device, Extension, Refresh, Trunk
from pbx_console.pbx.models.confirmed import Confirmed
from pbx_console.pbx.projection import revision_variable

logger = logging.getLogger(__name__)
CACHES = ("auth", "endpoint", "aor")
BATCH = 100
farewells: list[Callable[[str], list[dict[str, str]]]] = []
"""What rooms above still tell an account that goes, while Asterisk remembers it."""


def request(
    objects: Sequence[Extension | Device | Trunk], *, removed: bool = False
) -> None:
    """Note that these endpoints changed. Call it in the transaction of the change.

    An extension stands for all its devices.
    """
    rows = {
        obj.endpoint_id: Refresh(
            endpoint_id=obj.endpoint_id,
            is_removed=removed,
            revision=obj.revision,
            requested_at=timezone.now(),
        )
        for obj in [*objects, *_devices(objects)]
    }
    Refresh.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["endpoint_id"],
        update_fields=["is_removed", "revision", "requested_at"],
    )


def _devices(objects: Sequence[Extension | Device | Trunk]) -> list[Device]:
    by_key = {obj.pk: obj for obj in objects if isinstance(obj, Extension)}
    found = list(Device.objects.filter(extension__in=by_key)) if any(by_key) else []
    for device in found:
        device.extension = by_key[device.extension_id]
    return found


def run(endpoint_id: str | None = None) -> int:
    """Refresh one endpoint, or all that wait; return how many were confirmed."""
    done = 0
    with as_everyone("refresh of the PBX"):
        while claimed := _claim_and_refresh(endpoint_id):
            done += claimed
            if endpoint_id:
                break
    return done


def _claim_and_refresh(endpoint_id: str | None) -> int:
    with transaction.atomic():
        rows = Refresh.objects.select_for_update(skip_locked=True).order_by("pk")
        if endpoint_id:
            rows = rows.filter(endpoint_id=endpoint_id)
        batch = list(rows[:BATCH])
        if not batch:
            return 0
        failures = _ask(batch)
        confirmed = [row for row in batch if row.endpoint_id not in failures]
        Refresh.objects.filter(pk__in=[row.pk for row in confirmed]).delete()
        _note_failures(batch, failures)
        changed = _mark(batch, failures)
    announce_states(changed)
    return len(confirmed)


def _ask(batch: Sequence[Refresh]) -> dict[str, str]:
    """Send the actions of a batch; return the reason per endpoint that failed."""
    per_row = [(row, actions(row)) for row in batch]
    try:
        answers = ask_all([action for _row, found in per_row for action in found])
        remove_contacts([row.endpoint_id for row in batch if row.is_removed])
        carrier_rows.forget_registrations()
    except AmiError as error:
        return {row.endpoint_id: str(error)[:200] for row in batch}
    failures = {}
    place = 0
    for row, found in per_row:
        own = answers[place : place + len(found)]
        place += len(found)
        if reason := _reason(row, own):
            failures[row.endpoint_id] = reason
    return failures


def actions(row: Refresh) -> list[dict[str, str]]:
    """Return the AMI actions that make Asterisk see this endpoint's present state."""
    expire = [
        {
            "Action": "SorceryMemoryCacheExpireObject",
            "Cache": f"res_pjsip/{kind}",
            "Object": row.endpoint_id,
        }
        for kind in CACHES
    ]
    if row.endpoint_id.startswith("trunk-"):
        expire += carrier_rows.registration_actions(row.endpoint_id)
    if row.is_removed:
        told = [one for farewell in farewells for one in farewell(row.endpoint_id)]
        return [*told, *expire]
    return [*expire, {"Action": "PJSIPShowEndpoint", "Endpoint": row.endpoint_id}]


def _reason(row: Refresh, answers: Sequence[dict[str, Any]]) -> str:
    """Return why the PBX has not confirmed, or nothing.

    An object that was not cached answers an error to the expiry, which is as good.
    """
    last = answers[-1]
    if row.is_removed:
        return ""
    if last.get("Response") == "Error":
        return "The telephone system does not know it."
    if revision_variable(row.revision) not in _variables(last):
        return "The telephone system still has the earlier state."
    return ""


def _variables(answer: dict[str, Any]) -> set[str]:
    """Return the variables that PJSIPShowEndpoint says the endpoint sets."""
    texts = [str(event.get("SetVar", "")) for event in answer.get("events", [])]
    return {part.strip() for text in texts for part in text.split(",")}


def _note_failures(batch: Sequence[Refresh], failures: dict[str, str]) -> None:
    for row in batch:
        if reason := failures.get(row.endpoint_id):
            row.attempts += 1
            row.failure = reason
            row.save(update_fields=["attempts", "failure"])
            logger.warning("refresh of %s: %s", row.endpoint_id, reason)


def _mark(batch: Sequence[Refresh], failures: dict[str, str]) -> list[Confirmed]:
    """Set live_revision or the failure on the objects behind the endpoints."""
    changed: list[Confirmed] = []
    for row in batch:
        if row.is_removed or (obj := _object(row.endpoint_id)) is None:
            continue
        reason = failures.get(row.endpoint_id, "")
        obj.failure = reason if row.attempts > 1 else ""
        if not reason:
            obj.live_revision, obj.live_at = row.revision, timezone.now()
        type(obj).objects.filter(pk=obj.pk).update(
            failure=obj.failure, live_revision=obj.live_revision, live_at=obj.live_at
        )
        changed.append(obj)
    return changed


def _object(endpoint_id: str) -> Extension | Device | Trunk | None:
    if endpoint_id.startswith("trunk-"):
        return Trunk.objects.filter(slug=endpoint_id.removeprefix("trunk-")).first()
    code, number, *slot = endpoint_id.split("-")
    if slot:
        devices = Device.objects.select_related("extension__customer")
        return devices.filter(
            extension__customer__code=code, extension__number=number, slot=slot[0]
        ).first()
    return (
        Extension.objects.select_related("customer")
        .filter(customer__code=code, number=number)
        .first()
    )
