"""The way out: SMTP as the settings say, without naming this machine."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email.utils import parseaddr
from functools import partial
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend


class NotSetUp(RuntimeError):
    """No mail server is named in the settings."""


class SmtpBackend(EmailBackend):
    """Django's, except that EHLO says the sender's domain: a relay copies it into
    `Received`, where Django would have put the name of this machine."""

    helo = "localhost"

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send; raises NotSetUp without a server."""
        if not self.host:
            raise NotSetUp
        if email_messages:
            sender = parseaddr(email_messages[0].from_email)[1]
            self.helo = sender.rpartition("@")[2]
        return super().send_messages(email_messages) or 0

    @property
    def connection_class(self) -> Any:
        """Return the class of the connection with our greeting in it."""
        kind = smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP
        return partial(_connect, kind, self.helo)


def _connect(kind: Any, helo: str, *args: Any, **kwargs: Any) -> Any:
    return kind(*args, **(kwargs | {"local_hostname": helo}))
