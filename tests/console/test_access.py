"""Who passes which door, and where one is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pbx_console.console.access import needs
from tests.conftest import PASSWORD, World


def door(world: World, email: str, **more: str) -> Any:
    client = Client(headers={"host": world.nordbel.host})
    data = {"email": email, "password": PASSWORD, **more}
    return client, client.post("/sign-in/", data)


def test_a_stranger_comes_back_to_the_page_that_was_asked(world: World) -> None:
    client = Client(headers={"host": world.nordbel.host})
    answer = client.get("/account/?x=1")

    assert answer["Location"] == "/sign-in/?next=%2Faccount%2F%3Fx%3D1"
    assert client.post("/account/password/")["Location"] == "/sign-in/"


def test_a_part_of_a_page_sends_the_whole_browser_to_the_door(world: World) -> None:
    client = Client(headers={"host": world.nordbel.host, "hx-request": "true"})
    answer = client.get("/search/")

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/sign-in/"


def test_a_customers_person_needs_no_code_but_a_resellers_does(world: World) -> None:
    _client, answer = door(world, "admin@nordbel.example")
    assert answer["Location"] == "/"
    client, answer = door(world, "owner@nordbel.example")
    assert answer["Location"].startswith("/sign-in/code/")

    assert client.get("/account/")["Location"].startswith("/sign-in/code/")
    setup = client.get("/sign-in/code/?next=/account/")
    assert setup["Location"] == "/sign-in/authenticator/?next=%2Faccount%2F"
    assert client.get(setup["Location"]).status_code == 200


def test_the_person_decides_the_language_then_the_customer_then_the_browser(
    world: World, as_person: Any
) -> None:
    admin = world.nordbel.people["admin"]
    client = as_person(admin, world.nordbel.host)
    english = {"accept-language": "en"}
    assert client.get("/account/", headers=english)["Content-Language"] == "de"

    client.post("/account/preferences/", {"language": "en", "theme": "dark"})
    page = client.get("/account/", headers={"accept-language": "de"})
    assert page["Content-Language"] == "en"
    assert 'data-bs-theme="dark"' in page.content.decode()


def test_a_new_password_is_checked_and_ends_other_sessions(
    world: World, as_person: Any
) -> None:
    admin = world.nordbel.people["admin"]
    here, elsewhere = (as_person(admin, world.nordbel.host) for _n in range(2))
    new = "quite another sentence"

    def change(current: str, first: str, second: str) -> Any:
        data = {"current": current, "new": first, "again": second}
        return here.post("/account/password/", data)

    assert change("wrong", new, new).status_code == 422
    assert change(PASSWORD, new, "different again").status_code == 422
    assert change(PASSWORD, "short", "short").status_code == 422
    assert change(PASSWORD, new, new).status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_the_palette_finds_only_what_is_in_the_scope(
    world: World, as_person: Any
) -> None:
    client = as_person(world.nordbel.people["owner"], world.nordbel.host)
    found = client.get(
        "/search/?q=201", headers={"hx-request": "true"}
    ).content.decode()

    assert "Möbelhaus Altendorf" in found
    assert "Bakkerij De Vries" not in found
    assert "+49 30 231256" in client.get("/search/?q=030 23125").content.decode()
    assert (
        "Bakkerij" not in client.get("/search/?only=customers&q=Bakk").content.decode()
    )


def test_a_right_that_does_not_exist_is_a_mistake_in_our_code() -> None:
    with pytest.raises(KeyError):
        needs("customers.veiw")
