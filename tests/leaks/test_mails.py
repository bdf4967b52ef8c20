"""No mail and no document names anybody but the reseller: text, headers, raw bytes."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import pdf
from pbx_console.branding.mail import KINDS
from pbx_console.branding.mail.message import message
from pbx_console.branding.mail.render import render
from pbx_console.branding.models import Brand
from tests import pseudo
from tests.conftest import World
from tests.leaks.scanner import Scanner

LANGUAGES = ("de", "en", "nl")
# In the samples of the kinds and documents: invented people and places.
INVENTED = (
    "Jana Petersen",
    "Hafenkontor Lindqvist",
    "Noor van den Berg",
    "Åke Strömqvist",
    "phone.example.com",
    "Nordbel",
    "Empfang, Lager",
)


def brand_of(world: World) -> Brand:
    """Return reseller A's brand."""
    return Brand.objects.get(reseller=world.nordbel.reseller)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_no_mail_names_anybody(
    named: World, scan: Scanner, kind: object, language: str
) -> None:
    with as_everyone("leak scan"):
        mail = render(brand_of(named), kind, language, kind.sample, "Ada")  # type: ignore[arg-type, attr-defined]
        packed = message(mail, to="ada@customer.example", name="Ada")
    whole = packed.message()
    head = "\n".join(f"{name}: {value}" for name, value in whole.items())
    place = f"mail {kind.name}"  # type: ignore[attr-defined]
    leaks = scan.scan(f"{place} headers", head)
    leaks += scan.scan(f"{place} subject", mail.subject)
    leaks += scan.scan(f"{place} text", mail.text)
    leaks += scan.scan(f"{place} html", mail.html)
    for cid, data in mail.pictures.items():
        leaks += scan.scan(f"{place} picture {cid}", data)
    assert leaks == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_document_names_anybody(named: World, scan: Scanner, language: str) -> None:
    with as_everyone("leak scan"):
        document = pdf.preview(brand_of(named), language)
    reader = PdfReader(io.BytesIO(document))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Nordbel" in text
    leaks = scan.scan("pdf text", text)
    leaks += scan.scan("pdf information", str(dict(reader.metadata or {})))
    leaks += scan.scan("pdf bytes", document)
    assert leaks == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_text_of_every_mail_is_translated(world: World, kind: object) -> None:
    with as_everyone("untranslated"), pseudo.marked():
        language = pseudo.LANGUAGE
        mail = render(brand_of(world), kind, language, kind.sample, "Ada")  # type: ignore[arg-type, attr-defined]
    found = [*pseudo.unmarked_html(mail.html), *pseudo.unmarked(mail.text)]
    found += pseudo.unmarked(mail.subject)
    assert [text for text in found if not _is_data(text)] == []


def test_every_text_of_a_document_is_translated(world: World) -> None:
    with as_everyone("untranslated"), pseudo.marked("«", "»"):
        document = pdf.preview(brand_of(world), pseudo.LANGUAGE)
    pages = PdfReader(io.BytesIO(document)).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert "«" in text
    found = pseudo.unmarked(text, "«", "»")
    assert [line for line in found if not _is_data(line)] == []


def _is_data(text: str) -> bool:
    """Addresses, the sample's people and days: nothing that the catalogue holds."""
    for word in (*INVENTED, "Ada"):
        text = text.replace(word, " ")
    words = [
        word
        for word in text.split()
        if "://" not in word and "@" not in word and ".localhost" not in word
    ]
    days = pseudo.calendar_words()
    return not any(
        word.strip(".,:()").isalpha()
        and len(word) > 1
        and word.strip(".,:").lower() not in days
        for word in words
    )
