"""Mails about new messages: written with the message's row, so once and never twice."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from pbx_console.accounts import mailer
from pbx_console.accounts.models import Role, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiError
from pbx_console.pbx.models.voicemail_boxes import VoicemailBox, VoicemailMessage

logger = logging.getLogger(__name__)
KIND: Final = "voicemail_message"
LOCKED: Final = "voicemail_locked"
MOST_ATTACHED: Final = 8 << 20  # mail servers refuse more; then a link is all


def tell(message: VoicemailMessage, sound: Path) -> None:
    """Queue a mail to everybody who is to be told. Call it where the row is made."""
    box = message.box
    context = words(message)
    if box.mail_as == VoicemailBox.MailAs.ATTACHED:
        context |= attachment(message, sound)
    for address in box.addresses:
        reseller = box.customer.reseller
        language = _language(box, address)
        mailer.mail(reseller, KIND, to=address, language=language, context=context)


def words(message: VoicemailMessage) -> dict[str, Any]:
    """Return what the mail says."""
    box = message.box
    kept = {"code": box.customer.code, "key": box.pk}
    return {
        "message": message.pk,
        "box": str(box.extension or box),
        "caller": " ".join(
            part for part in (message.caller_name, message.caller_number) if part
        ),
        "left_at": message.left_at,
        "seconds": message.seconds,
        "path": reverse("console:voicemail_messages", kwargs=kept),
    }


def attachment(message: VoicemailMessage, sound: Path) -> dict[str, Any]:
    """Return the recording for the mail, or nothing if it is too large."""
    try:
        data = sound.read_bytes()
    except OSError:
        return {}
    if len(data) > MOST_ATTACHED:
        return {}
    name = f"voicemail-{message.left_at:%Y-%m-%d-%H%M}.wav"
    content = base64.b64encode(data).decode()
    return {"attachment": {"name": name, "type": "audio/wav", "data": content}}


def _language(box: VoicemailBox, address: str) -> str:
    """Return the reader's own language, else the box's, else the customer's."""
    people = User.objects.filter(email=address, memberships__customer=box.customer)
    person = people.first()
    own = person.language if person else ""
    return own or box.language or str(box.customer.language)


def tell_locks() -> int:
    """Write about boxes that too many wrong PINs closed, once each; return how many.

    To whom its mails go; without any, to the administrators of the customer.
    """
    with as_everyone("voicemail"), transaction.atomic():
        rows = VoicemailBox.objects.filter(pin_lock_told=False).select_related(
            "customer__reseller", "extension"
        )
        boxes = list(rows.select_for_update(of=("self",), skip_locked=True))
        for box in boxes:
            _tell_lock(box)
            VoicemailBox.objects.filter(pk=box.pk).update(pin_lock_told=True)
    return len(boxes)


def _tell_lock(box: VoicemailBox) -> None:
    reseller = box.customer.reseller
    if getattr(reseller, "brand", None) is None:
        return  # nobody can be written to in a name that does not exist yet
    people = User.objects.filter(
        is_active=True, memberships__role=Role.ADMIN, memberships__customer=box.customer
    )
    told = box.addresses or list(people.values_list("email", flat=True).distinct())
    kept = {"code": box.customer.code, "key": box.pk}
    page = "voicemail_messages" if box.addresses else "voicemail_box"
    context = {
        "box": str(box.extension or box),
        "happened_at": timezone.now(),
        "path": reverse(f"console:{page}", kwargs=kept),
    }
    for address in told:
        language = _language(box, address)
        mailer.mail(reseller, LOCKED, to=address, language=language, context=context)


@mailer.when_left(KIND)
def left(context: Mapping[str, Any]) -> None:
    """Note that a mail left, and delete the message where that is wanted."""
    from pbx_console.pbx import voicemail_spool  # noqa: PLC0415 - it calls us

    with as_everyone("voicemail"):
        rows = VoicemailMessage.objects.select_related(
            "box__customer", "box__extension"
        )
        message = rows.filter(pk=context["message"]).first()
        if message is None:
            return
        message.mailed_at = timezone.now()
        message.save(update_fields=["mailed_at"])
        if message.box.delete_after_mail and "attachment" in context:
            try:
                voicemail_spool.remove(message)
            except AmiError as error:
                logger.warning("message not deleted after its mail: %s", error)
