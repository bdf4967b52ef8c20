"""Sensitive acts ask again who one is, when the last proof is old."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pbx_console.accounts.services.proof import GOOD_FOR, PROVED
from tests.conftest import PASSWORD, World


def grow_old(client: Client) -> None:
    """Let the last proof be just too old."""
    session = client.session
    session[PROVED] -= GOOD_FOR
    session.save()


@pytest.fixture
def admin(world: World, as_person: Any) -> Client:
    """Return an administrator whose last proof is too old."""
    client: Client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    grow_old(client)
    return client


def secret_of(world: World) -> str:
    extension = world.nordbel.extension
    return f"/customers/{extension.customer.code}/extensions/{extension.number}/secret/"


def test_a_sensitive_act_waits_for_the_password(world: World, admin: Client) -> None:
    page = secret_of(world).removesuffix("secret/")
    referer = {"referer": f"http://{world.nordbel.host}{page}"}
    asked = admin.post(secret_of(world), headers=referer)
    assert asked["Location"].startswith("/account/prove/?next=%2Fcustomers%2F")
    assert asked["Location"].endswith("201%2F")

    wrong = admin.post(asked["Location"], {"password": "not it"})
    assert wrong.status_code == 422
    assert admin.post(secret_of(world))["Location"].startswith("/account/prove/")
    right = admin.post(asked["Location"], {"password": PASSWORD})
    assert right["Location"] == page
    assert admin.post(secret_of(world))["Location"] == page


def test_a_foreign_referer_is_no_way_back(world: World, admin: Client) -> None:
    for referer in ("https://evil.example/x", f"http://{world.nordbel.host}//evil/x"):
        asked = admin.post(secret_of(world), headers={"referer": referer})
        assert "evil" not in asked["Location"]


def test_guessing_the_password_of_an_open_session_is_throttled(admin: Client) -> None:
    for _n in range(10):
        admin.post("/account/prove/", {"password": "wrong"})
    assert admin.post("/account/prove/", {"password": PASSWORD}).status_code == 422
