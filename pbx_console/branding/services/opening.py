"""A reseller that works at once: a plain dress with its own name, and a host."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.branding import names
from pbx_console.branding.services.brands import (
    DEFAULT_PACK,
    DRAWINGS,
    read_pack,
    save_brand,
)
from pbx_console.branding.services.domains import add_platform_host

LONGEST = 40  # of a product name


@transaction.atomic
def open_reseller(actor: Actor, **values: Any) -> Reseller:
    """Create a reseller with its default brand and its name under our zone. Raises
    ValidationError; nothing is half made."""
    names.platform_host(str(values.get("slug", "")))
    reseller = save_reseller(actor, **values)
    dress = _plain_dress(reseller.name)
    add_platform_host(actor, save_brand(actor, reseller=reseller, **dress))
    return reseller


def _plain_dress(name: str) -> dict[str, Any]:
    """Return the default pack in the reseller's own name."""
    product = " ".join(name.replace(":", " ").split())[:LONGEST].strip()
    pack = read_pack(DEFAULT_PACK)
    old = f"<title>{pack['product_name']}</title>"
    new = f"<title>{escape(product)}</title>"
    drawings = {kind: pack[kind].replace(old, new) for kind in DRAWINGS}
    return pack | drawings | {"product_name": product}
