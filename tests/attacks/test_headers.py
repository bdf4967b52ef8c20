"""Open redirects, poisoned hosts, forged proxy headers, methods, frames."""

from __future__ import annotations

import asyncio
import os
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from embedded.paths import PROJECT
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import OutgoingMail
from pbx_console.console.views.sign_in import next_url, safe_path
from tests.conftest import PASSWORD, World

HERE = "https://nordbel.example/sign-in/"
SIGNS = [
    "/",
    "//",
    "\\",
    "\t",
    "\n",
    "\r",
    "\x00",
    " ",
    "%2f",
    "%5c",
    ":",
    "@",
    "?",
    "#",
]
WORDS = ["http:", "https:", "HTTPS://", "javascript:", "data:", "evil.example", "[::1]"]
OTHERS = ["..", "/.", ";", "\u2028", "\u3002", "\uff0f", "nordbel.example", "account"]
PIECES = st.sampled_from([*SIGNS, *WORDS, *OTHERS])
WANTED = st.one_of(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=40))


def where_a_browser_goes(target: str) -> str:
    """Return the host after the cleaning that browsers do (WHATWG URL, 4.4)."""
    clean = target.strip("".join(map(chr, range(33))))
    for char in "\t\n\r":
        clean = clean.replace(char, "")
    found = urlsplit(urljoin(HERE, clean.replace("\\", "/")))
    return f"{found.scheme}://{found.netloc}"


@given(WANTED)
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("https:evil.example")
@example("///evil.example")
@example("/\n/evil.example/")
def test_no_spelling_of_next_leads_off_the_host(wanted: str) -> None:
    assert where_a_browser_goes(safe_path(wanted)) == "https://nordbel.example"


@given(WANTED)
def test_neither_does_one_in_a_form(wanted: str) -> None:
    request: Any = SimpleNamespace(POST={"next": wanted}, GET={})
    assert where_a_browser_goes(next_url(request)) == "https://nordbel.example"


@pytest.mark.parametrize("path", ["/sign-in/?next=", "/sign-in/code/?next="])
def test_the_door_itself_never_leads_off(world: World, path: str) -> None:
    client = Client(headers={"host": world.nordbel.host})
    form = {"email": "admin@nordbel.example", "password": PASSWORD}
    target = f"{path}//evil.example"
    first = client.post("/sign-in/?next=//evil.example", form)
    assert first["Location"] == "/"
    assert "evil" not in client.get(target).get("Location", "/")


FORGED = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-for": "203.0.113.66",
    "x-forwarded-proto": "https",
    "x-real-ip": "203.0.113.66",
    "forwarded": "for=203.0.113.66;host=evil.example;proto=https",
    "x-original-url": "/customers/",
    "x-rewrite-url": "/customers/",
}


def test_a_mail_leads_to_the_table_of_domains_not_to_the_host_header(
    world: World,
) -> None:
    client = Client(headers={"host": f"{world.nordbel.host.upper()}:81", **FORGED})
    client.post("/sign-in/forgotten/", {"email": "owner@nordbel.example"})
    with as_everyone("test"):
        mail = OutgoingMail.objects.get(kind="password_reset")
    assert "evil" not in mail.payload
    assert "://" not in mail.payload, "paths only; the host is added from the table"


def test_a_host_that_is_not_in_the_table_gets_nothing(world: World) -> None:
    for host in (
        "evil.example",
        "nordbel.localhost@evil.example",
        "nordbel.localhost ",
    ):
        client = Client(headers={"host": host})
        answer = client.post("/sign-in/forgotten/", {"email": "owner@nordbel.example"})
        assert answer.status_code == 404
    with as_everyone("test"):
        assert not OutgoingMail.objects.exists()


def test_forged_proxy_headers_change_neither_brand_nor_address(world: World) -> None:
    client = Client(headers={"host": world.nordbel.host, **FORGED})
    form = {"email": "admin@nordbel.example", "password": PASSWORD}
    assert client.post("/sign-in/", form)["Location"] == "/"
    with as_everyone("test"):
        entry = AuditEntry.objects.filter(verb="person.signed_in").latest("pk")
    assert entry.address == "127.0.0.1"
    assert client.get("/customers/").status_code == 403
    page = client.get("/account/")
    assert b"evil" not in page.content


def test_forged_addresses_do_not_help_guessing(world: World) -> None:
    for n in range(11):
        client = Client(
            headers={"host": world.nordbel.host, "x-forwarded-for": f"203.0.113.{n}"}
        )
        form = {"email": "admin@nordbel.example", "password": "wrong"}
        client.post("/sign-in/", form)
    form["password"] = PASSWORD
    assert client.post("/sign-in/", form).status_code == 422


def test_only_a_proxy_is_believed_about_addresses() -> None:
    """Without one nobody is; uvicorn on its own would believe 127.0.0.1."""
    text = (PROJECT / "docker-compose.yml").read_text("utf-8")
    assert "FORWARDED_ALLOW_IPS: ${PBX_SUBNET:-" in text, "the proxy's own network"
    assert os.environ["FORWARDED_ALLOW_IPS"] == "", "the private house has no proxy"
    headers = [(b"x-forwarded-for", b"203.0.113.66"), (b"x-forwarded-proto", b"https")]
    for trusted, expected in (("", "127.0.0.1"), ("172.30.80.0/24", "127.0.0.1")):
        assert asyncio.run(_address(trusted, "127.0.0.1", headers)) == expected
    inside = asyncio.run(_address("172.30.80.0/24", "172.30.80.5", headers))
    assert inside == "203.0.113.66"


async def _address(trusted: str, client: str, headers: list[Any]) -> str:
    """Return which address the application sees behind uvicorn's own middleware."""
    seen: list[str] = []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["client"][0])

    scope: Any = {"type": "http", "client": (client, 1), "headers": headers}
    middleware: Any = ProxyHeadersMiddleware(application, trusted_hosts=trusted)
    await middleware(scope | {"scheme": "http"}, None, None)
    return seen[0]


CHANGING = [
    "/sign-out/",
    "/language/",
    "/theme/",
    "/account/preferences/",
    "/account/sessions/end/",
    "/account/passkeys/",
    "/account/passkeys/begin/",
    "/sign-in/passkey/",
    "/sign-in/passkey/begin/",
]


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_what_changes_something_takes_a_post_only(
    world: World, as_person: Any, path: str, method: str
) -> None:
    client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    assert getattr(client, method)(path).status_code == 405


def test_a_method_in_a_field_or_header_is_not_believed(
    world: World, as_person: Any
) -> None:
    client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    override = {"x-http-method-override": "POST"}
    assert client.get("/sign-out/?_method=POST", headers=override).status_code == 405
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/sign-in/forgotten/", "/account/", "/nothing-here/"]
)
def test_no_page_can_be_framed(world: World, as_person: Any, path: str) -> None:
    client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    page = client.get(path)
    assert page["X-Frame-Options"] == "DENY"
    policy = page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert page["X-Content-Type-Options"] == "nosniff"
