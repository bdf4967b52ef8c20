"""Who came and who went: what Asterisk says now, against what was last written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.calls import Contact
from pbx_console.pbx.models import Device, Extension
from pbx_console.provisioning import timeline
from pbx_console.provisioning.models import Registration

LEFT_EARLY = dt.timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Known:
    """What is written down of an account."""

    address: str = ""
    here: bool = False
    until: float = 0.0
    is_stream: bool = False


def remembered() -> dict[str, Known]:
    """Return what stands in the table, for a listener that begins."""
    with as_everyone("registrations"):
        rows = Registration.objects.values_list("endpoint", "address", "lost_at")
        return {key: Known(address or "", lost is None) for key, address, lost in rows}


def changes(
    known: Mapping[str, Known], now: Mapping[str, Contact]
) -> dict[str, tuple[str, Contact | None]]:
    """Return endpoint -> what happened (`registered`, `moved`, `lost`) and where it is."""
    found: dict[str, tuple[str, Contact | None]] = {}
    for key, contact in now.items():
        before = known.get(key, Known())
        if not before.here:
            found[key] = ("registered", contact)
        elif before.address and contact.address != before.address:
            found[key] = ("moved", contact)
    gone = {key for key, before in known.items() if before.here} - now.keys()
    return found | dict.fromkeys(sorted(gone), ("lost", None))


def write(
    found: Mapping[str, tuple[str, Contact | None]], known: Mapping[str, Known]
) -> None:
    """Write changes down; accounts of nobody (trunks, deleted ones) are passed over."""
    with as_everyone("registrations"):
        codes = {key.partition("-")[0] for key in found}
        rows = Customer.objects.filter(code__in=codes).select_related("reseller")
        owners = {row.code: row for row in rows}
        for key, (kind, contact) in found.items():
            owner = owners.get(key.partition("-")[0])
            if owner is None or (kind == "lost" and not is_account(key)):
                Registration.objects.filter(endpoint=key).delete()
            else:
                _one(key, kind, contact, owner, known.get(key, Known()))


def _one(
    key: str, kind: str, contact: Contact | None, owner: Customer, before: Known
) -> None:
    now = timezone.now()
    if contact is None:
        Registration.objects.filter(endpoint=key).update(lost_at=now, latency_ms=None)
        address = before.address or None
        why = _why_lost(before, now)
        timeline.note(kind, customer=owner, endpoint=key, address=address, reason=why)
        return
    agent = timeline.clean(contact.agent)
    values = {"customer": owner, "address": contact.address or None, "agent": agent}
    new = {**values, "since": now, "lost_at": None}
    Registration.objects.update_or_create(
        endpoint=key, defaults=values if kind == "moved" else new, create_defaults=new
    )
    timeline.note(
        kind, customer=owner, endpoint=key, address=contact.address, agent=agent
    )


def _why_lost(before: Known, now: dt.datetime) -> str:
    """Return the reason; whether a connection ended or the phone went is not told."""
    if before.until - now.timestamp() <= LEFT_EARLY.total_seconds():
        return "expired"
    return "ended" if before.is_stream else "signed_off"


def is_account(endpoint: str) -> bool:
    """Say whether there is an extension, or a phone of one, with this account."""
    code, _dash, rest = endpoint.partition("-")
    number, dash, slot = rest.partition("-")
    found = Extension.objects.filter(customer__code=code, number=number)
    if not dash:
        return found.exists()
    if not (slot.isascii() and slot.isdigit() and len(slot) < 4):
        return False
    return Device.objects.filter(extension__in=found, slot=int(slot)).exists()
