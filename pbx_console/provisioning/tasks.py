"""What is looked at by the clock. May run twice, late or never."""

from __future__ import annotations

from celery import shared_task

from pbx_console.provisioning import freshness, timeline
from pbx_console.provisioning.services import setup_links, silent_phones, telling


@shared_task
def tell_silent_phones() -> int:
    """Write the mornings' mails about phones that went silent."""
    return silent_phones.tell()


@shared_task
def forget_old_events() -> int:
    """Delete what happened long ago."""
    return timeline.forget_old()


@shared_task
def remove_unused_links() -> int:
    """Remove the accounts of programs whose link nobody used in time."""
    return setup_links.remove_unused()


@shared_task
def tell_changed_phones() -> int:
    """Ask phones to fetch whose file changed since they did."""
    return telling.run()


@shared_task
def look_at_all_phones() -> int:
    """Have the next few of all phones looked at, whatever changed."""
    return freshness.mark_some()
