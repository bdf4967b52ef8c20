"""What phones of the demo did, and an address that tried passwords; all invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.pbx.models import Ban, Extension
from pbx_console.pbx.services import bans
from pbx_console.provisioning.models import Phone, PhoneEvent, Registration
from pbx_console.provisioning.timeline import note

OFFICE, STRANGER = "198.51.100.20", "203.0.113.9"
# Addresses of documents (RFC 5737), so that nobody is ever meant.
SCANNERS = ("203.0.113.66", "192.0.2.140")


def add_life(extensions: Sequence[Extension]) -> None:
    """Let a day pass for the first three phones of a customer."""
    if len(extensions) < 3:
        return
    first, second, third, *_others = extensions
    _was(first, "registered", 1500, address=OFFICE, agent="snomD785/10.1.175.16")
    _was(first, "refused", 700, address=STRANGER, reason="password", times=4)
    figures: dict[str, Any] = {"loss": 0.1, "jitter": 4, "loss_there": 0.3}
    _was(first, "heard", 95, linkedid="1", **figures, jitter_there=7, rtt=24)
    _was(first, "heard", 40, linkedid="2", **figures | {"loss": 6.2}, jitter_there=71)
    _was(second, "flapping", 55, address=OFFICE, times=14)
    _was(third, "lost", 190, address=OFFICE, reason="expired")
    Registration.objects.create(
        endpoint=third.endpoint_id,
        customer=third.customer,
        address=OFFICE,
        agent="Grandstream GRP2614 1.0.9.109",
        since=timezone.now() - dt.timedelta(days=6),
        lost_at=timezone.now() - dt.timedelta(minutes=190),
    )
    _had_settings(third)


def _had_settings(extension: Extension) -> None:
    """Let its phone have come for them, long before it was lost."""
    at = timezone.now() - dt.timedelta(days=6)
    seen = {"bound_address": OFFICE, "firmware": "1.0.9.109", "window_until": None}
    phones = Phone.objects.filter(lines__extension=extension)
    phones.update(fetched_at=at, changed_at=at, **seen)


def _was(extension: Extension, kind: str, minutes: int, **values: Any) -> None:
    row = note(kind, endpoint=extension.endpoint_id, **values)
    at = timezone.now() - dt.timedelta(minutes=minutes)
    before = dt.timedelta(minutes=9 if row.count > 1 else 0)
    rows = PhoneEvent.objects.filter(pk=row.pk)
    rows.update(at=at - before, last_at=at)


def add_bans(actor: Actor, resellers: Sequence[Reseller]) -> None:
    """Ban one address for each reseller, and let one in again."""
    for reseller, address in zip(resellers, SCANNERS, strict=False):
        _ban(actor, address, Ban.Reason.ACCOUNTS, {reseller.pk: 42})
    held = _ban(
        actor, STRANGER, Ban.Reason.PASSWORDS, {one.pk: 15 for one in resellers}
    )
    if held is not None:
        bans.lift(actor, held)


def _ban(
    actor: Actor, address: str, reason: str, targets: dict[int, int]
) -> Ban | None:
    tries = sum(targets.values())
    return bans.ban(actor, address, reason=reason, attempts=tries, targets=targets)
