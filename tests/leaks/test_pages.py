"""Every page, as everybody at reseller A, names nobody but reseller A."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from pbx_console.accounts.rights import has_right
from pbx_console.branding import hosts
from tests.conftest import World
from tests.leaks.pages import exchange, look, url_of
from tests.leaks.scanner import Leak, Scanner
from tests.meta.addresses import PUBLIC, Address, addresses

ROLES = ("owner", "technician", "billing", "reader", "admin", "end_user")
LANGUAGES = ("de", "en", "nl")
# Every role in one language, and who sees most in all of them.
READERS = (
    *(("owner", language) for language in LANGUAGES),
    *(("admin", language) for language in ("de", "nl")),
    ("technician", "en"),
    ("billing", "nl"),
    ("reader", "de"),
    ("end_user", "en"),
)
UNKNOWN_HOST = "nobody.localhost"


def reached(role: str) -> list[Address]:
    """Every address that a role may open."""
    return [
        address
        for address in addresses()
        if address.name != "console:sign_out"
        and (not (right := _right(address)) or has_right(role, right))
    ]


def _right(address: Address) -> str:
    return getattr(address.view, "right", "") or ""


@contextmanager
def undone() -> Iterator[None]:
    """Run in a savepoint that is always rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize(("role", "language"), READERS)
def test_no_page_names_anybody_else(
    named: World, scan: Scanner, as_person: Any, role: str, language: str
) -> None:
    tenant = named.nordbel
    leaks: list[Leak] = []
    client = as_person(tenant.people[role], tenant.host)
    client.cookies["language"] = language
    signed_in = deepcopy(client.cookies)
    for address in reached(role):
        client.cookies = deepcopy(signed_in)
        with undone():
            leaks += exchange(scan, client, "page", url_of(address, tenant, role))
    assert leaks == [], "\n".join(map(str, leaks))


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_to_an_empty_form_names_anybody_else(
    named: World, scan: Scanner, as_person: Any, role: str
) -> None:
    tenant = named.nordbel
    leaks: list[Leak] = []
    client = as_person(tenant.people[role], tenant.host)
    signed_in = deepcopy(client.cookies)
    for address in reached(role):
        client.cookies = deepcopy(signed_in)
        with undone():
            url = url_of(address, tenant, role)
            leaks += exchange(scan, client, "post", url, method="post")
    assert leaks == [], "\n".join(map(str, leaks))


@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_no_page_names_anybody_else_to_a_stranger(
    named: World, scan: Scanner, method: str
) -> None:
    leaks: list[Leak] = []
    for address in addresses():
        with undone():
            client = Client(headers={"host": named.nordbel.host})
            url = url_of(address, named.nordbel)
            leaks += exchange(scan, client, "page", url, method=method)
    assert leaks == [], "\n".join(map(str, leaks))


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_a_foreign_objects_page_does_not_name_it(
    named: World, scan: Scanner, as_person: Any, role: str
) -> None:
    client = as_person(named.nordbel.people[role], named.nordbel.host)
    leaks: list[Leak] = []
    for address in reached(role):
        if address.arguments and address.name not in PUBLIC:
            response = client.get(url_of(address, named.zuidlijn))
            leaks += look(scan, response, "error", f"a foreign {address.name}")
    assert leaks == [], "\n".join(map(str, leaks))


def test_no_error_names_anybody(
    named: World, scan: Scanner, as_person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_user = named.nordbel.people["end_user"]
    client = as_person(end_user, named.nordbel.host)
    owner = as_person(named.nordbel.people["owner"], named.nordbel.host)
    strict = Client(headers={"host": named.nordbel.host}, enforce_csrf_checks=True)
    door = reverse("console:sign_in")
    answers = {
        404: client.get("/there/is/nothing"),
        403: client.get(reverse("console:customers")),
        400: owner.post(reverse("console:language"), {"language": "xx"}),
        405: owner.get(reverse("console:language")),
        4031: strict.post(door, {"email": "x"}),
        413: owner.post(door, b"x" * (11 << 20), content_type="text/plain"),
    }
    leaks = [
        leak
        for status, response in answers.items()
        for leak in look(scan, response, "error", str(status))
    ]
    assert leaks == [], "\n".join(map(str, leaks))
    assert [answers[s].status_code for s in (404, 403, 400, 405)] == [
        404,
        403,
        400,
        405,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fault_names_anybody(
    named: World, scan: Scanner, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    from django.db import OperationalError  # noqa: PLC0415 - beside its use

    client = Client(
        headers={"host": named.nordbel.host, "accept-language": language},
        raise_request_exception=False,
    )
    client.get(reverse("console:sign_in"))  # the host is known from now on
    door = "pbx_console.console.views.sign_in.render"
    for error, status in ((RuntimeError("boom"), 500), (OperationalError("away"), 503)):

        def fail(*_args: object, error: Exception = error, **_more: object) -> None:
            raise error

        monkeypatch.setattr(door, fail)
        response = client.get(reverse("console:sign_in"))
        assert response.status_code == status
        assert look(scan, response, "error", str(status)) == []


@pytest.mark.parametrize("path", ["/", "/robots.txt", "/favicon.ico", "/brand.css"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_host_names_nobody(
    named: World, scan: Scanner, path: str, language: str
) -> None:
    client = Client(headers={"host": UNKNOWN_HOST, "accept-language": language})
    response = client.get(path)
    assert response.status_code in (400, 404, 421)
    assert look(scan, response, "error", UNKNOWN_HOST) == []
    assert b"Nordbel" not in response.content


@pytest.mark.parametrize(
    "path",
    ["/site.webmanifest", "/robots.txt", "/favicon.ico", "/favicon.svg", "/brand.css"],
)
def test_no_file_at_the_root_names_anybody(
    named: World, scan: Scanner, path: str
) -> None:
    client = Client(headers={"host": named.nordbel.host})
    assert exchange(scan, client, "page", path) == []


def test_the_colours_of_another_brand_stay_there(named: World) -> None:
    client = Client(headers={"host": named.nordbel.host})
    other = Client(headers={"host": named.zuidlijn.host})
    assert "#f2701d" in other.get("/brand.css").content.decode().lower()
    assert "#f2701d" not in client.get("/brand.css").content.decode().lower()
    brand = hosts.brand_for(named.nordbel.host)
    assert brand is not None
    assert brand.product_name == "Nordbel"
