"""The favicon set, made from the mark: browsers' icon, home screens, the manifest.

A mark that is a drawing is turned into pixels by Typst, which the documents need anyway; a
brand without a mark gets a tile with its initial in its own colour.
"""

from __future__ import annotations

import io
import json
from functools import lru_cache
from typing import Any

import typst
from PIL import Image, ImageDraw, ImageFont

from pbx_console.branding.models import Brand, Kind
from pbx_console.branding.services.pictures import content
from pbx_console.branding.tones import tones

SIDE = 512
SIZES = (32, 180, 192, 512)  # browser, apple-touch, the two of a manifest
ICO = [(16, 16), (32, 32), (48, 48)]
GROUND = "#ffffff"  # home screens of phones show clear pixels as black
_PAGE = (
    b"#set page(width: 512pt, height: 512pt, margin: 0pt, fill: none)\n"
    b'#image("mark.svg", width: 100%, height: 100%, fit: "contain")'
)


def png(brand: Brand, size: int) -> bytes:
    """Return the mark as a square PNG of one of `SIZES`."""
    return _png(*content(brand, Kind.MARK), brand.product_name, brand.accent, size)


def ico(brand: Brand) -> bytes:
    """Return the mark as ICO with 16, 32 and 48 pixels."""
    return _ico(*content(brand, Kind.MARK), brand.product_name, brand.accent)


@lru_cache(maxsize=128)
def _png(mark: bytes, type_: str, name: str, accent: str, size: int) -> bytes:
    image = _mark(mark, type_, name, accent).resize((size, size), _SMOOTH)
    return _written(_inset(image) if size == 180 else image, "PNG")


@lru_cache(maxsize=64)
def _ico(mark: bytes, type_: str, name: str, accent: str) -> bytes:
    return _written(_mark(mark, type_, name, accent), "ICO", sizes=ICO)


_SMOOTH = Image.Resampling.LANCZOS


def _written(image: Any, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def _inset(image: Any) -> Any:
    """Put the mark on a ground with a margin: the phone rounds the corners itself."""
    side = image.width
    inner = image.resize((side * 4 // 5, side * 4 // 5), _SMOOTH)
    ground = Image.new("RGBA", (side, side), GROUND)
    ground.alpha_composite(inner, (side // 10, side // 10))
    return ground.convert("RGB")


@lru_cache(maxsize=16)
def _mark(mark: bytes, type_: str, name: str, accent: str) -> Any:
    """Return the mark as 512 pixels square."""
    if not mark:
        return _tile(name, accent)
    if type_ == "image/svg+xml":
        mark = _drawn(mark)
    image = Image.open(io.BytesIO(mark)).convert("RGBA")
    return image.resize((SIDE, SIDE), _SMOOTH)


def _drawn(drawing: bytes) -> bytes:
    files: Any = {"main.typ": _PAGE, "mark.svg": drawing}  # its stubs know paths only
    picture: bytes = typst.compile(
        files, format="png", ppi=72, ignore_system_fonts=True
    )
    return picture


def _tile(name: str, accent: str) -> Any:
    tone = tones(accent)
    image = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, SIDE - 1, SIDE - 1), 96, fill=tone["accent-solid"])
    letter = next((sign for sign in name if sign.isalnum()), "•").upper()
    font = ImageFont.load_default(size=300)
    middle = (SIDE / 2, SIDE / 2)
    pen.text(middle, letter, fill=tone["accent-on"], font=font, anchor="mm")
    return image


def manifest(brand: Brand) -> str:
    """Return the web manifest: the brand's name, colours and icons."""
    tone = tones(brand.accent, float(brand.tint))
    icons = [
        {
            "src": f"/brand/icon-{size}.png?v={brand.version}",
            "sizes": f"{size}x{size}",
            "type": "image/png",
        }
        for size in (192, 512)
    ]
    facts = {
        "name": brand.product_name,
        "short_name": brand.product_name[:12],
        "start_url": "/",
        "display": "standalone",
        "theme_color": tone["accent-solid"],
        "background_color": tone["sheet"],
        "icons": icons,
    }
    return json.dumps(facts, ensure_ascii=False)
