"""What is looked at by the clock and not after a save; above the services, unlike tasks."""

from __future__ import annotations

from celery import shared_task

from pbx_console.pbx.services import (
    bans,
    porting_reminders,
    prompt_calls,
    recording_expiry,
)
from pbx_console.pbx.services.holidays import keep_holidays


@shared_task
def keep_public_holidays() -> int:
    """Make the table of public holidays say what the library says."""
    return keep_holidays()


@shared_task
def expire_recordings() -> int:
    """Delete recordings that were kept long enough."""
    return recording_expiry.expire()


@shared_task
def remind_of_portings() -> int:
    """Write the mails about portings that are due or late."""
    return porting_reminders.remind()


@shared_task
def collect_prompts() -> int:
    """Take prompts that were spoken at a phone while no page was open."""
    return prompt_calls.sweep()


@shared_task
def expire_bans() -> int:
    """Let addresses in again whose time is over; mend what refuses the others."""
    return bans.expire()
