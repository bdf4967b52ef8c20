"""One accent into accessible tones. Pure; repeats the rules of `assets/css/tokens.css`.

Browsers compute the tones from relative OKLCH colours. What cannot do that gets them from
here as hex: older browsers (through /brand.css), mails, documents, phone displays. Hue is
kept, lightness clamped, chroma capped, so that every pair named in `PAIRS` holds its WCAG
2.2 contrast for any accent whatever.

OKLCH: Björn Ottosson, "A perceptual color space for image processing" (2020), as in CSS
Color 4; lightness and chroma 0 to about 1 and 0.4, hue in degrees.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

Theme = Literal["light", "dark"]
HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)


class Lch(NamedTuple):
    """A colour in OKLCH."""

    l: float  # noqa: E741 - the letter of the colour space
    c: float
    h: float


Rule = Callable[[Lch, float], Lch]


def clamp(low: float, value: float, high: float) -> float:
    """Return value, at least low and at most high (CSS clamp())."""
    return max(low, min(value, high))


# ── colour space ─────────────────────────────────────────────────────────────────────


def _linear(channel: int) -> float:
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _channel(linear: float) -> int:
    value = clamp(0.0, linear, 1.0)
    value = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(value * 255)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return red, green, blue


def from_hex(colour: str) -> Lch:
    """Return `#rrggbb` in OKLCH. A grey has no hue: 0, as in CSS."""
    if not HEX.fullmatch(colour):
        raise ValueError(f"not a colour: {colour!r}")
    red, green, blue = _rgb(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    chroma = math.hypot(a, b)
    if chroma < 1e-4:
        return Lch(light, 0.0, 0.0)
    return Lch(light, chroma, math.degrees(math.atan2(b, a)) % 360)


def to_hex(colour: Lch) -> str:
    """Return an OKLCH colour as `#rrggbb`, clipped into sRGB as browsers do."""
    turn = math.radians(colour.h)
    a, b = colour.c * math.cos(turn), colour.c * math.sin(turn)
    long = (colour.l + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.l - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.l - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return f"#{_channel(red):02x}{_channel(green):02x}{_channel(blue):02x}"


def contrast(first: str, second: str) -> float:
    """Return the WCAG 2 contrast ratio of two `#rrggbb` colours, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = _rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# ── rules: name -> (light, dark) ─────────────────────────────────────────────────────


def _grey(light: float, chroma: float) -> Rule:
    """A neutral: the accent's hue at very low chroma, times the brand's tint."""
    return lambda accent, tint: Lch(light, chroma * tint, accent.h)


def _tone(low: float, high: float, chroma: float) -> Rule:
    """The accent with its lightness between two bounds and its chroma capped."""
    return lambda accent, _tint: Lch(
        clamp(low, accent.l, high), min(accent.c, chroma), accent.h
    )


def _fixed(light: float, chroma: float, hue: float) -> Rule:
    """A colour of state: never taken from the brand."""
    return lambda _accent, _tint: Lch(light, chroma, hue)


def _is_light(accent: Lch) -> float:
    """1 for a light brand colour (dark label on it), 0 for a dark one."""
    return 1.0 if accent.l > 0.62 else 0.0


def _solid_light(accent: Lch, _tint: float) -> Lch:
    bright = _is_light(accent)
    light = min(accent.l, 0.50) * (1 - bright) + clamp(0.70, accent.l, 0.88) * bright
    return Lch(light, min(accent.c, 0.18), accent.h)


def _solid_dark(accent: Lch, _tint: float) -> Lch:
    return Lch(clamp(0.70, accent.l, 0.86), min(accent.c, 0.17), accent.h)


def _moved(rule: Rule, by: float) -> Rule:
    def moved(accent: Lch, tint: float) -> Lch:
        base = rule(accent, tint)
        return Lch(base.l + by, base.c, base.h)

    return moved


def _on_light(accent: Lch, _tint: float) -> Lch:
    return Lch(0.99 - 0.80 * _is_light(accent), min(accent.c, 0.03), accent.h)


_WHITE = _fixed(1.0, 0.0, 0.0)
RULES: dict[str, tuple[Rule, Rule]] = {
    "ground": (_grey(0.972, 0.0045), _grey(0.165, 0.006)),
    "sheet": (_WHITE, _grey(0.195, 0.006)),
    "raised": (_WHITE, _grey(0.235, 0.007)),
    "sunk": (_grey(0.982, 0.003), _grey(0.175, 0.006)),
    "hover": (_grey(0.962, 0.005), _grey(0.232, 0.008)),
    "line": (_grey(0.918, 0.006), _grey(0.285, 0.008)),
    "line-2": (_grey(0.85, 0.008), _grey(0.36, 0.009)),
    "control-line": (_grey(0.64, 0.01), _grey(0.54, 0.01)),
    "ink": (_grey(0.225, 0.012), _grey(0.955, 0.005)),
    "ink-2": (_grey(0.43, 0.012), _grey(0.79, 0.008)),
    "ink-3": (_grey(0.515, 0.011), _grey(0.69, 0.009)),
    "accent-solid": (_solid_light, _solid_dark),
    "accent-solid-hover": (_moved(_solid_light, -0.04), _moved(_solid_dark, 0.045)),
    "accent-on": (_on_light, lambda a, _t: Lch(0.18, min(a.c, 0.035), a.h)),
    "accent-edge": (_tone(0.0, 0.58, 0.18), _solid_dark),
    "accent-text": (_tone(0.0, 0.48, 0.15), _tone(0.76, 0.86, 0.13)),
    "accent-line": (_tone(0.0, 0.58, 0.16), _tone(0.66, 0.80, 0.15)),
    "accent-soft": (_tone(0.953, 0.953, 0.011), _tone(0.26, 0.26, 0.022)),
    "accent-soft-2": (_tone(0.905, 0.905, 0.032), _tone(0.335, 0.335, 0.06)),
    "ramp-1": (_tone(0.945, 0.945, 0.018), _tone(0.255, 0.255, 0.025)),
    "ramp-2": (_tone(0.87, 0.87, 0.05), _tone(0.36, 0.36, 0.05)),
    "ramp-3": (_tone(0.75, 0.75, 0.085), _tone(0.48, 0.48, 0.08)),
    "ramp-4": (_tone(0.60, 0.60, 0.115), _tone(0.62, 0.62, 0.11)),
    "ramp-5": (_tone(0.42, 0.42, 0.125), _tone(0.80, 0.80, 0.13)),
    "live": (_fixed(0.58, 0.13, 155), _fixed(0.76, 0.14, 155)),
    "live-text": (_fixed(0.44, 0.10, 155), _fixed(0.82, 0.11, 155)),
    "live-soft": (_fixed(0.955, 0.03, 155), _fixed(0.27, 0.035, 155)),
    "pending": (_fixed(0.635, 0.135, 68), _fixed(0.80, 0.13, 78)),
    "pending-text": (_fixed(0.46, 0.095, 65), _fixed(0.85, 0.10, 80)),
    "pending-soft": (_fixed(0.962, 0.035, 80), _fixed(0.28, 0.04, 75)),
    "failed": (_fixed(0.56, 0.20, 26), _fixed(0.70, 0.17, 24)),
    "failed-text": (_fixed(0.47, 0.165, 26), _fixed(0.80, 0.105, 22)),
    "failed-soft": (_fixed(0.958, 0.022, 22), _fixed(0.275, 0.05, 22)),
    "talk": (_fixed(0.54, 0.20, 17), _fixed(0.68, 0.18, 17)),
    "off": (_fixed(0.62, 0.006, 250), _fixed(0.56, 0.008, 250)),
}

_GROUNDS = ("ground", "sheet", "raised", "sunk", "hover")
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3") for ground in _GROUNDS),
    *(
        ("accent-text", ground, 4.5)
        for ground in ("sheet", "sunk", "hover", "accent-soft")
    ),
    ("accent-on", "accent-solid", 4.5),
    ("accent-on", "accent-solid-hover", 4.5),
    ("accent-edge", "sheet", 3.0),
    ("accent-line", "sheet", 3.0),
    ("accent-line", "sunk", 3.0),
    ("control-line", "sheet", 3.0),
    ("ramp-4", "sheet", 3.0),
    ("ramp-5", "sheet", 3.0),
    *(
        (f"{s}-text", g, 4.5)
        for s in ("live", "pending", "failed")
        for g in (f"{s}-soft", "sheet")
    ),
    *((state, "sheet", 3.0) for state in ("live", "pending", "failed", "talk", "off")),
)


@lru_cache(maxsize=512)
def tones(accent: str, tint: float = 1.0, theme: Theme = "light") -> dict[str, str]:
    """Return every tone of an accent as `{token: "#rrggbb"}` for one theme.

    `tint` (0 to 2) is how much of the accent's hue the greys carry.
    """
    base, at = from_hex(accent), 0 if theme == "light" else 1
    return {name: to_hex(rules[at](base, tint)) for name, rules in RULES.items()}


def dark_ground(accent: str) -> str:
    """Return the ground of an always dark rail and of the art beside the door."""
    base = from_hex(accent)
    return to_hex(Lch(0.235, min(base.c, 0.038), base.h))


def weakest(
    accent: str, tint: float = 1.0, theme: Theme = "light"
) -> list[tuple[str, str, float]]:
    """Return the pairs of an accent that miss their contrast (there are none)."""
    tone = tones(accent, tint, theme)
    ratios = ((a, b, contrast(tone[a], tone[b]), need) for a, b, need in PAIRS)
    return [(a, b, ratio) for a, b, ratio, need in ratios if ratio < need]
