"""Forwards of an extension, and its PIN. Phones change the same rows (migration 0008)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.services import audit, undo
from pbx_console.lib import pins
from pbx_console.pbx.models import Destination, Extension, Forward
from pbx_console.pbx.services import nouns
from pbx_console.pbx.services.closed_numbers import refuse_closed

FIELDS = ["condition", "destination", "outside_number", "is_active"]


@transaction.atomic
def save_forward(
    actor: Actor, *, extension: Extension, condition: str, **values: Any
) -> Forward | None:
    """Set where calls of `extension` go on one condition; the next call follows it.

    `destination` or `outside_number` (E.164), `is_active`. Neither of the two: the forward
    is removed. Raises ValidationError; a forward that comes back to its own extension is
    refused, and one to a number that the extension may not dial.
    """
    row = extension.forwards.filter(condition=condition).first()
    row = row or Forward(extension=extension, condition=condition)
    before = audit.snapshot(row, FIELDS) if row.pk else {}
    for name in FIELDS[1:]:
        setattr(row, name, values.get(name, getattr(row, name)))
    gone = row.destination is None and not row.outside_number
    if gone and row.pk:
        row.delete()
    elif not gone:
        _check(row)
        row.save()
    after = {} if gone else audit.snapshot(row, FIELDS)
    if before != after:
        _note(actor, extension, before, after)
    return None if gone else row


def _note(
    actor: Actor, extension: Extension, before: dict[str, Any], after: dict[str, Any]
) -> None:
    key = extension.endpoint_id
    verb = "forward.saved"
    audit.record(actor, verb, extension, key=key, before=before, after=after)


def _check(row: Forward) -> None:
    nouns.refuse_foreign(row, ["destination"])
    row.full_clean()
    if not row.is_active:
        return
    if row.destination and comes_back(row.extension, row.destination):
        words = _("This comes back to %(number)s: calls would go round for ever.")
        raise ValidationError({"destination": words % {"number": row.extension.number}})
    if row.outside_number and not may_dial(row.extension, row.outside_number):
        words = _("This extension may not dial %(number)s, so it cannot forward there.")
        raise ValidationError(
            {"outside_number": words % {"number": row.outside_number}}
        )
    if row.outside_number:
        refuse_closed(
            row.extension.customer,
            row.outside_number,
            field="outside_number",
            extension=row.extension,
        )


def comes_back(extension: Extension, destination: Destination) -> bool:
    """Say whether a forward there would lead back, as the dialplan sees it."""
    asked = "SELECT asterisk.forward_comes_back(%s, %s)"
    return bool(_ask(asked, [extension.pk, destination.pk]))


def may_dial(extension: Extension, number: str) -> bool:
    """Say whether the extension's class lets it dial an E.164 number."""
    asked = "SELECT asterisk.may_dial(%s, %s, %s)"
    return _ask(asked, [extension.customer_id, extension.pk, number]) == ""


def _ask(sql: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


@transaction.atomic
def set_pin(actor: Actor, extension: Extension, pin: str) -> None:
    """Set the PIN that lifts the rights for one call; an empty one takes it away."""
    if pin and not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise ValidationError({"pin": _("4 to 8 digits.")})
    extension.pin_digest = pins.keep(pin)
    extension.pin_tries, extension.pin_locked_until = 0, None
    names = ["pin_digest", "pin_tries", "pin_locked_until"]
    extension.save(update_fields=names)
    verb = "extension.pin_set" if pin else "extension.pin_removed"
    audit.record(actor, verb, extension, key=extension.endpoint_id)


@undo.way(
    "forward.saved", family="forward", right="extensions.manage", from_nothing=True
)
def _undo_forward(actor: Actor, entry: AuditEntry) -> Extension:
    code, _dash, number = entry.object_key.partition("-")
    rows = Extension.objects.select_related("customer__reseller")
    extension = undo.locked(rows.filter(customer__code=code, number=number))
    condition = (entry.after or entry.before)["condition"]
    now = extension.forwards.filter(condition=condition).first()
    if (audit.snapshot(now, FIELDS) if now else {}) != entry.after:
        raise ValidationError(_("It is no longer as this change left it."))
    values = undo.values_of(Forward(extension=extension), entry, FIELDS[1:])
    values = values or {"destination": None, "outside_number": ""}
    save_forward(actor, extension=extension, condition=condition, **values)
    return extension
