"""Recordings are kept as long as their customer's rules say, then deleted for good."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.pbx import recording_files
from pbx_console.pbx.models.recordings import Recording, rules_of
from pbx_console.pbx.services.quotas import look_again_at


def expire(now: dt.datetime | None = None) -> int:
    """Delete what is older than its customer's days; return how many."""
    now = now or timezone.now()
    with as_everyone("retention of recordings"):
        owners = Recording.objects.order_by().values("customer").distinct()
        rows = Customer.objects.select_related("reseller").filter(pk__in=owners)
        return sum(_expire(customer, now) for customer in rows)


def _expire(customer: Customer, now: dt.datetime) -> int:
    """Delete one customer's, one line in the log for all of them."""
    before = now - dt.timedelta(days=rules_of(customer).keep_days)
    with transaction.atomic():
        rows = Recording.objects.filter(customer=customer, started_at__lt=before)
        keys = list(rows.select_for_update().values_list("key", flat=True))
        if not keys:
            return 0
        Recording.objects.filter(customer=customer, key__in=keys).delete()
        after = {"recordings": len(keys), "older_than": before.isoformat()}
        audit.record(
            SYSTEM, "recording.expired", customer, key=customer.code, after=after
        )
    for key in keys:
        recording_files.path_of(customer.code, key).unlink(missing_ok=True)
    look_again_at(customer)
    return len(keys)
