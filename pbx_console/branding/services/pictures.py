"""Keeping pictures. What is stored went through `branding.uploads`."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.branding.models import Brand, BrandFile, CustomerLogo, Kind
from pbx_console.branding.services.storage import check_room
from pbx_console.branding.uploads import Accepted, accept


def store(brand: Brand, kind: Kind, data: bytes) -> dict[str, Any]:
    """Check a picture and keep it; return its facts for `files`. Raises
    ValidationError."""
    found = accept(kind, data)
    kept = BrandFile.objects.filter(brand=brand, digest=found.digest)
    if not kept.exists():
        check_room(len(found.content), reseller=brand.reseller)
    BrandFile.objects.get_or_create(
        brand=brand, digest=found.digest, defaults={"kind": kind, **_columns(found)}
    )
    return facts(found)


def facts(found: Accepted) -> dict[str, Any]:
    """Return what pages need to know of a picture without its bytes."""
    return {
        "digest": found.digest,
        "type": found.content_type,
        "width": found.width,
        "height": found.height,
        "colours": list(found.colours),
    }


def _columns(found: Accepted) -> dict[str, Any]:
    shape = {"width": found.width, "height": found.height}
    return {"content_type": found.content_type, "content": found.content} | shape


def content(brand: Brand, kind: str) -> tuple[bytes, str]:
    """Return bytes and type of a brand's picture; (b"", "") where it has none."""
    digest = (brand.files.get(kind) or {}).get("digest")
    if not digest:
        return b"", ""
    with as_everyone("a brand's picture is shown to everybody who asks its host"):
        row = BrandFile.objects.filter(brand_id=brand.pk, digest=digest).first()
    return (bytes(row.content), row.content_type) if row else (b"", "")


@transaction.atomic
def save_customer_logo(
    actor: Actor, *, customer: Customer, data: bytes
) -> CustomerLogo:
    """Give a customer a logo of its own. Raises ValidationError."""
    found = accept(Kind.LOGO, data)
    check_room(len(found.content), reseller=customer.reseller, customer=customer)
    values = {"digest": found.digest, **_columns(found)}
    logo, _made = CustomerLogo.objects.update_or_create(
        customer=customer, defaults=values
    )
    audit.record(actor, "customer.logo_saved", customer, key=customer.code)
    return logo


@transaction.atomic
def delete_customer_logo(actor: Actor, *, customer: Customer) -> None:
    """Take the customer's own logo away."""
    gone, _per_model = CustomerLogo.objects.filter(customer=customer).delete()
    if gone:
        audit.record(actor, "customer.logo_removed", customer, key=customer.code)
