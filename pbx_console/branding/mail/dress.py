"""What a mail takes from its brand: names, addresses, colours as hex, drawings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand
from pbx_console.branding.pictures import picture_of
from pbx_console.branding.tones import tones

LOGO_HEIGHT, LOGO_WIDEST = 28, 260  # CSS pixels in the mail
_PAGE = (
    "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"
    f'#image("logo", height: {LOGO_HEIGHT}pt, format: sys.inputs.format)'
)


@dataclass(frozen=True, slots=True)
class Dress:
    """A brand as the templates of mails see it."""

    product_name: str
    from_name: str
    from_address: str
    head: str
    foot: str
    support_address: str
    support_phone: str
    support_text: str
    legal: tuple[tuple[str, str], ...]
    light: Mapping[str, str]
    dark: Mapping[str, str]
    radius: int
    logo_width: int
    logo_height: int

    @property
    def domain(self) -> str:
        """Return the host part of the sender's address."""
        return self.from_address.rpartition("@")[2]


def dress_of(brand: Brand) -> Dress:
    """Return how mails of a brand look and who they come from."""
    accent, tint = brand.accent, float(brand.tint)
    return Dress(
        product_name=brand.product_name,
        from_name=brand.mail_sender,
        from_address=brand.mail_from_address or _no_reply(brand),
        head=brand.mail_head,
        foot=brand.mail_foot,
        support_address=brand.support_email,
        support_phone=brand.support_phone,
        support_text=brand.support_text,
        legal=_legal(brand),
        light=_named(tones(accent, tint, "light")),
        dark=_named(tones(accent, tint, "dark")),
        radius=brand.radius,
        **_logo_size(brand.logo_ratio),
    )


def _logo_size(ratio: float) -> dict[str, int]:
    """Return width and height: a very wide logo is lower, so that it fits a telephone."""
    width = min(round(LOGO_HEIGHT * ratio), LOGO_WIDEST)
    return {"logo_width": width, "logo_height": max(1, round(width / ratio))}


def _legal(brand: Brand) -> tuple[tuple[str, str], ...]:
    """Return the legal links that the brand has, by the name of their field."""
    links = (
        ("imprint", brand.imprint_url),
        ("privacy", brand.privacy_url),
    )
    return tuple((name, url) for name, url in links if url)


def _no_reply(brand: Brand) -> str:
    """Return an address under the brand's own host; "" while it has none."""
    with as_everyone("host of a brand"):
        domain = brand.domains.filter(proven_at__isnull=False).first()
    return f"no-reply@{domain.host}" if domain else ""


def _named(found: Mapping[str, str]) -> dict[str, str]:
    """Return tones under names that templates can say (`ink-2` is `ink_2`)."""
    return {name.replace("-", "_"): colour for name, colour in found.items()}


def logo_png(brand: Brand, kind: str) -> bytes:
    """Return a logo of a brand as PNG, three times as fine: mail programs draw no SVG."""
    return _raster(*picture_of(brand, kind))


@lru_cache(maxsize=64)
def _raster(content: bytes, form: str) -> bytes:
    with TemporaryDirectory() as folder:
        (Path(folder) / "logo").write_bytes(content)
        page = Path(folder) / "page.typ"
        page.write_text(_PAGE)
        return typst.compile(
            page,
            root=Path(folder),
            format="png",
            ppi=216,
            ignore_system_fonts=True,
            sys_inputs={"format": form},
        )
