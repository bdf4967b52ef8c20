"""The host decides the brand, by exact match and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
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


# ── attacks on the host, and the way to the main one ─────────────────────────────────


def _served(**headers: str) -> tuple[int, str]:
    page = Client(**headers).get("/sign-in/")  # type: ignore[arg-type]
    return page.status_code, page.content.decode()


def test_no_forwarded_header_changes_the_host(world: World) -> None:
    for name in ("X_FORWARDED_HOST", "FORWARDED", "X_HOST", "X_ORIGINAL_HOST"):
        value = (
            "host=zuidlijn.localhost" if name == "FORWARDED" else "zuidlijn.localhost"
        )
        sent = {"HTTP_HOST": "nordbel.localhost", f"HTTP_{name}": value}
        status, text = _served(**sent)
        assert (status, "Nordbel" in text, "Zuidlijn" in text) == (200, True, False)
        sent = {"HTTP_HOST": "unknown.example", f"HTTP_{name}": value}
        assert _served(**sent)[0] == 404


def _asgi(headers: list[tuple[bytes, bytes]], path: str = "/sign-in/") -> int:
    """Ask as the server does that reads the network: headers as they came."""
    from asgiref.testing import ApplicationCommunicator  # noqa: PLC0415
    from django.core.asgi import get_asgi_application  # noqa: PLC0415

    async def asked() -> int:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "client": ("192.0.2.1", 1),
            "server": ("127.0.0.1", 8000),
            "scheme": "http",
        }
        talk = ApplicationCommunicator(get_asgi_application(), scope)
        await talk.send_input({"type": "http.request", "body": b""})
        status: int = (await talk.receive_output(10))["status"]
        return status

    return async_to_sync(asked)()


def test_two_host_headers_or_none_are_nobodys(world: World) -> None:
    good, other = (b"host", b"nordbel.localhost"), (b"host", b"zuidlijn.localhost")
    assert _asgi([good]) == 200
    assert _asgi([good, other]) == 404
    assert _asgi([good, good]) == 404
    assert _asgi([]) == 404


def test_an_absolute_request_target_does_not_choose_the_host(world: World) -> None:
    good = (b"host", b"nordbel.localhost")
    assert _asgi([good], "http://zuidlijn.localhost/sign-in/") == 404


@pytest.fixture
def aside(world: World) -> str:
    """Return a second proven host of Nordbel, which leads to the main one."""
    with as_everyone("test"):
        brand = world.nordbel.reseller.brand
        add_domain(SYSTEM, brand=brand, host="aside.example.com", proven=True)
    hosts.forget()
    return "aside.example.com"


def test_other_hosts_lead_to_the_main_one(aside: str, settings: Any) -> None:
    settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = "https", ""
    client = Client(headers={"host": aside})
    answer = client.get("/sign-in/?next=/calls/&x=%2F%2Fevil.example")
    assert answer.status_code == 302
    there = "https://nordbel.localhost/sign-in/?next=/calls/&x=%2F%2Fevil.example"
    assert answer["Location"] == there
    for path in ("//evil.example/", "/\\evil.example", "/%0d%0aX-Evil: 1"):
        location = client.get(path).headers.get(
            "Location", "https://nordbel.localhost/"
        )
        assert location.startswith("https://nordbel.localhost/"), path


def test_what_machines_ask_is_answered_where_it_was_asked(aside: str) -> None:
    client = Client(headers={"host": aside})
    for path in ("/.well-known/x", "/api/health/live", "/p/x", "/ws/live/"):
        assert client.get(path).status_code != 302, path
    assert client.post("/sign-in/", {"email": "x", "password": "y"}).status_code == 422
    assert client.get("/sign-in/", headers={"hx-request": "true"}).status_code == 200


def test_a_main_host_in_trouble_leads_nobody_away(aside: str) -> None:
    with as_everyone("test"):
        BrandDomain.objects.filter(is_primary=True).update(problem="gone")
    hosts.forget()
    assert Client(headers={"host": aside}).get("/sign-in/").status_code == 200


def test_cookies_are_bound_to_the_host(world: World, settings: Any) -> None:
    assert settings.SESSION_COOKIE_DOMAIN is settings.CSRF_COOKIE_DOMAIN is None
    page = Client(headers={"host": "nordbel.localhost"}).get("/sign-in/")
    for cookie in page.cookies.values():
        assert not cookie["domain"]
        assert cookie["path"] == "/"


def test_the_page_of_no_host_speaks_three_languages_and_names_nobody(
    world: World,
) -> None:
    said = set()
    for language in ("de", "en", "nl"):
        page = Client(
            HTTP_HOST="unknown.example", HTTP_ACCEPT_LANGUAGE=f"{language},xx;q=0.5"
        ).get("/")
        text = page.content.decode()
        assert f'lang="{language}"' in text
        assert not {"nordbel", "zuidlijn", "pbx"} & set(text.lower().split())
        said.add(text.partition("<h1>")[2].partition("</h1>")[0])
    assert len(said) == 3
