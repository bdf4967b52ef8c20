"""Saving and deleting voicemail boxes. The PIN goes to Asterisk and nowhere else."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services import audit
from pbx_console.pbx import voicemail_pins
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.voicemail_boxes import VoicemailBox
from pbx_console.pbx.services.nouns import drop, store

FIELDS = [
    "extension",
    "number",
    "name",
    "mail_to",
    "mail_as",
    "delete_after_mail",
    "greeting",
    "language",
    "max_seconds",
]
_PIN = re.compile(r"[0-9]{4,10}")


@transaction.atomic
def save_box(
    actor: Actor, *, customer: Customer, box: VoicemailBox | None = None, **values: Any
) -> VoicemailBox:
    """Create or change a box; `pin` may come along. Raises ValidationError."""
    pin = str(values.pop("pin", "") or "")
    box = box or VoicemailBox(customer=customer)
    if box.pk:
        values.pop("extension", None)  # whose it is never changes: its messages stay
    if pin:
        check_pin(pin)
    saved = store(actor, box, FIELDS, values)
    if pin:
        set_pin(actor, saved, pin)
    return saved


@transaction.atomic
def delete_box(actor: Actor, box: VoicemailBox) -> None:
    """Delete a box that nothing leads to; a sweep clears its messages away."""
    drop(actor, box, FIELDS)


@transaction.atomic
def set_pin(actor: Actor, box: VoicemailBox, pin: str) -> None:
    """Set the PIN of a box; an empty one opens the own box without asking.

    A shared box without a PIN cannot be opened by phone at all.
    """
    if pin:
        check_pin(pin)
    voicemail_pins.write(box, pin)
    audit.record(actor, "voicemailbox.pin_changed", box)


def has_pin(box: VoicemailBox) -> bool:
    """Say whether a box has a PIN; nobody is ever told which."""
    return voicemail_pins.is_set(box)


def check_pin(pin: str) -> None:
    """Raise ValidationError unless `pin` is 4 to 10 digits that nobody tries first."""
    if not _PIN.fullmatch(pin):
        raise ValidationError({"pin": _("4 to 10 digits.")})
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    if len(steps) == 1 and steps & {0, 1, -1}:
        raise ValidationError({"pin": _("Not a row such as 1234 or 0000.")})


def own_box(extension: Extension) -> VoicemailBox | None:
    """Return an extension's own box, if it has one."""
    return VoicemailBox.objects.filter(extension=extension).first()
