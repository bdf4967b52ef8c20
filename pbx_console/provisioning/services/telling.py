"""Asking phones by themselves to fetch, where their file changed since they did.

Nobody has to press anything. Several saves in a row are one question, a phone is asked
once about a file and once in a minute at most, and a bulk change is spread: `MOST` phones
in each run.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.provisioning import freshness, timeline
from pbx_console.provisioning.models import Phone, Registration
from pbx_console.provisioning.services.notify import action_for, event_of
from pbx_console.provisioning.states import accounts_of

logger = logging.getLogger(__name__)
MOST: Final = 20
LOOKED_AT: Final = 400
PAUSE: Final = dt.timedelta(minutes=1)


def run() -> int:
    """Look at what changed and ask the phones that are behind; return how many."""
    freshness.mark_from_log()
    freshness.look_at_marked()
    try:
        with as_everyone("phones that are behind"):
            return _ask_some()
    except AmiError as error:
        logger.info("phones not asked: %s", error)
        return 0


def due(now: dt.datetime) -> QuerySet[Phone]:
    """Return the phones that should be asked, the longest waiting first."""
    rows = Phone.objects.filter(
        Q(told_at=None) | Q(told_at__lte=now - PAUSE),
        fetched_at__isnull=False,
        customer__is_active=True,
    )
    rows = rows.exclude(file_digest="").exclude(wanted_digest="")
    rows = rows.exclude(wanted_digest=F("file_digest"))
    rows = rows.exclude(told_digest=F("wanted_digest"))
    return rows.order_by(F("told_at").asc(nulls_first=True), "pk")


@transaction.atomic
def _ask_some() -> int:
    now = timezone.now()
    rows = due(now).select_for_update(of=("self",), skip_locked=True)
    phones = list(rows.select_related("customer__reseller")[:LOOKED_AT])
    where = _registered(phones)
    here = [phone for phone in phones if phone.pk in where][:MOST]
    away = [phone.pk for phone in phones if phone.pk not in where]
    Phone.objects.filter(pk__in=away).update(told_at=now)  # looked at again later
    if not here:
        return 0
    answers = ask_all([action_for(where[one.pk], event_of(one, 0)) for one in here])
    for phone, answer in zip(here, answers, strict=True):
        phone.told_at = now
        if answer.get("Response") != "Error":
            phone.told_digest = phone.wanted_digest
            timeline.note("asked", phone=phone)
    Phone.objects.bulk_update(here, ["told_at", "told_digest"])
    return len(here)


def _registered(phones: Sequence[Phone]) -> dict[int, str]:
    """Return phone id -> its first account that is registered now."""
    accounts = accounts_of(phones)
    wanted = [key for keys in accounts.values() for key in keys]
    rows = Registration.objects.filter(endpoint__in=wanted, lost_at=None)
    here = set(rows.values_list("endpoint", flat=True))
    found = {pk: [key for key in keys if key in here] for pk, keys in accounts.items()}
    return {pk: keys[0] for pk, keys in found.items() if keys}
