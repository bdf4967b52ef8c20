"""Mails about portings: two days before the day, and once when it has passed."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import Reseller, Role, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Porting

AHEAD = timedelta(days=2)
WAITING = (Porting.State.SENT, Porting.State.CONFIRMED)


def remind(today: date | None = None) -> int:
    """Queue the mails that are due; return how many portings they are about."""
    day = today or timezone.localdate()
    with as_everyone("reminders of portings"):
        rows = Porting.objects.filter(state__in=WAITING)
        keys = list(rows.values_list("pk", flat=True))
        return sum(_remind(key, day) for key in keys)


@transaction.atomic
def _remind(key: int, today: date) -> bool:
    """Look at one order again, held: two workers send one mail."""
    rows = Porting.objects.select_related("customer__reseller")
    porting = rows.select_for_update(of=("self",), no_key=True).get(pk=key)
    day = porting.day
    if day is None or porting.state not in WAITING:
        return False
    if day < today and porting.overdue_told_on != day:
        porting.overdue_told_on = day
        kind = "porting_overdue"
    elif today <= day <= today + AHEAD and porting.reminded_for != day:
        porting.reminded_for = day
        kind = "porting_soon"
    else:
        return False
    porting.save(update_fields=["overdue_told_on", "reminded_for"])
    _tell(porting, kind, day)
    return True


def _tell(porting: Porting, kind: str, day: date) -> None:
    reseller = porting.customer.reseller
    if getattr(reseller, "brand", None) is None:
        return  # nobody can be written to in a name that does not exist yet
    for person in staff(reseller):
        mail(
            reseller,
            kind,
            to=person.email,
            name=person.name,
            language=person.language,
            context={
                "owner": porting.customer.name,
                "numbers": ", ".join(porting.named[:10]),
                "carrier": porting.carrier,
                "day": day.strftime("%d.%m.%Y"),
                "path": f"/portings/{porting.pk}/",
            },
        )


def staff(reseller: Reseller) -> QuerySet[User]:
    """Return the reseller's people who look after portings."""
    return User.objects.filter(
        is_active=True,
        memberships__role__in=(Role.OWNER, Role.TECHNICIAN),
        memberships__reseller=reseller,
        memberships__customer=None,
    ).distinct()
