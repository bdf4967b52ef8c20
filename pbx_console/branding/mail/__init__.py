"""Mails in the brand of a realm.

Rooms below brands come through `accounts.mailer`; what kinds there are, what each needs
and whom it may reach is the table in `mail.kinds`.
"""

from __future__ import annotations

from pbx_console.branding.mail.kinds import KINDS, Audience, Kind
from pbx_console.branding.mail.queue import WrongRecipient, send, send_to_reseller

__all__ = ["KINDS", "Audience", "Kind", "WrongRecipient", "send", "send_to_reseller"]
