"""What happened to phones and accounts: writing it down, and reading it as sentences.

`note` may be called from anywhere (it opens its own scope) and folds what repeats: the
same thing within `FOLD` is one row with a count, and an account that comes and goes
becomes one row *flapping*. What strangers sent is cut and cleaned here.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.provisioning.models import Phone, PhoneEvent, PhoneLine
from pbx_console.provisioning.timeline_words import words_of

FOLD = dt.timedelta(minutes=10)
COMES_AND_GOES = ("registered", "lost")
KEPT, HEARD_KEPT = dt.timedelta(days=90), dt.timedelta(days=30)
FLAPS = 3  # comings and goings within FOLD that become one line
KINDS_OF_ONE = 20  # reasons that one address may have in turn
LONGEST = 200
SAME = ("reason", "what")  # details that make two events two
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def clean(value: Any, longest: int = LONGEST) -> Any:
    """Return a stranger's text without control characters, cut; numbers as they are."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return _CONTROL.sub(" ", str(value))[:longest].strip()


def note(
    kind: str,
    *,
    reseller: Reseller | None = None,
    customer: Customer | None = None,
    phone: Phone | None = None,
    endpoint: str = "",
    address: str | None = None,
    times: int = 1,
    **detail: Any,
) -> PhoneEvent:
    """Write one thing down, or add it to the row that it repeats.

    `times`: how often it happened since it was last told.
    """
    with as_everyone("timeline"), transaction.atomic():
        phone = phone or _phone_of(endpoint)
        customer = customer or (phone.customer if phone else _customer_of(endpoint))
        reseller = reseller or (customer.reseller if customer else None)
        row = PhoneEvent(
            reseller=reseller,
            customer=customer,
            phone=phone,
            endpoint=clean(endpoint, 60),
            kind=kind,
            count=times,
            address=_address(address),
            detail={key: clean(value) for key, value in detail.items()},
        )
        return _folded(row)


def _address(text: str | None) -> str | None:
    try:
        return str(ipaddress.ip_address(text)) if text else None
    except ValueError:
        return None


def _customer_of(endpoint: str) -> Customer | None:
    code = endpoint.partition("-")[0]
    rows = Customer.objects.select_related("reseller")
    return rows.filter(code=code).first() if code else None


def _phone_of(endpoint: str) -> Phone | None:
    code, _dash, rest = endpoint.partition("-")
    number, _dash, slot = rest.partition("-")
    if not number or (slot and not slot.isascii()) or (slot and not slot.isdigit()):
        return None
    lines = PhoneLine.objects.filter(
        extension__customer__code=code, extension__number=number
    ).select_related("phone__customer__reseller")
    lines = lines.filter(device__slot=int(slot)) if slot else lines.filter(device=None)
    line = lines.first()
    return line.phone if line else None


def _folded(row: PhoneEvent) -> PhoneEvent:
    if row.kind == "heard":  # each call is one
        row.save()
        return row
    if row.kind in COMES_AND_GOES and (flapping := _flapping(row)):
        return flapping
    if row.kind not in COMES_AND_GOES:
        recent = _recent(row, [row.kind]).filter(address=row.address)[:KINDS_OF_ONE]
        same = next((one for one in recent if _alike(one, row)), None)
        if same is not None:
            return _again(same, row, row.count)
    row.save()
    return row


def _alike(one: PhoneEvent, other: PhoneEvent) -> bool:
    return all(one.detail.get(name) == other.detail.get(name) for name in SAME)


def _again(same: PhoneEvent, row: PhoneEvent, more: int = 1) -> PhoneEvent:
    same.count += more
    same.last_at = row.last_at
    same.detail = {**same.detail, **row.detail}
    same.save(update_fields=["count", "last_at", "detail"])
    return same


def _recent(row: PhoneEvent, kinds: list[str]) -> Any:
    rows = PhoneEvent.objects.select_for_update().filter(
        customer=row.customer,
        reseller=row.reseller,
        phone=row.phone,
        endpoint=row.endpoint,
        kind__in=kinds,
        last_at__gte=row.last_at - FOLD,
    )
    return rows.order_by("-last_at", "-pk")


def _flapping(row: PhoneEvent) -> PhoneEvent | None:
    """Return the one line of an account that comes and goes, or nothing."""
    now = {"now": row.kind, **row.detail}
    standing = _recent(row, ["flapping"]).first()
    if standing is not None:
        row.detail = now
        return _again(standing, row)
    earlier = list(_recent(row, list(COMES_AND_GOES)))
    if len(earlier) < FLAPS:
        return None
    PhoneEvent.objects.filter(pk__in=[one.pk for one in earlier]).delete()
    row.kind, row.count, row.detail = "flapping", len(earlier) + 1, now
    row.at = earlier[-1].at
    row.save()
    return row


def forget_old() -> int:
    """Delete what is old; return how many rows."""
    with as_everyone("old events of phones"):
        now = timezone.now()
        old = Q(last_at__lt=now - KEPT)
        old |= Q(kind="heard", last_at__lt=now - HEARD_KEPT)
        deleted, _kinds = PhoneEvent.objects.filter(old).delete()
    return deleted


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline, in the reader's language.

    `tone` is a state of the design (`live`, `pending`, `failed` or nothing), `by` who did
    it, `entry` the change behind it, if it is one.
    """

    at: dt.datetime
    kind: str
    words: str
    tone: str = ""
    detail: str = ""
    by: str = ""
    address: str = ""
    account: str = ""
    count: int = 1
    since: dt.datetime | None = None
    entry: AuditEntry | None = None


def timeline_of(
    *, phone: Phone | None = None, endpoint: str = "", limit: int = 50
) -> list[Line]:
    """Return what happened to a phone or an account, newest first: seen and changed.

    Changes come from the audit log when they are read, so there is one copy of them.
    """
    seen = [_line(row) for row in _events(phone, endpoint)[:limit]]
    changed = [_changed(entry) for entry in _entries(phone, endpoint)[:limit]]
    return sorted([*seen, *changed], key=lambda line: line.at, reverse=True)[:limit]


def _events(phone: Phone | None, endpoint: str) -> Any:
    rows = PhoneEvent.objects.all()
    if phone is not None:
        return rows.filter(phone=phone)
    code = endpoint.partition("-")[0]
    own = Q(endpoint=endpoint) | Q(endpoint__startswith=f"{endpoint}-")
    return rows.filter(own, customer__code=code)


def _entries(phone: Phone | None, endpoint: str) -> Any:
    rows = AuditEntry.objects.all()
    if phone is not None:
        about = Q(object_type="phone", object_key=str(phone.pk))
        return rows.filter(about)
    return rows.filter(object_type__in=("extension", "device"), object_key=endpoint)


def _line(row: PhoneEvent) -> Line:
    said = words_of(row.kind, row.detail)
    return Line(
        at=row.last_at,
        kind=row.kind,
        words=said.text,
        tone=said.tone,
        detail=said.detail,
        by=str(row.detail.get("by", "")),
        address=row.address or "",
        account=row.endpoint,
        count=row.count,
        since=row.at if row.count > 1 else None,
    )


def _changed(entry: AuditEntry) -> Line:
    return Line(
        at=entry.at,
        kind="changed",
        words="",
        by=entry.actor_name,
        address=entry.address or "",
        entry=entry,
    )
