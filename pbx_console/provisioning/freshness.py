"""Whether a phone has the file that it would get now.

Digests are compared: of the file at the phone's last fetch, and of the file as it would be
written now. So it makes no difference what changed and who forgot to say so. What may
have changed is found in the log, and all else by going through all phones, slowly.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.provisioning.configs import config_of, layers_of
from pbx_console.provisioning.models import Phone
from pbx_console.provisioning.models.phones import digest_of
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.files import Unfit, render
from pbx_console.provisioning.render.layers import Refused
from pbx_console.provisioning.render.values import BadValue

MOST: Final = 200  # files written in one go
OVERLAP: Final = dt.timedelta(seconds=60)  # a commit may come later than its entries
FIRST_LOOK: Final = dt.timedelta(minutes=10)
KEPT: Final = 900  # seconds
# What never stands in a phone's file: people, mails, money.
ELSEWHERE: Final = frozenset({"user", "membership", "pricelist", "usageexport"})
# Of what is a reseller's own only this does.
OF_RESELLERS: Final = frozenset(
    {"brand", "branddomain", "brandversion", "phonesettings", "reseller"}
)


def digest_now(phone: Phone) -> str:
    """Return the digest of the phone's file as it is now; "" if it has none."""
    if phone.model not in MODELS or not phone.lines.exists():
        return ""
    try:
        text = render(MODELS[phone.model], config_of(phone), layers_of(phone))
    except (BadValue, Unfit, Refused):
        return ""
    return digest_of(text)


def is_behind(phone: Phone) -> bool:
    """Say whether the phone's last file differs from what it would get now."""
    if phone.fetched_at is None:
        return False
    if not phone.file_digest:  # fetched before digests were kept
        return phone.changed_at > phone.fetched_at
    return phone.file_digest != digest_now(phone)


def look(phone: Phone, text: str | None = None) -> None:
    """Remember what the phone's file is now."""
    phone.wanted_digest = digest_now(phone) if text is None else digest_of(text)
    Phone.objects.filter(pk=phone.pk).update(wanted_digest=phone.wanted_digest)


def mark_from_log() -> int:
    """Have the phones looked at whose customer or reseller changed anything; return how
    many. What was seen before is remembered; if that is lost, it is only seen again."""
    now = timezone.now()
    since, seen = cache.get("phones-log") or (now - FIRST_LOOK, frozenset())
    with as_everyone("what changed"):
        rows = AuditEntry.objects.filter(at__gte=since - OVERLAP).order_by("pk")
        entries = list(rows.values_list("pk", "customer", "reseller", "object_type"))
        found = Q(pk=None)
        for pk, customer, reseller, kind in entries:
            if pk in seen or kind in ELSEWHERE:
                continue
            if customer is not None:
                found |= Q(customer=customer)
            elif kind in OF_RESELLERS:
                found |= Q(customer__reseller=reseller)
        marked = _mark(found)
    cache.set("phones-log", (now, frozenset(pk for pk, *_rest in entries)), KEPT)
    return marked


def mark_some() -> int:
    """Have the next few of all phones looked at; all of them within a day or so."""
    with as_everyone("all phones in turn"):
        after = cache.get("phones-turn") or 0
        rows = Phone.objects.filter(pk__gt=after).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[:MOST])
        cache.set("phones-turn", keys[-1] if len(keys) == MOST else 0, None)
        return _mark(Q(pk__in=keys))


def _mark(found: Q) -> int:
    rows = Phone.objects.filter(found, fetched_at__isnull=False)
    keys = list(rows.exclude(wanted_digest="").values_list("pk", flat=True))
    return Phone.objects.filter(pk__in=keys).update(wanted_digest="")


def look_at_marked() -> int:
    """Write the files of the phones that are marked, unseen; return how many."""
    with as_everyone("files of phones"):
        rows = Phone.objects.filter(wanted_digest="", fetched_at__isnull=False)
        rows = rows.exclude(file_digest="").select_related("customer__reseller")
        phones = list(rows.order_by("pk")[:MOST])
        for phone in phones:
            look(phone)
            if not phone.wanted_digest:  # it has none: nothing to fetch
                Phone.objects.filter(pk=phone.pk).update(
                    wanted_digest=phone.file_digest
                )
    return len(phones)
