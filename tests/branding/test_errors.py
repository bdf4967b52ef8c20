"""Pages for what went wrong wear the brand's dress and need nobody's help."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.test import Client

from pbx_console.branding import hosts
from pbx_console.console.views import preferences
from tests.conftest import World


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes the page /theme/ raise something."""

    def break_with(error: Exception) -> None:
        def fail(request: Any, *args: Any) -> None:
            raise error

        monkeypatch.setattr(preferences, "_kept", fail)

    return break_with


def ask(host: str = "nordbel.localhost", **headers: str) -> Any:
    client = Client(raise_request_exception=False, headers={"host": host, **headers})
    return client.post("/theme/", {"theme": "dark"})


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (BadRequest(), 400, "not complete"),
        (PermissionDenied(), 403, "may not open"),
        (ZeroDivisionError("secret detail"), 500, "could not be made"),
    ],
)
def test_it_wears_the_brand_and_tells_no_details(
    world: World, broken: Any, error: Exception, status: int, words: str
) -> None:
    broken(error)
    page = ask()
    text = page.content.decode()

    assert page.status_code == status
    assert words in text
    assert "· Nordbel" in text
    assert "/brand.css?v=" in text
    assert "secret detail" not in text
    assert "Traceback" not in text


def test_it_says_404_alike_for_every_address_that_is_not_there(world: World) -> None:
    page = Client(headers={"host": "zuidlijn.localhost"}).get("/no/such/page/")

    assert page.status_code == 404
    assert "· Zuidlijn" in page.content.decode()


def test_it_shows_maintenance_in_the_brand_while_the_database_is_away(
    world: World, broken: Any
) -> None:
    broken(OperationalError("connection refused: host 10.0.0.5"))
    page = ask()
    text = page.content.decode()

    assert page.status_code == 503
    assert page["Retry-After"] == "30"
    assert "Telephones keep working" in text
    assert "· Nordbel" in text
    assert "10.0.0.5" not in text


def test_it_shows_maintenance_and_its_files_when_even_the_brand_cannot_be_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("gone")

    client = Client(
        raise_request_exception=False, headers={"host": "nordbel.localhost"}
    )
    client.get("/sign-in/")
    hosts.forget()
    monkeypatch.setattr(hosts, "_look_up", away)
    assert client.get("/brand.css").status_code == 200

    stranger = Client(raise_request_exception=False, headers={"host": "new.example"})
    page = stranger.get("/sign-in/")
    assert page.status_code == 503
    assert "Nordbel" not in page.content.decode()
    assert "brand.css" not in page.content.decode()


def test_it_explains_an_expired_form(world: World) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "nordbel.localhost"})
    page = client.post("/sign-in/", {"email": "a@b.example", "password": "x"})

    assert page.status_code == 403
    assert "open for too long" in page.content.decode()
    assert "· Nordbel" in page.content.decode()


def test_it_speaks_the_visitors_language(world: World, broken: Any) -> None:
    broken(ZeroDivisionError())
    german = ask(**{"accept-language": "de-DE,de;q=0.9"}).content.decode()

    assert 'lang="de"' in german


def test_no_answer_names_our_software(world: World) -> None:
    answer = Client(headers={"host": "nordbel.localhost"}).get("/sign-in/")

    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
