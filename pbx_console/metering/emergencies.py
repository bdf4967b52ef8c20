"""Calls for help are told after the fact: one row, one line in the log, one mail.

Found in the journal, so that nothing on the call itself waits for it, and found whether
anybody answered or not. Restartable: a call is known by its linked id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.pbx import notices
from pbx_console.pbx.models import EmergencyCall, Extension

BACK: Final = 100_000
"""How many records a new follower looks back for calls that were not told."""

_NEWEST = "SELECT coalesce(max(id), 0) FROM metering_channelevent"
_FOUND = """
SELECT linkedid, max(tenantid), max(accountcode), split_part(max(userfield), '|', 4),
       min(event_time), bool_or(event_type = 'ANSWER')
  FROM metering_channelevent
 WHERE id > %s AND id <= %s AND bad = '' AND event_type IN ('ANSWER', 'HANGUP')
   AND userfield LIKE 'v1|emergency|%%'
 GROUP BY linkedid
"""


@dataclass(slots=True)
class EmergencyFollower:
    """Remembers up to which record it has looked."""

    seen: int = -1

    def step(self) -> int:
        """Tell of every call that is new; return how many."""
        with as_everyone("emergency calls of the journal"):
            newest = self._newest()
            if self.seen < 0:
                self.seen = max(0, newest - BACK)
            if newest == self.seen:
                return 0
            rows = self._rows(newest)
            done = sum(_told(row) for row in rows)
            self.seen = newest
        return done

    def _newest(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_NEWEST)
            return int(cursor.fetchone()[0])

    def _rows(self, newest: int) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(_FOUND, [self.seen, newest])
            return list(cursor.fetchall())


def _told(row: tuple[Any, ...]) -> bool:
    linkedid, code, number, dialled, at, answered = row
    customer = Customer.objects.filter(code=code).select_related("reseller").first()
    if customer is None:
        return False
    with transaction.atomic():
        call, new = EmergencyCall.objects.get_or_create(
            linkedid=linkedid[:150],
            defaults={
                "customer": customer,
                "extension_number": number[:20],
                "dialled": dialled[:10],
                "site": _place(customer, number)[:300],
                "at": at,
                "answered": answered,
            },
        )
        if answered and not call.answered:
            EmergencyCall.objects.filter(pk=call.pk).update(answered=True)
        if new:
            _tell(call)
    return new


def _place(customer: Customer, number: str) -> str:
    rows = Extension.objects.filter(customer=customer, number=number)
    found = rows.select_related("site").first()
    return found.site.address if found and found.site else ""


def _tell(call: EmergencyCall) -> None:
    after = {"dialled": call.dialled, "extension_number": call.extension_number}
    after |= {"site": call.site} if call.site else {}
    audit.record(
        SYSTEM,
        "emergencycall.made",
        call,
        key=str(call.pk),
        customer=call.customer,
        after=after,
    )
    notices.to_customer(
        call.customer,
        "emergency_call",
        {
            "owner": call.customer.name,
            "extension": call.extension_number,
            "dialled": call.dialled,
            "site": call.site,
            "happened_at": call.at,
            "path": f"/customers/{call.customer.code}/",
        },
    )
