"""Letting a phone in: opening its window, and giving it another address."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.provisioning.models import Phone, PhoneEvent, UnknownPhone
from pbx_console.provisioning.refusals import Reason

OPEN_FOR = dt.timedelta(hours=1)
_FIELDS = ["window_until", "bound_address", "bound_agent", "awaited_address"]


@transaction.atomic
def open_window(actor: Actor, phone: Phone) -> Phone:
    """Let whoever comes first with the phone's address be the phone, for an hour.

    Who was bound to it before is a stranger from now on. A phone that called with its
    MAC address only, or was reset, may come like that from where it was.
    """
    phone.window_until = timezone.now() + OPEN_FOR
    phone.awaited_address = phone.bound_address or _called_from(phone)
    phone.bound_address, phone.bound_agent = None, ""
    phone.save(update_fields=_FIELDS)
    audit.record(actor, "phone.window_opened", phone)
    return phone


def _called_from(phone: Phone) -> str | None:
    with as_everyone("where a phone called from"):
        seen = UnknownPhone.objects.filter(
            reseller=phone.customer.reseller_id, mac=phone.mac
        ).first()
        told = PhoneEvent.objects.filter(
            phone=phone, kind="fetch_refused", detail__reason=Reason.NO_SECRET
        ).first()
    if seen is not None:
        return str(seen.address)
    return told.address if told is not None else None


@transaction.atomic
def rotate_secret(actor: Actor, phone: Phone) -> Phone:
    """Give a phone another address, and open its window so that it learns it.

    The old one is worth as much as none: with it the phone is awaited from where it was.
    """
    was = phone.bound_address
    phone.renew_secret()
    phone.changed_at = timezone.now()
    phone.save()
    audit.record(actor, "phone.secret_rotated", phone)
    phone.bound_address = was
    return open_window(actor, phone)
