"""Documents: in the brand's dress, in the reader's language, naming nobody else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.text import slugify
from django.utils.translation import gettext, override
from PIL import Image
from pypdf import PdfReader

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import pdf
from pbx_console.branding.mail import KINDS
from pbx_console.branding.mail.render import render
from pbx_console.branding.models import Brand
from pbx_console.branding.services.pictures import save_customer_logo
from pbx_console.pbx.services.extensions import save_extension
from tests.conftest import World

LANGUAGES = ("de", "en", "nl")
FOREIGN = (b"typst", b"django", b"python", b"asterisk", b"krilla", b"pbx_console")
WORDS = {
    "page": "Page {page} of {pages}",
    "main_number": "Main number",
    "extension": "Extension",
    "name": "Name",
    "outside": "Outside number",
    "empty": "There are no extensions yet.",
}


@pytest.fixture(autouse=True)
def everyone() -> Any:
    with as_everyone("test of documents"):
        yield


def brand_of(world: World, slug: str) -> Brand:
    return Brand.objects.get(reseller=getattr(world, slug).reseller)


def directory(brand: Brand, *names: str, language: str = "en") -> PdfReader:
    rows = [
        {"number": f"{201 + n}", "name": x, "outside": []} for n, x in enumerate(names)
    ]
    data = {"title": "Directory", "subtitle": "", "main_number": "", "words": WORDS}
    return read(pdf.render(brand, "directory", {**data, "rows": rows}, language))


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def _streams(reader: PdfReader) -> Iterator[bytes]:
    """Return what is packed inside the file, unpacked."""
    for number in range(1, int(str(reader.trailer["/Size"]))):
        item: Any = reader.get_object(number)
        if hasattr(item, "get_data"):
            yield item.get_data()


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", ["nordbel", "zuidlijn"])
def test_a_document_names_its_brand_and_nobody_else(
    world: World, slug: str, language: str
) -> None:
    content = pdf.preview(brand_of(world, slug), language)
    other = {"nordbel": b"zuidlijn", "zuidlijn": b"nordbel"}[slug]
    reader = read(content)
    streams = b"".join(_streams(reader))
    for word in (*FOREIGN, other):
        assert word not in content.lower()
        assert word not in streams.lower()
    assert slug.title() in text_of(reader)
    assert reader.metadata is not None
    assert reader.metadata.author == slug.title()
    assert not (reader.metadata.creator or "").strip()
    assert not (reader.metadata.producer or "").strip()


def test_head_foot_and_page_numbers_are_the_brands(world: World) -> None:
    brand = brand_of(world, "nordbel")
    brand.pdf_head, brand.pdf_foot = "Telefonie im Norden", "Nordbel GmbH\nKiel"
    reader = directory(brand, *(f"Person {n}" for n in range(80)))
    assert len(reader.pages) > 1
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        assert "Telefonie im Norden" in text
        assert "Nordbel GmbH" in text
        assert f"Page {number} of {len(reader.pages)}" in text
        assert "Extension" in text  # the head of the table is repeated


@pytest.mark.parametrize(
    "name",
    [
        '#read("/etc/passwd")',
        "*bold* _it_ $x^2$ <label> @ref",
        '"#panic()',
        "\\u{41} [x] // no comment",
        "Ünal Čapek Łukasz",
    ],
)
def test_what_a_user_typed_is_never_code(world: World, name: str) -> None:
    found = text_of(directory(brand_of(world, "nordbel"), name))
    assert " ".join(name.split()) in " ".join(found.split())


def test_a_brand_without_a_logo_is_written(world: World) -> None:
    brand = brand_of(world, "nordbel")
    brand.files, brand.product_name = {}, "Nord & <Bel>"
    assert len(directory(brand).pages) == 1
    assert "Nord & <Bel>" in render(brand, KINDS["test"], "en", {}).text


def test_an_empty_directory_says_so(world: World) -> None:
    assert "There are no extensions yet." in text_of(
        directory(brand_of(world, "nordbel"))
    )


def test_only_the_programs_name_is_taken_out() -> None:
    kept = b"/Title(Typst 0.15 made easy)/Creator(Typst 0.15.1)/ModDate"
    made = pdf.unnamed(kept)
    assert made == b"/Title(Typst 0.15 made easy)/Creator(            )/ModDate"


@pytest.mark.parametrize("slug", ["nordbel", "zuidlijn"])
def test_the_telephone_directory_lists_extensions_and_outside_numbers(
    world: World, as_person: Any, slug: str
) -> None:
    tenant = getattr(world, slug)
    save_extension(SYSTEM, customer=tenant.customer, number="1000", name="Zoë & Co")
    client = as_person(tenant.people["admin"], tenant.host)
    answer = client.get(f"/customers/{tenant.customer.code}/directory.pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(read(answer.content))
    assert "Reception" in text
    assert "Zoë & Co" in text
    assert text.index("Reception") < text.index("Zoë")  # 201 before 1000
    assert tenant.customer.name in text
    assert tenant.number[3:] in "".join(c for c in text if c.isdigit())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_telephone_directory_speaks_the_readers_language(
    world: World, as_person: Any, language: str
) -> None:
    tenant = world.nordbel
    person = tenant.people["admin"]
    person.language = language
    person.save()
    client = as_person(person, tenant.host)
    answer = client.get(f"/customers/{tenant.customer.code}/directory.pdf")
    with override(language):
        title, page = gettext("Telephone directory"), gettext("Page {page} of {pages}")
    text = text_of(read(answer.content))
    assert title in text
    assert page.format(page=1, pages=1) in text
    assert answer["Content-Disposition"].startswith(
        f'inline; filename="{slugify(title)}'
    )


def test_a_foreign_directory_is_not_there(world: World, as_person: Any) -> None:
    client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    path = f"/customers/{world.zuidlijn.customer.code}/directory.pdf"
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("brand_allows", "contract_allows", "shown"),
    [(True, True, 1), (False, True, 0), (True, False, 0)],
)
def test_a_customers_own_logo_stands_beside_the_brands_where_it_may(
    world: World,
    as_person: Any,
    *,
    brand_allows: bool,
    contract_allows: bool,
    shown: int,
) -> None:
    tenant, out = world.nordbel, io.BytesIO()
    Image.new("RGB", (240, 60), "#c2185b").save(out, "PNG")
    save_customer_logo(SYSTEM, customer=tenant.customer, data=out.getvalue())
    rows = Brand.objects.filter(reseller=tenant.reseller)
    rows.update(customers_may_show_logo=brand_allows)
    if not contract_allows:
        tenant.customer.features = []
        tenant.customer.save()
    client = as_person(tenant.people["owner"], tenant.host)
    answer = client.get(f"/customers/{tenant.customer.code}/directory.pdf")
    page = read(answer.content).pages[0]
    assert len(page.images) == shown  # the brand's own is a drawing
