"""What browsers, authenticators and readers take from us beside pages names nobody."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from pbx_console.accounts.models import User
from pbx_console.accounts.scope import as_everyone
from pbx_console.console.views import second_factor
from tests.branding.test_pdf import read
from tests.conftest import World
from tests.leaks.pages import body, look
from tests.leaks.scanner import Leak, Scanner

BRAND_FILES = (
    "/site.webmanifest",
    "/robots.txt",
    "/favicon.ico",
    "/brand.css",
    "/brand/logo.svg",
)


@pytest.mark.parametrize("path", BRAND_FILES)
def test_no_file_of_the_brand_names_anybody_else(
    named: World, scan: Scanner, path: str
) -> None:
    answer = Client(headers={"host": named.nordbel.host}).get(path, follow=True)
    # There is no robots.txt: the brand's own error page answers.
    assert answer.status_code == (404 if path == "/robots.txt" else 200)
    leaks = look(scan, answer, "page", path)
    for hop, _status in answer.redirect_chain:
        leaks += scan.scan(f"page {path} redirect", hop)
    assert leaks == []


def test_an_authenticator_shows_the_reseller(
    named: World, scan: Scanner, as_person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = second_factor.qr_svg

    def remember(text: str) -> Any:
        drawn.append(text)
        return draw(text)

    monkeypatch.setattr(second_factor, "qr_svg", remember)
    person = named.nordbel.people["admin"]
    as_person(person, named.nordbel.host).get(reverse("console:second_factor_setup"))
    (address,) = drawn
    assert scan.scan("otpauth", address) == scan.scan("otpauth", unquote(address)) == []
    assert parse_qs(urlsplit(address).query)["issuer"] == ["Nordbel"]
    assert unquote(urlsplit(address).path) == f"/Nordbel:{person.email}"


def test_a_new_passkey_is_made_for_the_reseller(
    named: World, scan: Scanner, as_person: Any
) -> None:
    person = named.nordbel.people["admin"]
    client = as_person(person, named.nordbel.host)
    answer = client.post(reverse("console:passkey_make_begin"))
    assert look(scan, answer, "passkey", "make") == []
    options = answer.json()
    assert options["rp"] == {"name": "Nordbel", "id": named.nordbel.host}
    assert options["user"]["name"] == person.email
    assert options["user"]["displayName"] == person.name


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_passkey_is_asked_for_in_the_resellers_name(
    named: World, scan: Scanner, as_person: Any, signed_in: bool
) -> None:
    client = Client(headers={"host": named.nordbel.host})
    if signed_in:
        client = as_person(named.nordbel.people["admin"], named.nordbel.host)
    answer = client.post(reverse("console:passkey_use_begin"))
    assert look(scan, answer, "passkey", "use") == []
    assert answer.json()["rpId"] == named.nordbel.host


@pytest.mark.parametrize("language", ["de", "en", "nl"])
def test_the_directory_names_nobody_else(
    named: World, scan: Scanner, as_person: Any, language: str
) -> None:
    tenant = named.nordbel
    with as_everyone("test"):
        User.objects.filter(pk=tenant.people["admin"].pk).update(language=language)
    client = as_person(tenant.people["admin"], tenant.host)
    answer = client.get(f"/customers/{tenant.customer.code}/directory.pdf")
    leaks = look(scan, answer, "directory", language)
    assert leaks + _inside(scan, read(body(answer))) == []


def _inside(scan: Scanner, document: PdfReader) -> list[Leak]:
    """Look at the text, at what the file says of itself and at all that is packed."""
    text = "\n".join(page.extract_text() for page in document.pages)
    leaks = scan.scan("directory text", text)
    leaks += scan.scan("directory metadata", str(document.metadata))
    for number in range(1, int(str(document.trailer["/Size"]))):
        item: Any = document.get_object(number)
        if hasattr(item, "get_data"):
            leaks += scan.scan(f"directory stream {number}", item.get_data())
        leaks += scan.scan(f"directory object {number}", str(item))
    return leaks
