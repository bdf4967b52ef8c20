"""Nothing at the door tells who has an account: not the text, not the work."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from pbx_console.accounts.models import User
from pbx_console.accounts.scope import as_everyone
from tests.conftest import PASSWORD, World

KNOWN, UNKNOWN = "owner@nordbel.example", "ghost@nordbel.example"


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return every password that is hashed: the work, counted instead of timed."""
    done: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        done.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return done


def plain(page: Any, email: str) -> str:
    text = page.content.decode().replace(email, "")
    return re.sub(r'value="\w{64}"', "", text)


def sign_in(world: World, email: str, password: str) -> Any:
    client = Client(headers={"host": world.nordbel.host})
    return client.post("/sign-in/", {"email": email, "password": password})


def test_wrong_password_and_unknown_address_read_the_same(world: World) -> None:
    pages = [sign_in(world, email, "wrong password") for email in (KNOWN, UNKNOWN)]
    assert {page.status_code for page in pages} == {422}
    assert plain(pages[0], KNOWN) == plain(pages[1], UNKNOWN)
    assert {*pages[0].headers} == {*pages[1].headers}


def test_a_person_who_left_reads_as_unknown(world: World) -> None:
    with as_everyone("test"):
        User.objects.filter(email=KNOWN).update(is_active=False)
    pages = [sign_in(world, email, PASSWORD) for email in (KNOWN, UNKNOWN)]
    assert plain(pages[0], KNOWN) == plain(pages[1], UNKNOWN)


def test_somebody_of_another_realm_reads_as_unknown(world: World) -> None:
    abroad = "owner@zuidlijn.example"
    pages = [sign_in(world, email, PASSWORD) for email in (abroad, UNKNOWN)]
    assert plain(pages[0], abroad) == plain(pages[1], UNKNOWN)


def test_known_and_unknown_cost_the_same_hashing(
    world: World, hashing: list[str]
) -> None:
    work = []
    for email in (KNOWN, UNKNOWN):
        hashing.clear()
        sign_in(world, email, "wrong password")
        work.append(len(hashing))
    assert work == [1, 1]


def test_a_person_who_left_costs_the_same_hashing(
    world: World, hashing: list[str]
) -> None:
    with as_everyone("test"):
        User.objects.filter(email=KNOWN).update(is_active=False)
    hashing.clear()
    sign_in(world, KNOWN, PASSWORD)
    assert len(hashing) == 1


def test_too_many_tries_read_the_same(world: World) -> None:
    pages = []
    for email in (KNOWN, UNKNOWN):
        for _n in range(10):
            sign_in(world, email, "wrong password")
        pages.append(plain(sign_in(world, email, PASSWORD), email))
    assert pages[0] == pages[1]


def test_a_challenge_for_a_passkey_names_nobody(world: World) -> None:
    client = Client(headers={"host": world.nordbel.host})
    options = client.post("/sign-in/passkey/begin/").json()
    assert options["rpId"] == world.nordbel.host
    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"


def test_a_passkey_that_does_not_exist_is_refused_like_any_other(world: World) -> None:
    client = Client(headers={"host": world.nordbel.host})
    said = set()
    for credential in ({}, {"id": "AA", "rawId": "AA", "type": "public-key"}):
        client.post("/sign-in/passkey/begin/")
        answer = client.post(
            "/sign-in/passkey/",
            {"credential": credential},
            content_type="application/json",
        )
        assert answer.status_code == 422
        said.add(answer.json()["error"])
    assert len(said) == 1


@pytest.mark.parametrize(
    "body", ["", "[]", "null", '{"credential": 1}', "[" * 5000, "\x00", '"' * 70000]
)
def test_nonsense_for_a_passkey_is_refused(world: World, body: str) -> None:
    client = Client(headers={"host": world.nordbel.host})
    client.post("/sign-in/passkey/begin/")
    answer = client.post("/sign-in/passkey/", body, content_type="application/json")
    assert answer.status_code == 422


def test_passkey_challenges_are_throttled(world: World) -> None:
    client = Client(headers={"host": world.nordbel.host})
    codes = [client.post("/sign-in/passkey/begin/").status_code for _n in range(11)]
    assert codes == [200] * 10 + [429]


@pytest.mark.parametrize("path", ["/invitation/", "/sign-in/new-password/"])
def test_guessing_the_tokens_of_mails_is_throttled(world: World, path: str) -> None:
    client = Client(headers={"host": world.nordbel.host})
    found = [client.get(f"{path}guess-{n}/").status_code for n in range(51)]
    assert set(found[:50]) <= {404, 410}
    assert found[50] == 429
