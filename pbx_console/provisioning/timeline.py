"""What happened to phones and accounts: writing it down, and reading it as sentences.

`note` may be called from anywhere (it opens its own scope) and folds what repeats: the
same thing within `FOLD` is one row with a count, and an account that comes and goes
becomes one row *flapping*. What strangers sent is cut and cleaned here.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.provisioning.models import Phone, PhoneEvent, PhoneLine

FOLD = dt.timedelta(minutes=10)
COMES_AND_GOES = ("registered", "lost")
FLAPS = 3  # comings and goings within FOLD that become one line
LONGEST = 200
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
    **detail: Any,
) -> PhoneEvent:
    """Write one thing down, or add it to the row that it repeats."""
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
    if row.kind in COMES_AND_GOES and (flapping := _flapping(row)):
        return flapping
    same = _recent(row, [row.kind]).filter(address=row.address).first()
    if row.kind not in COMES_AND_GOES and same is not None and _alike(same, row):
        return _again(same, row)
    row.save()
    return row


def _alike(one: PhoneEvent, other: PhoneEvent) -> bool:
    return bool(one.detail.get("reason") == other.detail.get("reason"))


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


def timeline_of(
    *, phone: Phone | None = None, endpoint: str = "", limit: int = 50
) -> list[Any]:
    """Return what happened, newest first, in the reader's language (thin yet)."""
    rows = PhoneEvent.objects.all()
    rows = rows.filter(phone=phone) if phone else rows.filter(endpoint=endpoint)
    return list(rows[:limit])


def forget_old(days: int = 90) -> int:
    """Delete what is older than that; return how many rows."""
    before = timezone.now() - dt.timedelta(days=days)
    with as_everyone("old events of phones"):
        deleted, _kinds = PhoneEvent.objects.filter(last_at__lt=before).delete()
    return deleted


def words_of(kind: str, detail: Mapping[str, Any]) -> str:
    """Return a sentence (thin yet)."""
    return kind
