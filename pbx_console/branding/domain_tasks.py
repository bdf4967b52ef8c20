"""Looking at names that wait for their proof. May run late, twice or never."""

from __future__ import annotations

from celery import shared_task

from pbx_console.branding.services import domain_checks


@shared_task
def check_domains() -> int:
    """Look at all names that are due."""
    return domain_checks.check_due()
