"""Hints to look at the table of refreshes. May run twice, late or never: beat sweeps."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import transaction

from pbx_console.pbx import (
    callbacks,
    names,
    recording_spool,
    refresh,
    sounds,
    voicemail_mail,
    voicemail_spool,
    watch,
)

logger = logging.getLogger(__name__)


@shared_task
def refresh_endpoint(endpoint_id: str) -> int:
    """Make Asterisk see one endpoint's present state."""
    return refresh.run(endpoint_id)


@shared_task
def refresh_pending() -> int:
    """Make Asterisk see everything that still waits."""
    return refresh.run()


@shared_task
def sweep_voicemail() -> int:
    """Note new messages and closed boxes, and tell whoever wants to know."""
    voicemail_mail.tell_locks()
    return voicemail_spool.sweep()


@shared_task
def sweep_recordings() -> int:
    """Keep recordings that have ended."""
    return recording_spool.sweep()


@shared_task
def mend_sounds() -> int:
    """Write what Asterisk should play and does not have."""
    return sounds.mend()


@shared_task
def watch_carriers() -> int:
    """Look whether the carriers whose turn it is answer."""
    return watch.look()


@shared_task
def follow_names() -> int:
    """Ask again where the host names of carriers lead."""
    return names.look_again()


@shared_task
def call_back() -> int:
    """Put callers who asked to be called back into their queues."""
    return callbacks.run()


def hint(endpoint_id: str) -> None:
    """Ask a worker to refresh after the commit; a broker that is away is no error."""
    transaction.on_commit(lambda: _send(endpoint_id))


def _send(endpoint_id: str) -> None:
    try:
        refresh_endpoint.delay(endpoint_id)
    except Exception as error:  # noqa: BLE001 - the row in the table is the request
        logger.warning("hint for %s not sent: %s", endpoint_id, error)
