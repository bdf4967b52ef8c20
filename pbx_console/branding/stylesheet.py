"""/brand.css: the tokens of one brand, and its tones for browsers that cannot compute."""

from __future__ import annotations

from collections.abc import Callable

from pbx_console.branding.models import Brand
from pbx_console.branding.tones import Theme, dark_ground
from pbx_console.branding.tones import tones as tones_of

CAN_COMPUTE = "(color: light-dark(#000, oklch(from #000 l c h)))"

Address = Callable[[Brand, str], str]  # brand and kind of picture -> where it is
ENDINGS = {"image/svg+xml": "svg", "image/png": "png", "image/webp": "webp"}


def brand_css(brand: Brand, address: Address | None = None) -> str:
    """Return the stylesheet. Everything in it is validated or computed, nothing typed.

    `address` says where a picture is, for a draft whose pictures are not public.
    """
    logos = _logos(brand, address or picture_url)
    return "\n".join([tokens(brand), logos, _computed(brand), ""])


def tokens(brand: Brand, selector: str = ":root") -> str:
    """Return the rule with the few properties that every tone is computed from."""
    font = brand.font if brand.font == Brand.Font.DEVICE else f'"{brand.font}"'
    rail = "dark" if brand.dark_rail else "initial"
    return (
        f"{selector}{{--brand-accent:{brand.accent};--brand-tint:{brand.tint};"
        f"--brand-radius:{brand.radius}px;--brand-font:{font};"
        f"--brand-heading-weight:{brand.heading_weight};--brand-rail-scheme:{rail};"
        f"--brand-logo-ratio:{brand.logo_ratio}}}"
    )


def _logos(brand: Brand, address: Address) -> str:
    light = f'background-image:url("{address(brand, "logo")}")'
    dark = f'background-image:url("{address(brand, "logo_dark")}")'
    return (
        f".logo{{{light}}}.on-dark .logo,[data-bs-theme=dark] .logo{{{dark}}}"
        f"@media(prefers-color-scheme:dark){{[data-bs-theme=auto] .logo{{{dark}}}}}"
        f'.mark{{background-image:url("{address(brand, "mark")}")}}'
    )


def picture_url(brand: Brand, kind: str) -> str:
    """Return the address of a picture; the one on dark falls back to the other."""
    facts = brand.files.get(kind) or brand.files.get("logo") or {}
    ending = ENDINGS.get(facts.get("type", ""), "png")
    return f"/brand/{kind.replace('_', '-')}.{ending}?v={brand.version}"


def _computed(brand: Brand) -> str:
    light, dark = _block(brand, "light"), _block(brand, "dark")
    ground = dark_ground(brand.accent)
    rules = (
        f":root,[data-bs-theme=light]{{{light}}}[data-bs-theme=dark],.on-dark{{{dark}}}"
        f"@media(prefers-color-scheme:dark){{[data-bs-theme=auto]{{{dark}}}}}"
        f".rail{{background:var(--ground)}}.rail.on-dark,.door-side{{background:{ground}}}"
    )
    return f"@supports not {CAN_COMPUTE}{{{rules}}}"


def _block(brand: Brand, theme: Theme) -> str:
    computed = tones_of(brand.accent, float(brand.tint), theme)
    return ";".join(f"--{name}:{colour}" for name, colour in computed.items())
