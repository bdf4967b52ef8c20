"""Letting a phone in: opening its window, and giving it another address."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.provisioning.models import Phone, UnknownPhone

OPEN_FOR = dt.timedelta(hours=1)
_FIELDS = ["window_until", "bound_address", "bound_agent", "awaited_address"]


@transaction.atomic
def open_window(actor: Actor, phone: Phone) -> Phone:
    """Let whoever comes first with the phone's address be the phone, for an hour.

    Who was bound to it before is a stranger from now on. A phone that called with its
    MAC address only may come again like that, from where it called.
    """
    phone.window_until = timezone.now() + OPEN_FOR
    phone.bound_address, phone.bound_agent = None, ""
    phone.awaited_address = _called_from(phone)
    phone.save(update_fields=_FIELDS)
    audit.record(actor, "phone.window_opened", phone)
    return phone


def _called_from(phone: Phone) -> str | None:
    with as_everyone("where a phone called from"):
        seen = UnknownPhone.objects.filter(
            reseller=phone.customer.reseller_id, mac=phone.mac
        ).first()
    return seen.address if seen else None


@transaction.atomic
def rotate_secret(actor: Actor, phone: Phone) -> Phone:
    """Give a phone another address. The old one is worth nothing from now on, so the
    phone must be let in again: this opens its window."""
    phone.renew_secret()
    phone.changed_at = timezone.now()
    phone.save()
    audit.record(actor, "phone.secret_rotated", phone)
    return open_window(actor, phone)
