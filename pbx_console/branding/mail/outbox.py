"""Sending what waits in the table, any number of workers at once.

A row is held by its lock while it is sent, so it goes to one worker only. A worker that
dies after the server took the mail and before the commit sends it twice: better than
never. Retries come later and later, and end after a day.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import smtplib
from typing import Any

from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from pbx_console.accounts import mailer
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.mail.kinds import KINDS
from pbx_console.branding.mail.message import message
from pbx_console.branding.mail.render import Rendered, render
from pbx_console.branding.mail.transport import NotSetUp
from pbx_console.branding.models import OutgoingMail

logger = logging.getLogger(__name__)
FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=2)
GIVE_UP = dt.timedelta(days=1)

# What a reseller reads. The mail server's own words may name the server: they are logged.
NO_SERVER = gettext_noop("No mail server is set up.")
NO_DOMAIN = gettext_noop("This brand has no proven domain that a link could lead to.")
REFUSED = gettext_noop("The recipient’s mail server refused the address.")
SENDER_REFUSED = gettext_noop("The mail server refused the sender address.")
NOT_REACHED = gettext_noop("The mail server did not take the mail.")
NOT_MADE = gettext_noop("The mail could not be written.")


def run(mail_id: int | None = None) -> int:
    """Send one mail, or all that are due; return how many left."""
    done = 0
    with as_everyone("outgoing mails"):
        while (sent := _claim_and_send(mail_id)) is not None:
            done += sent
            if mail_id:
                break
    return done


def _claim_and_send(mail_id: int | None) -> int | None:
    """Send the mail that waits longest; None when nothing is due."""
    with transaction.atomic():
        rows = OutgoingMail.objects.select_for_update(skip_locked=True, of=("self",))
        due = rows.filter(next_try_at__lte=timezone.now()).order_by("next_try_at", "pk")
        mail = (due.filter(pk=mail_id) if mail_id else due).first()
        if mail is None:
            return None
        _send(mail)
        mail.save()
        return 1 if mail.sent_at else 0


def _send(mail: OutgoingMail) -> None:
    """Try once, and write down on the row what came of it."""
    mail.attempts += 1
    try:
        context = json.loads(mail.payload or "{}")
        rendered = _rendered(mail, context)
        packed = message(
            rendered, to=mail.to, name=mail.name, attached=context.get("attachment")
        )
        get_connection().send_messages([packed])
    except Exception as error:  # noqa: BLE001 - one bad mail must not hold up the others
        logger.warning("mail %s (%s): %r", mail.pk, mail.kind, error)
        _failed(mail, error)
    else:
        mail.subject, mail.sent_at, mail.failure = rendered.subject, timezone.now(), ""
        mail.next_try_at, mail.payload = None, ""
        transaction.on_commit(lambda: _tell_left(mail.kind, context))


def _tell_left(kind: str, context: dict[str, Any]) -> None:
    try:
        mailer.left(kind, context)
    except Exception:
        logger.exception("after a mail of kind %s", kind)


def _rendered(mail: OutgoingMail, context: dict[str, Any]) -> Rendered:
    return render(mail.brand, KINDS[mail.kind], mail.language, context, mail.name)


def _failed(mail: OutgoingMail, error: Exception) -> None:
    mail.failure, final = reason(error)
    late = timezone.now() - mail.created_at > GIVE_UP
    if final or late:
        mail.next_try_at, mail.payload = None, ""
        return
    wait = min(FIRST_WAIT * 4 ** min(mail.attempts - 1, 8), LONGEST_WAIT)
    mail.next_try_at = timezone.now() + wait


def reason(error: Exception) -> tuple[str, bool]:
    """Return what the reseller reads, and whether trying again is useless."""
    if isinstance(error, NotSetUp):
        return NO_SERVER, False
    if isinstance(error, LookupError) and not isinstance(error, KeyError):
        return NO_DOMAIN, False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return REFUSED, all(code >= 500 for code in codes)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return SENDER_REFUSED, error.smtp_code >= 500
    if isinstance(error, OSError) or type(error).__module__.startswith("anymail"):
        return NOT_REACHED, False  # smtplib's errors are OSErrors
    return NOT_MADE, False
