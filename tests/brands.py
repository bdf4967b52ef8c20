"""The brands of the cast."""

from __future__ import annotations

from pathlib import Path

from pbx_console.accounts.models import Reseller
from pbx_console.branding.services.brands import load_pack

PACKS = Path(__file__).resolve().parent.parent / "branding"


def make_brands(resellers: list[Reseller]) -> None:
    """Dress each reseller on `<slug>.localhost`, platform staff on console.localhost."""
    load_pack(PACKS / "default", None, domains=["console.localhost"])
    for reseller in resellers:
        load_pack(
            PACKS / reseller.slug, reseller, domains=[f"{reseller.slug}.localhost"]
        )
