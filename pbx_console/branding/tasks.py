"""Hints to look at the table of mails. May run twice, late or never: beat sweeps."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import transaction

from pbx_console.branding.mail import forgetting, outbox

logger = logging.getLogger(__name__)


@shared_task
def send_mail(mail_id: int) -> int:
    """Send one mail that was just queued."""
    return outbox.run(mail_id)


@shared_task
def send_mails() -> int:
    """Send everything that is due."""
    return outbox.run()


@shared_task
def forget_mails() -> int:
    """Delete the rows of mails that left or were given up long ago."""
    return forgetting.forget_old()


def hint(mail_id: int) -> None:
    """Ask a worker to send after the commit; a broker that is away is no error."""
    transaction.on_commit(lambda: _ask(mail_id))


def _ask(mail_id: int) -> None:
    try:
        send_mail.delay(mail_id)
    except Exception as error:  # noqa: BLE001 - the row in the table is the request
        logger.warning("hint for mail %s not sent: %s", mail_id, error)
