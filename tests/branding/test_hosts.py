"""The host decides the brand, by exact match and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import hosts
from pbx_console.branding.models import BrandDomain
from pbx_console.branding.pages import absolute_url
from pbx_console.branding.services import add_domain, domain_is_proven, save_brand
from tests.conftest import World

SAME = [
    "nordbel.localhost",
    "NORDBEL.LocalHost",
    "nordbel.localhost:8000",
    "nordbel.localhost.",
    "nordbel.localhost.:443",
]
ODD = [
    "",
    "localhost",
    "unknown.localhost",
    "nordbel",
    "nordbel.localhost.evil.example",
    "evil.nordbel.localhost",
    "nordbel.localhost@evil.example",
    "nordbel.localhost, zuidlijn.localhost",
    "nordbel.localhost/",
    "nordbel.localhost:",
    "nordbel.localhost:80:80",
    "nordbel.localhost:abc",
    "nordbel..localhost",
    ".nordbel.localhost",
    "nordbel.localhost..",
    "nordbel.localhost\n",
    " nordbel.localhost",
    "nordbel.localhost%00",
    "127.0.0.1",
    "[::1]:8000",
    "nordbél.localhost",
    "' OR 1=1 --",
    "a" * 5000,
]


def test_it_finds_the_brand_by_its_host(world: World) -> None:
    for header in SAME:
        page = Client(headers={"host": header}).get("/sign-in/")

        assert page.status_code == 200, header
        assert "Nordbel" in page.content.decode()
        assert "Zuidlijn" not in page.content.decode()


def test_it_answers_a_neutral_page_to_any_other_host(world: World) -> None:
    for header in ODD:
        page = Client(HTTP_HOST=header).get("/sign-in/")
        text = page.content.decode().lower()

        assert page.status_code == 404, header
        for name in ("nordbel", "zuidlijn", "console", "pbx", "django", "csrf"):
            assert name not in text
        assert not page.cookies


def test_it_shows_no_file_of_a_brand_to_a_stranger(world: World) -> None:
    for path in ("/brand.css", "/brand/logo.svg", "/favicon.ico", "/"):
        assert Client(HTTP_HOST="unknown.example").get(path).status_code == 404


def test_it_does_not_believe_a_forwarded_host(world: World) -> None:
    client = Client(
        headers={"host": "nordbel.localhost", "x-forwarded-host": "zuidlijn.localhost"}
    )

    assert "Zuidlijn" not in client.get("/sign-in/").content.decode()


def test_it_shows_a_domain_only_when_it_is_proven(world: World) -> None:
    host = "phone.moebel.example"
    with as_everyone("test"):
        brand = world.nordbel.reseller.brand
        add_domain(SYSTEM, brand=brand, host=host)
    hosts.forget()
    assert Client(HTTP_HOST=host).get("/sign-in/").status_code == 404
    assert not domain_is_proven(host)

    with as_everyone("test"):
        add_domain(SYSTEM, brand=brand, host=host, proven=True, primary=True)
    hosts.forget()
    assert Client(HTTP_HOST=host).get("/sign-in/").status_code == 200
    assert domain_is_proven(host)
    assert domain_is_proven("PHONE.moebel.example")


def test_it_asks_no_certificate_for_a_strange_name(world: World) -> None:
    assert [host for host in ODD if domain_is_proven(host)] == []


def test_it_closes_the_host_of_a_reseller_that_is_switched_off(world: World) -> None:
    with as_everyone("test"):
        world.nordbel.reseller.is_active = False
        world.nordbel.reseller.save()
    hosts.forget()

    assert Client(HTTP_HOST="nordbel.localhost").get("/sign-in/").status_code == 404
    assert not domain_is_proven("nordbel.localhost")


def test_it_remembers_a_host_for_a_moment_and_forgets_it_after_a_save(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    from django.db import connection  # noqa: PLC0415 - only this test counts queries

    hosts.brand_for("nordbel.localhost")
    with CaptureQueriesContext(connection) as asked:
        hosts.brand_for("nordbel.localhost")
    assert len(asked) == 0

    with as_everyone("test"), django_capture_on_commit_callbacks(execute=True):
        save_brand(SYSTEM, reseller=world.nordbel.reseller, product_name="Nordbel Neu")
    found = hosts.brand_for("nordbel.localhost")
    assert found is not None
    assert found.product_name == "Nordbel Neu"


def test_it_goes_on_with_the_known_brand_while_the_database_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts.brand_for("nordbel.localhost")
    hosts.forget()

    def away(host: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(hosts, "_look_up", away)
    found = hosts.brand_for("nordbel.localhost")
    assert found is not None
    assert found.product_name == "Nordbel"
    with pytest.raises(OperationalError):
        hosts.brand_for("never.seen.example")


def test_it_keeps_hosts_lower_case_and_unique_in_the_table(world: World) -> None:
    with as_everyone("test"):
        brand = world.zuidlijn.reseller.brand
        found = add_domain(
            SYSTEM, brand=brand, host=" Phone.Zuid.example. ", proven=True
        )
        assert found.host == "phone.zuid.example"
        with pytest.raises(Exception, match="cannot be used"):
            add_domain(SYSTEM, brand=brand, host="nordbel.localhost")
        with pytest.raises(Exception, match="host name"):
            add_domain(SYSTEM, brand=brand, host="not a host")


def test_it_builds_links_from_the_table(world: World, settings: Any) -> None:
    settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = "https", ""
    with as_everyone("test"):
        brand = world.nordbel.reseller.brand
        assert absolute_url(brand, "/sign-in/") == "https://nordbel.localhost/sign-in/"
        settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = "http", "8000"
        assert absolute_url(brand, "/") == "http://nordbel.localhost:8000/"
        BrandDomain.objects.filter(brand=brand).update(proven_at=None)
        with pytest.raises(LookupError):
            absolute_url(brand, "/")


def test_it_prefers_the_primary_domain_in_links(world: World) -> None:
    with as_everyone("test"):
        brand = world.nordbel.reseller.brand
        add_domain(SYSTEM, brand=brand, host="a.example.com", primary=True, proven=True)
        assert "//a.example.com" in absolute_url(brand, "/")
        primary = BrandDomain.objects.get(brand=brand, is_primary=True)
        assert primary.proven_at is not None
        assert primary.proven_at <= datetime.now(UTC)
