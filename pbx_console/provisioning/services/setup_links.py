"""Giving an extension to a program on a computer or mobile: an account and a way to it.

A program that fetches its account gets an address that works once; the token stands only
there. One whose code carries the password is given that code, once, and never by mail.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import SYSTEM, Actor
from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.branding.pages import address_of as public_address
from pbx_console.pbx.models import Device, Extension
from pbx_console.pbx.services import encryption
from pbx_console.pbx.services.devices import add_device, delete_device
from pbx_console.provisioning import configs, soft_accounts, soft_clients
from pbx_console.provisioning.models import SetupLink
from pbx_console.provisioning.models.phones import digest_of
from pbx_console.provisioning.render.values import BadValue
from pbx_console.provisioning.soft_clients import CLIENTS, SoftClient
from pbx_console.provisioning.timeline import note

LASTS: Final = dt.timedelta(hours=24)
_FILES: Final[dict[str, Callable[[Device], str]]] = {
    "linphone": lambda device: soft_clients.linphone_xml(
        soft_accounts.config_of(device)
    ),
    "zoiper": lambda device: soft_clients.zoiper_xml(soft_accounts.account_of(device)),
}


@dataclass(frozen=True, slots=True)
class Handed:
    """What a person is given: what the code says, and the page of the link if any."""

    device: Device
    client: SoftClient
    code: str
    path: str = ""
    ends_at: dt.datetime | None = None


def client_named(slug: str) -> SoftClient:
    """Return a program of the list. Raises ValidationError."""
    for client in CLIENTS:
        if client.slug == slug:
            return client
    raise ValidationError({"client": _("Choose a program from the list.")})


@transaction.atomic
def hand_out(
    actor: Actor,
    *,
    extension: Extension,
    client: SoftClient,
    name: str = "",
    provider: str = "",
) -> Handed:
    """Make an account for a program and the way to it. Raises ValidationError."""
    if client.needs_code and not provider.isalnum():
        words = _("Type the number that the maker of %(client)s gave you.")
        raise ValidationError({"provider": words % {"client": client.name}})
    device = add_device(actor, extension=extension, name=name or client.name[:40])
    give = _code if client.carries_secret else _link
    handed = give(device, client, provider)
    key = extension.endpoint_id
    audit.record(actor, "device.handed_out", device, key=key)
    return handed


def _code(device: Device, client: SoftClient, provider: str) -> Handed:
    account = soft_accounts.account_of(device)
    encryption.follow(device, account.srtp.value)
    if client.slug == "acrobits":
        return Handed(device, client, soft_clients.acrobits_link(account, provider))
    return Handed(device, client, soft_clients.baresip_line(account))


def _link(device: Device, client: SoftClient, provider: str) -> Handed:
    token = secrets.token_hex(20)
    ends = timezone.now() + LASTS
    SetupLink.objects.create(
        device=device, client=client.slug, token_digest=digest_of(token), ends_at=ends
    )
    path = reverse("console:set_up", args=[token])
    path += f"?maker={provider}" if provider else ""
    return Handed(device, client, code_for(device, client, token, provider), path, ends)


def code_for(device: Device, client: SoftClient, token: str, provider: str = "") -> str:
    """Return what the code of a link says: where the program finds its account."""
    provider = provider if provider.isalnum() and provider.isascii() else ""
    if client.slug == "zoiper" and provider:
        return soft_clients.zoiper_link(provider, token)
    path = reverse("console:set_up_file", args=[token])
    try:
        address = public_address(configs.host_of(device.customer), path)
        return soft_clients.linphone_link(address)
    except BadValue as error:
        raise ValidationError(
            _("Give the console a domain of its own first.")
        ) from error


def send(handed: Handed, *, to: str, name: str = "", language: str = "") -> None:
    """Mail the link. What carries a password is never mailed: raises ValidationError."""
    if handed.client.carries_secret:
        raise ValidationError({"to": _("This code is shown here and never mailed.")})
    extension = handed.device.extension
    mail(
        extension.customer.reseller,
        "soft_client",
        to=to,
        name=name,
        language=language or extension.customer.language,
        context={
            "client": handed.client.name,
            "extension": f"{extension.number} {extension.name}",
            "path": handed.path,
            "ends_at": handed.ends_at,
        },
    )


def find(reseller: Reseller | None, token: str) -> SetupLink | None:
    """Return a link of this reseller that still works. Looking does not use it up."""
    row = _row(reseller, token)
    return row if row is not None and _works(row) else None


def _row(
    reseller: Reseller | None, token: str, *, lock: bool = False
) -> SetupLink | None:
    with as_everyone("link of a program"):
        rows = SetupLink.objects.select_related("device__extension__customer__reseller")
        rows = rows.select_for_update(of=("self",)) if lock else rows
        return rows.filter(
            token_digest=digest_of(token),
            device__extension__customer__reseller=reseller,
        ).first()


def _works(row: SetupLink) -> bool:
    return row.used_at is None and row.ends_at > timezone.now()


@transaction.atomic
def use(
    reseller: Reseller | None, token: str, *, address: str, agent: str = ""
) -> str | None:
    """Return the account of a link, once. Whoever comes later gets None, and it is
    written down."""
    row = _row(reseller, token, lock=True)
    if row is None:
        return None
    seen: dict[str, Any] = {
        "endpoint": row.device.endpoint_id,
        "address": address,
        "agent": agent,
    }
    if not _works(row) or row.client not in _FILES:
        note("link_refused", customer=row.device.customer, client=row.client, **seen)
        return None
    with as_everyone("account of a program"):
        row.used_at = timezone.now()
        row.save(update_fields=["used_at"])
        account = soft_accounts.account_of(row.device)
        encryption.follow(row.device, account.srtp.value)
        text = _FILES[row.client](row.device)
    note("link_used", customer=row.device.customer, client=row.client, **seen)
    return text


def handed_out(extension: Extension) -> QuerySet[Device]:
    """Return the accounts of programs that came by a link."""
    return extension.devices.exclude(setup_links=None).distinct()


def remove_unused() -> int:
    """Remove the accounts of links that nobody used in time; return how many."""
    with as_everyone("links that ended"):
        rows = SetupLink.objects.filter(used_at=None, ends_at__lt=timezone.now())
        ended = list(rows.select_related("device__extension__customer__reseller"))
        for row in ended:
            delete_device(SYSTEM, row.device)
    return len(ended)
