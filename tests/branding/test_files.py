"""The stylesheet, the logos and the pack they come from."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from PIL import Image

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone, as_reseller
from pbx_console.branding.models import Brand
from pbx_console.branding.services import load_pack, save_brand
from pbx_console.branding.services.pictures import content
from pbx_console.branding.svg import drawing_size, validate_svg
from tests.brands import PACKS
from tests.conftest import World

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">%s</svg>'


def client(slug: str) -> Client:
    return Client(headers={"host": f"{slug}.localhost"})


def test_it_writes_the_tokens_of_the_brand(world: World) -> None:
    css = client("zuidlijn").get("/brand.css").content.decode()

    assert "--brand-accent:#f2701d" in css
    assert '--brand-font:"Figtree"' in css
    assert "--brand-radius:10px" in css
    assert "#0b5c66" not in css


def test_it_brings_computed_tones_for_browsers_that_cannot(world: World) -> None:
    css = client("nordbel").get("/brand.css").content.decode()
    computed = css.partition("@supports not")[2]

    assert "--accent-text:#0b5c66" in computed
    assert re.search(
        r"\[data-bs-theme=dark\],\.on-dark\{[^}]*--ink:#[0-9a-f]{6}", computed
    )
    assert "oklch" not in computed.partition("{")[2]


def test_it_may_be_kept_for_ever_under_its_version(world: World) -> None:
    page = client("nordbel").get("/sign-in/").content.decode()
    match = re.search(r'href="(/brand\.css\?v=[0-9a-f]+)"', page)
    assert match
    first = client("nordbel").get(match[1])

    assert "immutable" in first["Cache-Control"]
    again = client("nordbel").get(match[1], headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert client("nordbel").get("/brand.css")["Cache-Control"] == "no-cache"


def test_it_changes_its_version_with_its_looks(world: World) -> None:
    with as_everyone("test"):
        before = world.nordbel.reseller.brand.version
        after = save_brand(SYSTEM, reseller=world.nordbel.reseller, radius=8).version

    assert before != after


def test_it_answers_drawings_that_can_do_nothing(world: World) -> None:
    for name in ("logo", "logo-dark", "mark"):
        answer = client("nordbel").get(f"/brand/{name}.svg")

        assert answer["Content-Type"] == "image/svg+xml"
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert b"Nordbel" in answer.content


def test_it_makes_every_icon_from_the_mark(world: World) -> None:
    ico = Image.open(BytesIO(client("zuidlijn").get("/favicon.ico").content))
    assert ico.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    for size in (32, 180, 192, 512):
        answer = client("zuidlijn").get(f"/brand/icon-{size}.png")
        image = Image.open(BytesIO(answer.content)).convert("RGB")
        assert image.size == (size, size)
        orange = image.getpixel((size // 2, size // 5))
        assert isinstance(orange, tuple)
        assert orange[0] > 200 > orange[2], size
    assert client("zuidlijn").get("/brand/icon-4000.png").status_code == 404


def test_it_makes_a_tile_for_a_brand_without_a_mark(world: World) -> None:
    with as_everyone("test"):
        Brand.objects.filter(reseller=world.nordbel.reseller).update(files={})
    image = Image.open(BytesIO(client("nordbel").get("/brand/icon-192.png").content))

    assert image.size == (192, 192)
    assert len(image.convert("RGB").getcolors(192 * 192) or []) > 1


def test_it_has_a_manifest_in_the_brands_name(world: World) -> None:
    answer = client("nordbel").get("/site.webmanifest")

    assert answer["Content-Type"].startswith("application/manifest+json")
    assert answer.json()["name"] == "Nordbel"
    for icon in answer.json()["icons"]:
        assert client("nordbel").get(icon["src"]).status_code == 200


HARMFUL = [
    "<script>1</script>",
    '<rect onload="x()"/>',
    "<foreignObject/>",
    '<use href="https://evil.example/a.svg#b"/>',
    '<image href="x.png"/>',
    '<rect fill="url(https://evil.example)"/>',
    "<style>@import url(x)</style>",
    '<a href="javascript:x()"><rect/></a>',
]


@pytest.mark.parametrize("inside", HARMFUL)
def test_it_refuses_a_drawing_that_acts_or_fetches(inside: str) -> None:
    with pytest.raises(ValidationError):
        validate_svg(SVG % inside)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html/>",
        "<svg",
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG % "",
        SVG % ("<g/>" * 20_000),
    ],
)
def test_it_refuses_what_is_no_small_plain_drawing(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_svg(text)


def test_it_knows_the_shape_of_a_logo() -> None:
    assert drawing_size((PACKS / "nordbel" / "logo.svg").read_text()) == (124, 24)
    assert drawing_size('<svg width="48" height="12px"/>') == (48, 12)
    assert drawing_size("<svg/>") == (96, 24)


WRONG: list[dict[str, object]] = [
    {"accent": "red"},
    {"accent": "#0b5c66;}body{display:none"},
    {"radius": 40},
    {"tint": 3},
    {"font": "Comic Sans"},
    {"product_name": "a\nb"},
    {"product_name": "issuer:trick"},
    {"product_name": ""},
    {"logo": "<svg/>"},
]


def test_it_refuses_values_that_would_break_a_page(world: World) -> None:
    for wrong in WRONG:
        with as_everyone("test"), pytest.raises(ValidationError):
            save_brand(SYSTEM, reseller=world.nordbel.reseller, **wrong)


def test_it_fills_a_pack_up_from_the_default_one(world: World, tmp_path: Path) -> None:
    (tmp_path / "brand.toml").write_text('product_name = "Bare"\naccent = "#112233"\n')
    with as_everyone("test"):
        brand = load_pack(tmp_path, world.nordbel.reseller)

    assert (brand.product_name, brand.accent, brand.font) == (
        "Bare",
        "#112233",
        "Inter",
    )
    assert content(brand, "logo")[0] == (PACKS / "default" / "logo.svg").read_bytes()


def test_it_shows_a_reseller_only_its_own_brand(world: World) -> None:
    with as_reseller(world.nordbel.reseller):
        assert [brand.product_name for brand in Brand.objects.all()] == ["Nordbel"]
