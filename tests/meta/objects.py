"""The arguments of every address for the objects of one reseller of the cast."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from pbx_console.accounts.models import AuditEntry, Invitation, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand
from pbx_console.metering.models import Leg, UsageExport
from pbx_console.pbx.models import (
    Ban,
    BanTarget,
    Device,
    OutboundRoute,
    Recording,
    ShownRight,
    Site,
    Trunk,
)
from pbx_console.provisioning.models import Phone, PhoneLine, UnknownPhone
from tests.conftest import Tenant
from tests.meta import flow_objects, number_objects
from tests.meta.addresses import Address

SLUGS = {
    "reseller": lambda t: t.reseller.slug,
    "trunk": lambda t: f"own-{t.reseller.slug}",
    "route": lambda t: f"own-{t.reseller.slug}",
    "price": lambda t: f"retail-{t.reseller.slug}",
    "export": lambda t: t.reseller.slug,
}


def arguments_for(address: Address, tenant: Tenant, role: str = "") -> dict[str, Any]:
    """Return the keyword arguments for `reverse`.

    Platform staff work with the purchase list, not with a reseller's.
    """
    if role == "operator" and address.name.startswith("console:price_list"):
        return dict.fromkeys(address.arguments, "wholesale")
    if role == "operator" and address.name.startswith("console:domain_"):
        return {"host": "console.localhost"}
    if role == "operator" and address.name == "console:brand_file":
        return {"digest": _mark_of(None)}
    return {name: _value(name, address, tenant) for name in address.arguments}


def _value(name: str, address: Address, tenant: Tenant) -> Any:
    if name == "key" and address.name in ("console:site", "console:site_delete"):
        return _site(tenant)
    if (
        name in ("key", "message", "track", "agent")
        and address.name in flow_objects.KEYS
    ):
        return flow_objects.KEYS[address.name](tenant)[name]
    if name in ("key", "stem", "porting", "document") and (
        known := number_objects.KEYS.get(address.name)
    ):
        return known(tenant)[name]
    if name == "mac":
        called_in = address.name.startswith("console:unknown_phone")
        return _caller(tenant) if called_in else _phone(tenant)
    if name == "slug" and address.name.startswith("console:unknown_phone"):
        return tenant.reseller.slug
    if name == "slug":
        noun = address.name.removeprefix("console:").partition("_")[0]
        return SLUGS[noun](tenant)
    return VALUES[name](tenant)


def _ban(tenant: Tenant) -> int:
    """An address that tried this reseller's accounts."""
    with as_everyone("matrix"):
        until = timezone.now() + timedelta(hours=1)
        address = f"198.51.100.{tenant.reseller.pk % 250 + 1}"
        held, _new = Ban.objects.get_or_create(
            address=address,
            lifted_at=None,
            defaults={"reason": "passwords", "attempts": 30, "until": until},
        )
        BanTarget.objects.get_or_create(
            ban=held, reseller=tenant.reseller, defaults={"attempts": 30}
        )
        return held.pk


def _leg(tenant: Tenant) -> int:
    with as_everyone("matrix"):
        return Leg.objects.filter(customer=tenant.customer).earliest("pk").pk


def _mark(tenant: Tenant) -> str:
    return _mark_of(tenant.reseller)


def _mark_of(reseller: Reseller | None) -> str:
    with as_everyone("matrix"):
        brand = Brand.objects.get(reseller=reseller)
        return str(brand.files["mark"]["digest"])


def _sequence(tenant: Tenant) -> int:
    with as_everyone("matrix"):
        return (
            UsageExport.objects.filter(reseller=tenant.reseller).latest("pk").sequence
        )


def _entry(tenant: Tenant) -> int:
    with as_everyone("matrix"):
        return AuditEntry.objects.filter(customer=tenant.customer).earliest("pk").pk


def _role(tenant: Tenant) -> int:
    with as_everyone("matrix"):
        return tenant.people["end_user"].memberships.get().pk


def _invitation(tenant: Tenant) -> int:
    offered = {"customer": tenant.customer, "email": "new@firm.example"}
    with as_everyone("matrix"):
        made, _new = Invitation.objects.get_or_create(
            reseller=tenant.reseller,
            role="admin",
            token_digest=f"matrix {tenant.reseller.slug}",
            **offered,
        )
        return made.pk


def _route(tenant: Tenant) -> int:
    with as_everyone("matrix"):
        route, _made = OutboundRoute.objects.get_or_create(
            trunk=Trunk.objects.get(slug=f"own-{tenant.reseller.slug}"),
            reseller=tenant.reseller,
            prefix="+",
        )
        return route.pk


def _slot(tenant: Tenant) -> int:
    with as_everyone("matrix"):
        rows = Device.objects.filter(extension=tenant.extension)
        device, _made = rows.get_or_create(
            extension=tenant.extension, defaults={"name": "Workshop"}
        )
        return device.slot


def _site(tenant: Tenant) -> int:
    place = {"street": "Musterweg 5", "postcode": "20095", "town": "Hamburg"}
    with as_everyone("matrix"):
        site, _made = Site.objects.get_or_create(
            customer=tenant.customer, name="Matrix", defaults=place
        )
        return site.pk


def _shown_right(tenant: Tenant) -> int:
    with as_everyone("matrix"):
        right, _made = ShownRight.objects.get_or_create(
            customer=tenant.customer,
            number="+4989123456789",
            defaults={"document": "Folder 12", "granted_by": "Matrix"},
        )
        return right.pk


MACS = {"nordbel": "000413a00001", "zuidlijn": "000413a00002"}


def _phone(tenant: Tenant) -> str:
    own = {"mac": MACS[tenant.reseller.slug], "model": "snom-d785"}
    with as_everyone("matrix"):
        phone = Phone.objects.filter(customer=tenant.customer).first()
        if phone is None:
            phone = Phone.objects.create(customer=tenant.customer, **own)
            PhoneLine.objects.create(
                phone=phone, position=1, extension=tenant.extension
            )
        return phone.mac


def _caller(tenant: Tenant) -> str:
    own = {"reseller": tenant.reseller, "mac": "000413a0000f"}
    with as_everyone("matrix"):
        UnknownPhone.objects.get_or_create(**own, defaults={"address": "192.0.2.7"})
    return own["mac"]


def _recording(tenant: Tenant) -> int:
    call = {"seconds": 9, "size": 1, "linkedid": "1.1", "started_at": timezone.now()}
    with as_everyone("matrix"):
        made, _new = Recording.objects.get_or_create(
            customer=tenant.customer,
            extension_number=tenant.extension.number,
            defaults={"direction": "in", "reason": "rule", "key": uuid4(), **call},
        )
        return made.pk


VALUES = {
    "ban": _ban,
    "family": lambda t: "snom-desk",
    "recording": _recording,
    "right_id": _shown_right,
    "slot": _slot,
    "condition": lambda t: "busy",
    "person": lambda t: t.people["end_user"].pk,
    "role": _role,
    "invitation": _invitation,
    "entry_id": _entry,
    "code": lambda t: t.customer.code,
    "passkey_id": lambda t: 0,
    "route_id": _route,
    "device_id": lambda t: 0,
    "token": lambda t: "none",
    "handle": lambda t: "none",
    "person_id": lambda t: t.people["end_user"].pk,
    "number": lambda t: t.extension.number,
    "digits": lambda t: t.number.removeprefix("+"),
    "call_id": _leg,
    "sequence": _sequence,
    "rendering": lambda t: "csv",
    "digest": _mark,
    "kind": lambda t: "invitation",
    "host": lambda t: t.host,
}
