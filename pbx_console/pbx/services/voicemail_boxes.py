"""Saving and deleting voicemail boxes. The PIN goes to Asterisk and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services import audit
from pbx_console.pbx import projection, refresh, tasks, voicemail_lamps, voicemail_pins
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.voicemail_boxes import MOST_WATCHED, VoicemailBox
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
    actor: Actor,
    *,
    customer: Customer,
    box: VoicemailBox | None = None,
    watchers: Iterable[Extension] | None = None,
    **values: Any,
) -> VoicemailBox:
    """Create or change a box; `pin` may come along, and whose phones' lamps follow it.

    Raises ValidationError.
    """
    pin = str(values.pop("pin", "") or "")
    box = box or VoicemailBox(customer=customer)
    if box.pk:
        values.pop("extension", None)  # whose it is never changes: its messages stay
    if pin:
        check_pin(pin)
    chosen = None if watchers is None else list(watchers)
    saved = store(
        actor,
        box,
        FIELDS,
        values,
        parts=lambda: _watch(box, chosen),
        logged=["lamps"],
    )
    if pin:
        set_pin(actor, saved, pin)
    return saved


@transaction.atomic
def delete_box(actor: Actor, box: VoicemailBox) -> None:
    """Delete a box that nothing leads to; a sweep clears its messages away."""
    phones = list(box.watchers.select_related("customer"))
    drop(actor, box, FIELDS)
    follow(phones)


def followers_of(extension: Extension) -> list[Extension]:
    """Return whose lamps follow an extension's own box, beside its own phones."""
    rows = Extension.objects.filter(watched_boxes__extension=extension)
    return list(rows.select_related("customer"))


def _watch(box: VoicemailBox, chosen: list[Extension] | None) -> None:
    """Let the lamps of these extensions follow a box, and of no others."""
    if chosen is None:
        return
    before = set(box.watchers.values_list("pk", flat=True))
    box.watchers.set(_checked(box, chosen))
    changed = before ^ {extension.pk for extension in chosen}
    follow(Extension.objects.filter(pk__in=changed).select_related("customer"))


def _checked(box: VoicemailBox, chosen: list[Extension]) -> list[Extension]:
    for extension in chosen:
        if extension.customer_id != box.customer_id:
            raise ValidationError({"watchers": _("Choose one of this customer's.")})
        if extension.pk == box.extension_id:
            words = _("The lamp of its own phone follows it anyway.")
            raise ValidationError({"watchers": words})
        if extension.watched_boxes.exclude(pk=box.pk).count() >= MOST_WATCHED:
            words = _("The lamp of %(extension)s follows %(n)s other boxes already.")
            told = {"extension": str(extension), "n": MOST_WATCHED}
            raise ValidationError({"watchers": words % told})
    return chosen


def follow(extensions: Iterable[Extension]) -> None:
    """Make the phones' lamps follow what they follow now."""
    changed = list(extensions)
    projection.project_extensions(changed)
    refresh.request(changed)
    for extension in changed:
        tasks.hint(extension.endpoint_id)
    if changed:
        transaction.on_commit(lambda: voicemail_lamps.tell(changed))


@transaction.atomic
def set_pin(actor: Actor, box: VoicemailBox, pin: str) -> None:
    """Set the PIN of a box; an empty one opens the own box without asking.

    A shared box without a PIN cannot be opened by phone at all. A box that wrong PINs
    closed is open again.
    """
    if pin:
        check_pin(pin)
    voicemail_pins.write(box, pin)
    VoicemailBox.objects.filter(pk=box.pk).update(pin_tries=0, pin_locked_until=None)
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
