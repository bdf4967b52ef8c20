"""What happens after an answer: mails to those who forgot, clearing what has ended."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import transaction

from pbx_console.accounts.services.password_reset import make_reset
from pbx_console.accounts.services.people_import import send_waiting
from pbx_console.accounts.services.sessions import clear_old

logger = logging.getLogger(__name__)


@shared_task
def send_waiting_invitations() -> int:
    """Write the mails of people that were imported."""
    return send_waiting()


def hint_waiting() -> None:
    """Ask a worker after the commit; a broker that is away is no error: beat sweeps."""
    transaction.on_commit(_send_hint)


def _send_hint() -> None:
    try:
        send_waiting_invitations.delay()
    except Exception as error:  # noqa: BLE001 - the rows in the table are the request
        logger.warning("hint for waiting invitations not sent: %s", error)


@shared_task
def send_reset(realm_id: int | None, email: str, language: str) -> None:
    """Send the way back in, if there is somebody of this address."""
    make_reset(realm_id, email, language)


@shared_task
def clear_old_sessions() -> int:
    """Delete sessions and tokens that have ended."""
    return clear_old()
