"""Which colours a picture offers for the accent."""

from __future__ import annotations

from typing import Any

from PIL import Image

from pbx_console.branding.tones import from_hex

MOST = 3
_SIDE = 96  # pixels; enough to count colours
_SEEN = 0.01  # part of the picture that a colour must fill


def colours_of(image: Any) -> list[str]:
    """Return up to three colours as `#rrggbb`, vivid ones first; clear ones not counted."""
    small = image.convert("RGBA")
    small.thumbnail((_SIDE, _SIDE))
    solid = [pixel[:3] for pixel in _pixels(small) if pixel[3] > 128]
    if not solid:
        return []
    strip = Image.new("RGB", (len(solid), 1))
    strip.putdata(solid)
    counted = strip.quantize(8).convert("RGB").getcolors(len(solid)) or []
    wanted = [(n, _hex(rgb)) for n, rgb in counted if n >= _SEEN * len(solid)]
    return _best(wanted)


def _pixels(image: Any) -> Any:
    data = image.tobytes()
    return (tuple(data[at : at + 4]) for at in range(0, len(data), 4))


def _hex(rgb: Any) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def _best(counted: list[tuple[int, str]]) -> list[str]:
    """Vivid before grey, then what fills more."""
    counted.sort(key=lambda row: (from_hex(row[1]).c < 0.04, -row[0]))
    return best([colour for _n, colour in counted])


def best(colours: list[str]) -> list[str]:
    """Return the first few that can be an accent: white and near white are none."""
    usable = [colour for colour in colours if from_hex(colour).l < 0.97]
    return list(dict.fromkeys(usable))[:MOST]
