"""The table of the brand page: how readable a colour is where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from pbx_console.branding.tones import Theme, contrast, from_hex, tones

_PLACES: tuple[tuple[Any, str, str, Theme, float], ...] = (
    (_("Links on light"), "accent-text", "sheet", "light", 4.5),
    (_("Button label, light"), "accent-on", "accent-solid", "light", 4.5),
    (_("Focus and lines, light"), "accent-line", "sheet", "light", 3.0),
    (_("Selected row, light"), "accent-text", "accent-soft", "light", 4.5),
    (_("Links on dark"), "accent-text", "sheet", "dark", 4.5),
    (_("Button label, dark"), "accent-on", "accent-solid", "dark", 4.5),
    (_("Focus and lines, dark"), "accent-line", "sheet", "dark", 3.0),
)
_SAME = 0.012  # lightness and chroma that no eye tells apart


@dataclass(frozen=True, slots=True)
class Row:
    """One place: the contrast of the colour as chosen, and of the tone shown instead."""

    place: Any
    ink: str
    ground: str
    yours: float
    shown: float
    tone: str
    kept: bool


def rows(accent: str, tint: float) -> list[Row]:
    """Return the table for a colour; every `shown` reaches what WCAG 2.2 AA asks."""
    return [_row(accent, tint, *place) for place in _PLACES]


def _row(
    accent: str,
    tint: float,
    place: Any,
    ink: str,
    ground: str,
    theme: Theme,
    need: float,
) -> Row:
    found = tones(accent, tint, theme)
    filled = ink == "accent-on"  # the label is ours, the colour is the ground
    tone = found[ground] if filled else found[ink]
    against = found[ink] if filled else found[ground]
    yours = contrast(accent, against)
    return Row(
        place=place,
        ink=found[ink],
        ground=found[ground],
        yours=yours,
        shown=contrast(found[ink], found[ground]),
        tone=tone,
        kept=_alike(accent, tone) or yours >= need,
    )


def _alike(first: str, second: str) -> bool:
    a, b = from_hex(first), from_hex(second)
    return abs(a.l - b.l) < _SAME and abs(a.c - b.c) < _SAME
