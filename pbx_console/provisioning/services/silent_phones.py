"""A mail each morning about phones that went silent, once per phone until it is back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.services.porting_reminders import staff
from pbx_console.provisioning import timeline
from pbx_console.provisioning.models import Phone
from pbx_console.provisioning.states import states_of

HOUR = 7  # of the reseller's own clock
SILENT_FOR = dt.timedelta(hours=2)
MOST = 50  # named in one mail


def tell(now: dt.datetime | None = None) -> int:
    """Write the mails of the resellers whose morning it is; return how many phones.

    Runs each hour and may run twice: what was told is marked in the same transaction.
    """
    now = now or timezone.now()
    with as_everyone("phones that went silent"):
        resellers = Reseller.objects.filter(is_active=True).select_related("brand")
        due = [one for one in resellers if _is_morning(one, now)]
        return sum(_of_reseller(one, now) for one in due)


def _is_morning(reseller: Reseller, now: dt.datetime) -> bool:
    return now.astimezone(ZoneInfo(reseller.timezone)).hour == HOUR


@transaction.atomic
def _of_reseller(reseller: Reseller, now: dt.datetime) -> int:
    rows = Phone.objects.filter(customer__reseller=reseller, customer__is_active=True)
    phones = list(
        rows.select_related("customer").select_for_update(of=("self",), no_key=True)
    )
    states = states_of(phones)
    back = [p.pk for p in phones if states[p.pk].word == "registered"]
    rows.filter(pk__in=back).exclude(silent_told_at=None).update(silent_told_at=None)
    silent = [
        phone
        for phone in phones
        if phone.silent_told_at is None
        and states[phone.pk].word == "lost"
        and (states[phone.pk].since or now) <= now - SILENT_FOR
    ]
    if silent and getattr(reseller, "brand", None) is not None:
        _mail(reseller, silent)
        rows.filter(pk__in=[p.pk for p in silent]).update(silent_told_at=now)
        for phone in silent:
            timeline.note("silent", phone=phone)
        return len(silent)
    return 0


def _mail(reseller: Reseller, silent: Sequence[Phone]) -> None:
    context = {
        "count": len(silent),
        "phones": _by_customer(silent[:MOST]),
        "more": max(len(silent) - MOST, 0),
        "path": "/phones/?state=lost",
    }
    for person in staff(reseller):
        mail(
            reseller,
            "phones_silent",
            to=person.email,
            name=person.name,
            language=person.language,
            context=context,
        )


def _by_customer(silent: Sequence[Phone]) -> list[str]:
    """Return one line per customer: its name and its phones."""
    found: dict[str, list[str]] = defaultdict(list)
    for phone in silent:
        found[phone.customer.name].append(str(phone))
    return [f"{name}: {', '.join(sorted(named))}" for name, named in found.items()]
