"""Hints from Celery beat; each looks at the tables and may run twice."""

from __future__ import annotations

from celery import shared_task

from pbx_console.accounts.scope import as_everyone
from pbx_console.metering import exports


@shared_task
def seal_due_exports() -> int:
    """Seal every reseller's day that is over and not sealed yet; return how many."""
    with as_everyone("nightly usage exports"):
        return len(exports.run_due())
