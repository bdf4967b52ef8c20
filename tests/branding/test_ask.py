"""What the proxy may get a certificate for, and how often strangers make it ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.api.views import domains
from pbx_console.branding import hosts
from pbx_console.branding.models import BrandDomain
from pbx_console.branding.services import add_domain
from tests.conftest import World

ASK = "/api/caddy/ask"


def _ask(client: Client, name: str) -> int:
    return client.get(ASK, {"domain": name}).status_code


def test_only_proven_names_in_plain_spelling_get_one(
    world: World, client: Client
) -> None:
    with as_everyone("test"):
        brand = world.nordbel.reseller.brand
        add_domain(SYSTEM, brand=brand, host="waits.nordbel.example")
    assert _ask(client, "nordbel.localhost") == 200
    for name in (
        "waits.nordbel.example",
        "NORDBEL.localhost",
        "nordbel.localhost.",
        "nordbel.localhost:443",
        "*.localhost",
        "a.nordbel.localhost",
        "",
        "nordbel.localhost\n",
        "127.0.0.1",
        "nördbel.localhost",
        "a" * 3000,
    ):
        assert _ask(client, name) == 404, name
    assert (
        client.get(f"{ASK}?domain=x.example&domain=nordbel.localhost").status_code
        == 404
    )
    assert client.post(ASK, {"domain": "nordbel.localhost"}).status_code == 405


def test_a_name_that_was_switched_off_gets_none(world: World, client: Client) -> None:
    with as_everyone("test"):
        BrandDomain.objects.filter(host="nordbel.localhost").update(proven_at=None)
    hosts.forget()
    assert _ask(client, "nordbel.localhost") == 404


def test_random_names_do_not_reach_the_database(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "PROVEN_TTL", 3600.0)
    hosts.forget()
    with CaptureQueriesContext(connection) as asked:
        answers = [_ask(client, f"x{n}.example") for n in range(300)]
    assert len([q for q in asked if "branddomain" in q["sql"]]) == 1
    limit = domains.UNKNOWN.amount
    assert answers == [404] * limit + [429] * (300 - limit)
    assert _ask(client, "nordbel.localhost") == 200


def test_a_proven_name_is_asked_for_so_often(world: World, client: Client) -> None:
    limit = domains.PER_NAME.amount
    answers = [_ask(client, "nordbel.localhost") for _n in range(limit + 3)]
    assert answers == [200] * limit + [429] * 3
    assert _ask(client, "zuidlijn.localhost") == 200


def test_it_answers_while_redis_is_away(
    world: World, client: Client, monkeypatch: Any
) -> None:
    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr("pbx_console.branding.limiter._shared", away)
    assert _ask(client, "nordbel.localhost") == 200
    assert _ask(client, "unknown.example") == 404
