"""A file that somebody sent -> a picture that is safe to keep and to show.

What it is decides its content, never its name. Sizes are read from the header before one
pixel is decoded; what passes is drawn anew by Pillow, so that nothing of the file that was
sent (metadata, trailing bytes, a second meaning) is kept. SVG is text that browsers act
on: it is kept as it is, but only if `svg.validate_svg` finds nothing but shapes.
"""

from __future__ import annotations

import hashlib
import io
import math
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from pbx_console.branding.colours import best, colours_of
from pbx_console.branding.models.files import MOST_BYTES, Kind
from pbx_console.branding.svg import drawing_colours, drawing_size, validate_svg

MOST_PIXELS = 24_000_000  # decoded at four bytes each: under 100 MB
LARGEST = {  # the shown size, twice over for fine screens
    Kind.LOGO: (1200, 400),
    Kind.LOGO_DARK: (1200, 400),
    Kind.MARK: (512, 512),
    Kind.LOGIN: (1600, 2000),
}
SMALLEST = {Kind.LOGO: 48, Kind.LOGO_DARK: 48, Kind.MARK: 128, Kind.LOGIN: 400}
WIDEST = 12  # width by height
SVG = "image/svg+xml"
_RASTERS = {"PNG": (b"\x89PNG\r\n\x1a\n",), "JPEG": (b"\xff\xd8\xff",)}
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A picture as it is kept. `colours` are suggestions for the accent."""

    content: bytes
    content_type: str
    width: int
    height: int
    colours: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def accept(kind: Kind, data: bytes) -> Accepted:
    """Return the picture in `data`, made safe. Raises ValidationError with the reason
    and what to do about it."""
    if len(data) > MOST_BYTES:
        raise ValidationError(
            _("The file is larger than 2 MB. Save it smaller and try again.")
        )
    name = _format(data)
    return _drawing(kind, data) if name == "SVG" else _raster(kind, data, name)


def _format(data: bytes) -> str:
    """Return PNG, JPEG, WEBP or SVG by the first bytes."""
    for name, starts in _RASTERS.items():
        if data.startswith(starts):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE", b"<!doctype")):
        return "SVG"
    raise ValidationError(
        _("This is no PNG, JPEG, WebP or SVG picture, whatever its name says.")
    )


# ── drawings ─────────────────────────────────────────────────────────────────────────


def _drawing(kind: Kind, data: bytes) -> Accepted:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("The drawing is not written in UTF-8.")) from error
    validate_svg(text)
    width, height = drawing_size(text)
    _check_shape(kind, width, height)
    scale = 10  # a drawing has no pixels; whole numbers are enough for its shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return Accepted(text.encode(), SVG, *size, tuple(best(drawing_colours(text))))


def _check_shape(kind: Kind, width: float, height: float) -> None:
    """Refuse what would be a line, and a mark that is not about square."""
    ratio = width / height
    if not 1 / WIDEST <= ratio <= WIDEST or not math.isfinite(ratio):
        raise ValidationError(
            _("The picture is too long and narrow to be shown. Cut it closer.")
        )
    if kind == Kind.MARK and not 0.8 <= ratio <= 1.25:
        raise ValidationError(
            _("The mark must be about square: browsers show it in a square.")
        )


# ── pictures of pixels ───────────────────────────────────────────────────────────────


def _raster(kind: Kind, data: bytes, name: str) -> Accepted:
    image = _opened(data, name)
    _check_header(kind, image)
    try:
        image.load()
        clean = _clean(kind, ImageOps.exif_transpose(image))
    except _BROKEN as error:
        raise ValidationError(
            _("The picture is damaged or incomplete. Save it again and try once more.")
        ) from error
    return _encoded(kind, clean)


def _opened(data: bytes, name: str) -> Any:
    """Read the header and nothing more."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=[name])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise ValidationError(
            _("The picture is damaged or incomplete. Save it again and try once more.")
        ) from error


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture has more than 24 megapixels. Scale it down and try again.")
    )


def _check_header(kind: Kind, image: Any) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise ValidationError(
            _("The picture is animated. Save a single frame of it and try again.")
        )
    if image.mode in ("CMYK", "YCCK", "LAB"):
        raise ValidationError(
            _("The picture is in print colours (CMYK). Save it in RGB and try again.")
        )
    _check_shape(kind, width, height)
    if max(width, height) < SMALLEST[kind]:
        words = _("The picture is too small: it needs at least %(n)s pixels.")
        raise ValidationError(words, params={"n": SMALLEST[kind]})


def _clean(kind: Kind, image: Any) -> Any:
    """Return pixels only, no larger than they are ever shown; a mark made square."""
    image = image.convert("RGBA")
    image.thumbnail(LARGEST[kind], Image.Resampling.LANCZOS)
    side = max(image.size)
    square = kind == Kind.MARK and image.size != (side, side)
    wanted = (side, side) if square else image.size
    fresh = Image.new("RGBA", wanted, (0, 0, 0, 0))
    fresh.paste(
        image, ((wanted[0] - image.width) // 2, (wanted[1] - image.height) // 2)
    )
    return fresh


def _encoded(kind: Kind, image: Any) -> Accepted:
    """Write it anew: photographs as WebP, logos as PNG, which mails and PDFs show too."""
    out = io.BytesIO()
    if kind == Kind.LOGIN:
        image.convert("RGB").save(out, "WEBP", quality=82, method=4)
    else:
        image.save(out, "PNG", optimize=True)
    type_ = "image/webp" if kind == Kind.LOGIN else "image/png"
    content = out.getvalue()
    if len(content) > MOST_BYTES:
        raise ValidationError(
            _("The picture has too much detail for its place. Save a simpler one.")
        )
    width, height = image.size
    return Accepted(content, type_, width, height, tuple(colours_of(image)))
