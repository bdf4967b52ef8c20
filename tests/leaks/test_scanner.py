"""The scanner can fail: planted leaks are found, exemptions are used and have reasons."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import hosts
from pbx_console.branding.models import Brand
from tests.conftest import World
from tests.leaks.pages import exchange
from tests.leaks.scanner import EXEMPTIONS, PLATFORM_PRODUCT, Scanner


@pytest.mark.parametrize(
    "text",
    [
        f"Welcome to {PLATFORM_PRODUCT}",
        "server: uvicorn",
        "X-Powered-By: Django",
        "s=Asterisk",
        "the PBX Console",
        "Ask your operator",
        "Fragen Sie den Betreiber",
        "Ask zuidlijn",
        "Bakkerij De Vries",
        "admin@zuidlijn.example",
        "console.localhost",
        "+31207990100",
    ],
)
def test_it_finds_a_planted_leak(scan: Scanner, text: str) -> None:
    assert scan.scan("page x body", text)
    assert scan.scan("page x body", text.encode())


def test_it_lets_the_resellers_own_words_pass(scan: Scanner) -> None:
    assert scan.scan("page x body", "Nordbel, Möbelhaus Altendorf, +4930231256") == []


def test_it_finds_a_leak_on_a_page(named: World, scan: Scanner) -> None:
    with as_everyone("plant a leak"):
        brand = Brand.objects.get(reseller=named.nordbel.reseller)
        Brand.objects.filter(pk=brand.pk).update(
            product_name=f"Nordbel by {PLATFORM_PRODUCT}"
        )
    hosts.forget()
    client = Client(headers={"host": named.nordbel.host})
    leaks = exchange(scan, client, "page", reverse("console:sign_in"))
    assert PLATFORM_PRODUCT in {leak.word for leak in leaks}


def test_an_exemption_covers_its_place_only(scan: Scanner) -> None:
    text = '<input name="csrfmiddlewaretoken">'
    assert scan.scan("page /x body", text) == []
    assert scan.scan("page /x headers", text)


def test_every_exemption_has_a_reason() -> None:
    assert all(len(exemption.reason) > 20 for exemption in EXEMPTIONS)
