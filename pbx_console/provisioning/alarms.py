"""What a refusal was: a stranger at a phone's address, or a phone that nobody knows.

Runs in a worker, after the answer. Both are bounded: strangers can fill neither the
list of unknown phones nor anybody's mailbox.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from limits import parse

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import limiter
from pbx_console.pbx import notices
from pbx_console.provisioning import timeline
from pbx_console.provisioning.models import Phone, UnknownPhone
from pbx_console.provisioning.refusals import QUIET, Reason
from pbx_console.provisioning.render import fetch
from pbx_console.provisioning.render.catalogue import FAMILIES

MAIL_PAUSE: Final = dt.timedelta(hours=1)
KEPT: Final = dt.timedelta(days=30)
MOST_OF_RESELLER: Final = 500
MOST_OF_ADDRESS: Final = 40
STRANGE: Final = parse("20 per hour")  # of one address; then it is a scan
SCAN_MAILS: Final = parse("1 per hour")  # of one reseller


def look(
    reseller_id: int,
    reason: str,
    *,
    address: str,
    agent: str,
    macs: Sequence[str],
    families: Sequence[str],
    phone_id: int | None,
) -> None:
    """Write a refusal down, and warn whom it concerns."""
    with as_everyone("a refused fetch"):
        reseller = Reseller.objects.filter(pk=reseller_id).first()
        if reseller is None:
            return
        phone = _phone(reseller, macs, phone_id)
        if phone is not None:
            _about(phone, Reason(reason), address, agent)
        elif reason == Reason.NO_SECRET and macs:
            _called_in(reseller, macs[0], address, agent, families)
        else:
            _strange(reseller, reason, address)


def _phone(
    reseller: Reseller, macs: Sequence[str], phone_id: int | None
) -> Phone | None:
    found = Q(pk=phone_id) if phone_id else Q(mac__in=macs)
    rows = Phone.objects.filter(found, customer__reseller=reseller)
    return rows.select_related("customer__reseller").first()


def _about(phone: Phone, reason: Reason, address: str, agent: str) -> None:
    """Write it into the phone's timeline; warn its reseller, once in an hour."""
    timeline.note(
        "fetch_refused",
        phone=phone,
        address=address,
        reason=reason.value,
        agent=agent,
    )
    if reason not in QUIET:
        _warn(phone, reason, address)


@transaction.atomic
def _warn(phone: Phone, reason: Reason, address: str) -> None:
    now = timezone.now()
    due = Q(alarmed_at=None) | Q(alarmed_at__lte=now - MAIL_PAUSE)
    if Phone.objects.filter(due, pk=phone.pk).update(alarmed_at=now):
        notices.to_owners(
            phone.customer.reseller,
            "phone_alarm",
            {
                "owner": phone.customer.name,
                "phone": str(phone),
                "reason": reason.value,
                "address": address,
                "happened_at": now,
                "path": f"/customers/{phone.customer.code}/phones/{phone.mac}/",
            },
        )


@transaction.atomic
def _called_in(
    reseller: Reseller,
    mac: str,
    address: str,
    agent: str,
    families: Sequence[str],
) -> None:
    """Keep a phone that nobody knows, or note that it called again."""
    known = UnknownPhone.objects.filter(reseller=reseller, mac=mac)
    said = _said(agent, families)
    again = {"last_at": timezone.now(), "address": address, "times": F("times") + 1}
    if known.update(**again, **{key: text for key, text in said.items() if text}):
        return
    if _is_full(reseller, address):
        _strange(reseller, Reason.NO_SECRET, address)
        return
    UnknownPhone.objects.bulk_create(
        [UnknownPhone(reseller=reseller, mac=mac, address=address, **said)],
        ignore_conflicts=True,
    )


def _said(agent: str, families: Sequence[str]) -> dict[str, str]:
    """Return what a phone says that it is; a file name may tell the maker as well."""
    seen = fetch.seen(agent)
    if seen is not None:
        return {
            "vendor": seen.vendor[:40],
            "model": seen.model,
            "firmware": seen.firmware[:60],
        }
    vendors = {FAMILIES[slug].vendor for slug in families if slug in FAMILIES}
    only = vendors.pop() if len(vendors) == 1 else ""
    return {"vendor": only[:40], "model": "", "firmware": ""}


def _is_full(reseller: Reseller, address: str) -> bool:
    """Say whether this address has named enough phones; make room for others."""
    rows = UnknownPhone.objects.filter(reseller=reseller)
    if rows.filter(address=address).count() >= MOST_OF_ADDRESS:
        return True
    rows.filter(last_at__lt=timezone.now() - KEPT).delete()
    if rows.count() >= MOST_OF_RESELLER:
        oldest = rows.order_by("last_at").values_list("pk", flat=True)[:20]
        rows.filter(pk__in=list(oldest)).delete()
    return False


def _strange(reseller: Reseller, reason: str, address: str) -> None:
    """Write down what meant no phone of ours; too much of it is a scan."""
    if limiter.allowed(STRANGE, "phone-strange", str(reseller.pk), address):
        if reason != Reason.NO_SECRET:
            timeline.note(
                "fetch_refused", reseller=reseller, address=address, reason=reason
            )
        return
    scan = Reason.SCAN.value
    timeline.note("fetch_refused", reseller=reseller, address=address, reason=scan)
    if limiter.allowed(SCAN_MAILS, "phone-scan", str(reseller.pk)):
        told = {"reason": scan, "address": address, "happened_at": timezone.now()}
        context = {"owner": "", "phone": "", "path": "/phones/unknown/", **told}
        with transaction.atomic():
            notices.to_owners(reseller, "phone_alarm", context)
