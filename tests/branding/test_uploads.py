"""What may be a picture of a brand: by its content, checked before it is decoded."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pbx_console.branding import uploads
from pbx_console.branding.models import BrandFile, Kind
from pbx_console.branding.services.pictures import store
from pbx_console.branding.tones import HEX
from pbx_console.branding.uploads import accept
from tests.brands import PACKS
from tests.conftest import World

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">%s</svg>'


def picture(
    form: str = "PNG",
    size: tuple[int, int] = (240, 60),
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 128 if mode == "L" else None).save(out, form, **options)
    return out.getvalue()


def refused(data: bytes, kind: Kind = Kind.LOGO) -> str:
    with pytest.raises(ValidationError) as found:
        accept(kind, data)
    return " ".join(found.value.messages)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and brings hardly any pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body))
            + name
            + body
            + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_it_takes_pictures_and_draws_them_anew(form: str) -> None:
    found = accept(Kind.LOGO, picture(form))

    assert (found.content_type, found.width, found.height) == ("image/png", 240, 60)
    assert Image.open(BytesIO(found.content)).format == "PNG"


def test_it_takes_a_plain_drawing_as_it_is() -> None:
    text = (PACKS / "nordbel" / "logo.svg").read_bytes()
    found = accept(Kind.LOGO, text)

    assert (found.content, found.content_type) == (text, "image/svg+xml")
    assert found.width / found.height == pytest.approx(124 / 24, rel=0.01)
    assert found.colours


def test_it_drops_what_a_camera_wrote_into_the_file() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home by somebody"
    exif[0x0112] = 6  # turned by a quarter
    found = accept(Kind.LOGIN, picture("JPEG", (900, 600), exif=exif))
    image = Image.open(BytesIO(found.content))

    assert b"somebody" not in found.content
    assert not image.getexif()
    assert image.size == (600, 900)  # turned upright before the note was dropped


def test_it_drops_what_is_hidden_behind_the_picture() -> None:
    found = accept(Kind.LOGO, picture() + b"<script>alert(1)</script>")
    assert b"script" not in found.content


def test_it_scales_down_what_is_larger_than_it_is_ever_shown() -> None:
    assert accept(Kind.LOGO, picture(size=(4000, 1000))).width == 1200
    mark = accept(Kind.MARK, picture(size=(2000, 1800)))
    assert (mark.width, mark.height) == (512, 512)


@pytest.mark.parametrize("size", [(8000, 5000), (6500, 6500), (65000, 65000)])
def test_it_refuses_too_many_pixels_before_decoding_one(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(*_given: Any) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decoded)
    for kind in Kind:
        assert "24 megapixels" in refused(png_header(*size), kind)


def test_it_refuses_a_picture_that_moves() -> None:
    frames = [Image.new("RGB", (240, 60), c) for c in ("red", "blue", "green")]
    for form in ("PNG", "WEBP"):
        out = BytesIO()
        frames[0].save(out, form, save_all=True, append_images=frames[1:])
        assert "animated" in refused(out.getvalue())


def test_it_refuses_print_colours_in_words() -> None:
    assert "CMYK" in refused(picture("JPEG", mode="CMYK"))


def test_it_refuses_what_is_cut_off() -> None:
    for form in ("PNG", "JPEG", "WEBP"):
        data = picture(form, (900, 300))
        assert "damaged" in refused(data[: len(data) // 2]), form
    assert "damaged" in refused(b"\x89PNG\r\n\x1a\n")
    assert "damaged" in refused(png_header(240, 60))


NO_PICTURES = [
    b"",
    b"#!/bin/sh\nrm -rf /\n",
    b"MZ\x90\x00",
    b"%PDF-1.7",
    b"GIF89a" + b"\0" * 50,
    b"BM" + b"\0" * 50,
    b"<html><script>1</script></html>",
    b"<?php system($_GET['x']); ?>",
    b"RIFF\0\0\0\0WAVEfmt ",
    b"\0" * 100,
]


@pytest.mark.parametrize("data", NO_PICTURES)
def test_it_refuses_what_is_no_picture_whatever_its_name(data: bytes) -> None:
    assert refused(data)


HARMFUL = [
    SVG % "<script>alert(1)</script>",
    SVG % '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
    SVG % '<image href="https://evil.example/x.png"/>',
    SVG % '<image href="data:image/png;base64,AAAA"/>',
    SVG % '<rect onclick="alert(1)"/>',
    SVG % '<use href="https://evil.example/a.svg#x"/>',
    SVG % '<a href="javascript:alert(1)"><rect/></a>',
    SVG % '<rect style="fill:url(https://evil.example/x)"/>',
    SVG % "<style>@import 'https://evil.example/x.css'</style>",
    SVG % '<animate attributeName="href" to="javascript:alert(1)"/>',
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG % "&x;",
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + SVG % "&b;",
    '<?xml-stylesheet href="https://evil.example/x.css"?>' + SVG % "",
    "<svg/>",
    "<svg" + " " * 50,
    SVG % "<g>" * 3,
    SVG.replace("40 10", "4000 1") % "",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_it_refuses_a_drawing_that_acts_or_fetches(text: str) -> None:
    assert refused(text.encode())


def test_it_refuses_a_drawing_in_another_encoding() -> None:
    assert refused(("<?xml version='1.0'?>" + SVG % "").encode("utf-16"))
    assert "UTF-8" in refused(b"<svg \xff\xfe>")


def test_it_refuses_a_file_that_is_too_large() -> None:
    assert "2 MB" in refused(picture() + b"\0" * uploads.MOST_BYTES)


def test_it_wants_a_square_mark_and_no_lines() -> None:
    assert "square" in refused(picture(size=(400, 200)), Kind.MARK)
    assert "narrow" in refused(picture(size=(4000, 60)))
    assert "too small" in refused(picture(size=(20, 20)))


def test_it_makes_an_almost_square_mark_square_without_stretching_it() -> None:
    found = accept(Kind.MARK, picture(size=(400, 360)))
    image = Image.open(BytesIO(found.content))

    assert image.size == (400, 400)
    assert image.getpixel((200, 5)) == (0, 0, 0, 0)


def test_it_suggests_the_colours_of_a_logo_the_vivid_first() -> None:
    image = Image.new("RGB", (240, 60), "white")
    image.paste((60, 60, 60), (0, 0, 120, 60))
    image.paste((194, 24, 91), (120, 0, 160, 60))
    out = BytesIO()
    image.save(out, "PNG")

    found = accept(Kind.LOGO, out.getvalue()).colours
    assert found[0] == "#c2185b"
    assert "#ffffff" not in found


def test_it_keeps_the_same_picture_once(world: World, everyone: Any) -> None:
    brand = world.nordbel.reseller.brand
    first, again = (store(brand, Kind.LOGO, picture()) for _n in range(2))

    assert first == again
    assert BrandFile.objects.filter(brand=brand, digest=first["digest"]).count() == 1


@pytest.fixture
def everyone() -> Any:
    """Open the scope over all rows."""
    from pbx_console.accounts.scope import as_everyone  # noqa: PLC0415

    with as_everyone("test"):
        yield


@settings(max_examples=150, deadline=None)
@given(
    start=st.sampled_from(
        [
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff",
            b"RIFF\x20\0\0\0WEBPVP8 ",
            b"<svg ",
            b"",
        ]
    ),
    rest=st.binary(max_size=300),
)
def test_no_bytes_do_anything_but_be_taken_or_refused(
    start: bytes, rest: bytes
) -> None:
    with suppress(ValidationError):
        found = accept(Kind.LOGO, start + rest)
        assert all(HEX.fullmatch(colour) for colour in found.colours)


@settings(max_examples=60, deadline=None)
@given(
    place=st.integers(0, 2000),
    byte=st.integers(0, 255),
    form=st.sampled_from(["PNG", "JPEG", "WEBP"]),
)
def test_a_flipped_byte_does_no_harm(place: int, byte: int, form: str) -> None:
    data = bytearray(picture(form, (96, 48)))
    data[place % len(data)] = byte
    with suppress(ValidationError):
        assert accept(Kind.LOGO, bytes(data)).width <= 1200
