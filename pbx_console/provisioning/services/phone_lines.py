"""The accounts of a phone: taking them, giving them back, new passwords for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import Actor
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services.devices import (
    add_device,
    delete_device,
    reset_device_secret,
)
from pbx_console.pbx.services.extensions import reset_secret
from pbx_console.provisioning.models import Phone, PhoneLine

Taken = list[PhoneLine]


def of(phone: Phone) -> Taken:
    """Return the lines of a phone in their order."""
    rows = PhoneLine.objects.filter(phone=phone)
    rows = rows.select_related("extension__customer", "device__extension__customer")
    return list(rows.order_by("position"))


def put(actor: Actor, phone: Phone, extensions: Sequence[Extension]) -> None:
    """Let the phone have one line per extension, in this order.

    A line that stays keeps its account; one that goes takes its account with it.
    """
    held = of(phone)
    keeps = [_take_from(held, extension) for extension in extensions]
    for line in held:
        release(actor, line)
    PhoneLine.objects.filter(phone=phone).delete()
    pairs = zip(keeps, extensions, strict=True)
    for position, (found, extension) in enumerate(pairs, 1):
        kept = found or _new(actor, phone, extension)
        kept.pk, kept.position = None, position
        kept._state.adding = True
        kept.save()


def _take_from(held: Taken, extension: Extension) -> PhoneLine | None:
    """Return, and take out of `held`, the line that the phone has of an extension."""
    found = [line for line in held if line.extension_id == extension.pk]
    if found:
        held.remove(found[0])
        return found[0]
    return None


def _new(actor: Actor, phone: Phone, extension: Extension) -> PhoneLine:
    """Return a line over the extension's own account, or over one made for it."""
    own = PhoneLine.objects.filter(extension=extension, device=None)
    if not own.exists():
        return PhoneLine(phone=phone, extension=extension)
    name = (phone.name or phone.written_mac)[:40]
    try:
        device = add_device(actor, extension=extension, name=name)
    except ValidationError as error:
        raise ValidationError({"extensions": error.messages}) from error
    return PhoneLine(phone=phone, extension=extension, device=device)


def release(actor: Actor, line: PhoneLine) -> None:
    """Take an account from a phone for good: it goes, or gets another password."""
    if line.device is not None:
        delete_device(actor, line.device)
    else:
        line.delete()
        reset_secret(actor, line.extension)


def renew(actor: Actor, phone: Phone) -> None:
    """Give every account of a phone another password: another device comes now."""
    for line in of(phone):
        if line.device is not None:
            reset_device_secret(actor, line.device)
        else:
            reset_secret(actor, line.extension)
