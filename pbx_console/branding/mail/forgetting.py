"""Rows of mails are kept for a while, for the page that shows who got one."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import OutgoingMail

KEPT = dt.timedelta(days=90)


def forget_old() -> int:
    """Delete mails that left or were given up, 90 days after they were written.

    What still waits stays, however old. Returns how many were deleted.
    """
    with as_everyone("old mails"):
        old = OutgoingMail.objects.filter(created_at__lt=timezone.now() - KEPT)
        return old.filter(next_try_at=None).delete()[0]
