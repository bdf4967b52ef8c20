"""Phones that called in with nothing but their address: taking them in, or not."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.pbx.models import Extension
from pbx_console.provisioning.models import Phone, UnknownPhone
from pbx_console.provisioning.services.phones import add_phone, cannot_be_used
from pbx_console.provisioning.services.windows import open_window


@transaction.atomic
def adopt(
    actor: Actor,
    unknown: UnknownPhone,
    *,
    customer: Customer,
    model: str,
    name: str,
    extensions: Sequence[Extension],
) -> Phone:
    """Make a phone that called in a customer's; it may come again from where it called.

    Raises ValidationError; a phone of a reseller goes to that reseller's customers only.
    """
    if customer.reseller_id != unknown.reseller_id:
        raise ValidationError({"mac": cannot_be_used()})
    address = unknown.address
    phone = add_phone(
        actor,
        customer=customer,
        mac=unknown.mac,
        model=model,
        name=name,
        extensions=list(extensions),
    )
    return _await(phone, address)


@transaction.atomic
def let_in(actor: Actor, unknown: UnknownPhone) -> Phone | None:
    """Open the window of a phone that is known and came without its secret: it was
    reset, or never told. None when there is no such phone."""
    phone = Phone.objects.filter(
        mac=unknown.mac, customer__reseller=unknown.reseller_id
    ).first()
    if phone is None:
        return None
    open_window(actor, phone)
    _drop(unknown)
    return phone


def _await(phone: Phone, address: str) -> Phone:
    phone.awaited_address = address
    phone.save(update_fields=["awaited_address"])
    return phone


@transaction.atomic
def forget(actor: Actor, unknown: UnknownPhone) -> None:
    """Take it off the list; if it calls again, it is there again."""
    audit.record(actor, "unknownphone.deleted", unknown)
    _drop(unknown)


def _drop(unknown: UnknownPhone) -> None:
    with as_everyone("a phone that is known now"):
        UnknownPhone.objects.filter(pk=unknown.pk).delete()
