"""Lamps for boxes of others: told by us, because Asterisk learns of them late.

Asterisk reads which boxes a phone follows when the phone registers, so a choice made at
the console would wait for that. Until then, and beside it, the phones of whoever follows a
box are told here (NOTIFY of RFC 3842), from the messages that the sweep knows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db.models import Count, Q

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.voicemail_boxes import VoicemailBox, VoicemailMessage

logger = logging.getLogger(__name__)


def tell(extensions: Iterable[Extension]) -> None:
    """Tell the phones of these extensions how many messages wait for them."""
    with as_everyone("lamps"):
        actions = [action for extension in extensions for action in _actions(extension)]
    if not actions:
        return
    try:
        answers = ask_all(actions)
        failed = [a["Message"] for a in answers if a.get("Response") == "Error"]
        if failed:
            logger.info("lamps not told: %s", failed[0])
    except AmiError as error:  # the next registration tells it
        logger.warning("lamps not told: %s", error)


def followers(box: VoicemailBox) -> list[Extension]:
    """Return the extensions whose lamps follow a box that is not their own."""
    return list(box.watchers.select_related("customer"))


def _actions(extension: Extension) -> list[dict[str, str]]:
    new, old = _waiting(extension)
    told = {
        "Event": "message-summary",
        "Content-Type": "application/simple-message-summary",
    }
    lines = [
        f"Messages-Waiting: {'yes' if new else 'no'}",
        f"Voice-Message: {new}/{old} (0/0)",
    ]
    parts = [f"{name}={value}" for name, value in told.items()]
    parts += [f"Content={line}" for line in lines]
    accounts = [extension.endpoint_id]
    accounts += [device.endpoint_id for device in extension.devices.all()]
    return [
        {"Action": "PJSIPNotify", "Endpoint": account, "Variable": ",".join(parts)}
        for account in accounts
    ]


def _waiting(extension: Extension) -> tuple[int, int]:
    """Return new and old messages in all boxes that an extension's lamp follows."""
    followed = Q(box__extension=extension) | Q(box__watchers=extension)
    rows = VoicemailMessage.objects.filter(followed)
    found = rows.aggregate(
        new=Count("pk", filter=Q(is_new=True), distinct=True),
        old=Count("pk", filter=Q(is_new=False), distinct=True),
    )
    return found["new"], found["old"]
