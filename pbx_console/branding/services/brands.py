"""Dressing a reseller, by values or from a pack on disk."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from pbx_console.accounts.actor import SYSTEM, Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.services import audit
from pbx_console.branding import hosts
from pbx_console.branding.models import Brand, Kind
from pbx_console.branding.services.domains import add_domain
from pbx_console.branding.services.pictures import store

LOOKS = [
    "product_name",
    "accent",
    "tint",
    "radius",
    "font",
    "heading_weight",
    "rail_scheme",
]
WORDS = [
    "softphone_name",
    "login_text",
    "support_email",
    "support_phone",
    "support_text",
    "imprint_url",
    "privacy_url",
    "mail_from_name",
    "mail_from_address",
    "mail_head",
    "mail_foot",
    "pdf_head",
    "pdf_foot",
    "hold_title",
    "hold_text",
    "customers_may_show_logo",
]
FIELDS = [*LOOKS, *WORDS]
DRAWINGS = {"logo": "logo.svg", "logo_dark": "logo-dark.svg", "mark": "mark.svg"}
DEFAULT_PACK = Path(settings.BASE_DIR) / "branding" / "default"


@transaction.atomic
def save_brand(actor: Actor, *, reseller: Reseller | None, **values: Any) -> Brand:
    """Create or change the brand of a reseller (None: of platform staff) at once, past
    the draft: set-up, packs and tests. Pictures come as text or bytes by their kind.

    Raises ValidationError; pages show the change after the commit.
    """
    brand = Brand.objects.filter(reseller=reseller).first() or Brand(reseller=reseller)
    before = audit.snapshot(brand, LOOKS) if brand.pk else {}
    for name in FIELDS:
        setattr(brand, name, values.get(name, getattr(brand, name)))
    brand.full_clean()
    brand.save()
    _set_pictures(brand, values)
    audit.record(
        actor, "brand.saved", brand, before=before, after=audit.snapshot(brand, LOOKS)
    )
    hosts.forget_after_commit()
    return brand


def _set_pictures(brand: Brand, values: dict[str, Any]) -> None:
    given = [kind for kind in Kind if values.get(kind)]
    for kind in given:
        data = values[kind]
        data = data.encode() if isinstance(data, str) else data
        brand.files[kind.value] = store(brand, kind, data)
    if given:
        brand.save(update_fields=["files", "changed_at"])


@transaction.atomic
def load_pack(
    path: Path | str,
    reseller: Reseller | None = None,
    *,
    domains: Iterable[str] = (),
    actor: Actor = SYSTEM,
) -> Brand:
    """Dress a reseller from a folder with brand.toml and three drawings.

    What the pack leaves out comes from the default pack. `domains` are host names that
    are ours to prove (the demo's `*.localhost`, the operator's own); the first is primary.
    """
    values = read_pack(DEFAULT_PACK) | read_pack(Path(path))
    brand = save_brand(actor, reseller=reseller, **values)
    for place, host in enumerate(domains):
        add_domain(actor, brand=brand, host=host, primary=place == 0, proven=True)
    return brand


def read_pack(folder: Path) -> dict[str, Any]:
    """Return the values and drawings of a pack on disk."""
    text = (folder / "brand.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text, parse_float=Decimal)
    drawings = {name: folder / file for name, file in DRAWINGS.items()}
    return values | {
        name: file.read_text(encoding="utf-8")
        for name, file in drawings.items()
        if file.exists()
    }
