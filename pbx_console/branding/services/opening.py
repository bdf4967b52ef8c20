"""A reseller that works at once: a plain dress with its own name, and a host."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.branding import names
from pbx_console.branding.services.brands import DEFAULT_PACK, read_pack, save_brand
from pbx_console.branding.services.domains import add_platform_host
from pbx_console.branding.tones import Theme, tones

LONGEST = 40  # of a product name
SVG = "http://www.w3.org/2000/svg"
THEMES: tuple[Theme, Theme] = ("light", "dark")


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
    """Return the default pack in the reseller's own name, written out as its logo: the
    platform's drawings are the platform's."""
    product = " ".join(name.replace(":", " ").split())[:LONGEST].strip()
    pack = read_pack(DEFAULT_PACK)
    light, dark = (tones(pack["accent"], 1.0, t)["accent-text"] for t in THEMES)
    drawings = {
        "logo": _wordmark(product, light),
        "logo_dark": _wordmark(product, dark),
        "mark": _initial(product, light),
    }
    return pack | drawings | {"product_name": product}


def _wordmark(name: str, colour: str) -> str:
    wide = 8 + 9 * len(name)
    return (
        f'<svg xmlns="{SVG}" viewBox="0 0 {wide} 24" role="img">'
        f"<title>{escape(name)}</title>"
        f'<text x="1" y="18" font-size="17" font-weight="700" fill="{colour}"'
        f' font-family="Inter, system-ui, sans-serif" textLength="{wide - 4}"'
        f' lengthAdjust="spacingAndGlyphs">{escape(name)}</text></svg>'
    )


def _initial(name: str, colour: str) -> str:
    return (
        f'<svg xmlns="{SVG}" viewBox="0 0 24 24" role="img">'
        f"<title>{escape(name)}</title>"
        f'<rect width="24" height="24" rx="6" fill="{colour}"/>'
        f'<text x="12" y="17.5" font-size="15" font-weight="700" fill="#fff"'
        f' text-anchor="middle" font-family="Inter, system-ui, sans-serif">'
        f"{escape(name[:1].upper())}</text></svg>"
    )
