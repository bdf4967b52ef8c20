"""The page of the call path."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_customer, as_everyone
from pbx_console.console import call_paths
from pbx_console.pbx.models import Destination
from pbx_console.pbx.services.schedules import save_schedule
from tests.conftest import World
from tests.console.conftest import Opens, text_of


def page_of(customer: Customer, query: str = "") -> str:
    """The address of a customer's call path."""
    return reverse("console:call_path", args=[customer.code]) + query


def token_of(world: World, tenant: str = "nordbel") -> str:
    """The token of a tenant's extension 201."""
    with as_everyone("test"):
        row = Destination.objects.get(
            kind="extension", object_id=getattr(world, tenant).extension.pk
        )
    return f"d{row.pk}"


def test_it_shows_where_a_number_leads(sign_in: Opens, world: World) -> None:
    at = world.nordbel
    shown = text_of(sign_in("reader").get(page_of(at.customer, f"?from={at.number}")))
    assert "Reception" in shown  # a plus that nobody encoded
    assert "rings 30 s." in shown
    assert reverse("console:extension", args=[at.customer.code, "201"]) in shown
    assert shown.count('class="n on') == 2


def test_it_takes_an_internal_number(sign_in: Opens, world: World) -> None:
    at = world.nordbel
    shown = text_of(sign_in("reader").get(page_of(at.customer, "?to=201")))
    assert f'value="{token_of(world)}" selected' in shown


def test_number_and_extension_lead_to_it(sign_in: Opens, world: World) -> None:
    at, client = world.nordbel, sign_in("technician")
    extension = reverse("console:extension", args=[at.customer.code, "201"])
    assert page_of(at.customer, "?to=201") in text_of(client.get(extension))
    number = reverse("console:number", args=[at.number[1:]])
    assert page_of(at.customer, f"?to=%2B{at.number[1:]}") in text_of(
        client.get(number)
    )


def test_it_begins_with_the_main_number(sign_in: Opens, world: World) -> None:
    shown = text_of(sign_in("reader").get(page_of(world.nordbel.customer)))
    assert f'value="{world.nordbel.number}" selected' in shown


def test_it_shows_an_extension_at_a_moment(sign_in: Opens, world: World) -> None:
    query = f"?to={token_of(world)}&at=2026-12-24T10:14"
    shown = text_of(sign_in("technician").get(page_of(world.nordbel.customer, query)))
    assert "24 December 2026, 10:14" in shown
    assert "What happens then" in shown


def test_it_answers_the_drawing_alone_to_htmx(sign_in: Opens, world: World) -> None:
    asked = sign_in("technician").get(
        page_of(world.nordbel.customer), headers={"HX-Request": "true"}
    )
    assert text_of(asked).lstrip().startswith('<div class="cp"')


@pytest.mark.parametrize(
    "query", ["?at=tomorrow", "?at=0001-01-01T00:00", "?at=9999-12-31T23:59"]
)
def test_it_says_that_a_moment_is_none(
    sign_in: Opens, world: World, query: str
) -> None:
    asked = sign_in("technician").get(page_of(world.nordbel.customer, query))
    assert asked.status_code == 422
    assert "Choose a day and a time." in text_of(asked)


@pytest.mark.parametrize(
    "query",
    ["?to=x1", "?to=d", "?from=%27%3B--", "?to=d1%00", "?from=+" + "9" * 40, "?to="],
)
def test_it_takes_no_odd_token(sign_in: Opens, world: World, query: str) -> None:
    asked = sign_in("technician").get(page_of(world.nordbel.customer, query))
    assert asked.status_code == 200
    assert "Reception" in text_of(asked)


def test_it_does_not_know_another_customers_destination(
    sign_in: Opens, world: World
) -> None:
    for foreign in (token_of(world, "zuidlijn"), "d999999999999999999"):
        query = f"?to={foreign}"
        asked = sign_in("technician").get(page_of(world.nordbel.customer, query))
        assert asked.status_code == 404


def test_it_says_nothing_of_another_customers_number(
    sign_in: Opens, world: World
) -> None:
    query = f"?from=%2B{world.zuidlijn.number[1:]}"
    shown = text_of(sign_in("technician").get(page_of(world.nordbel.customer, query)))
    assert "No number of this customer." in shown
    assert "201" not in shown.partition("<svg class")[2].partition("</svg>")[0]


def test_the_database_answers_a_customer_only_about_itself(world: World) -> None:
    own, other = world.nordbel.customer, world.zuidlijn
    with as_customer(own):
        assert call_paths.ask(own, token_of(world)).action == "extension"
        foreign = call_paths.ask(other.customer, token_of(world, "zuidlijn"))
        assert (foreign.action, foreign.reason) == ("refuse", "gone")
        assert foreign.tenantid == ""
        assert call_paths.ask(own, other.number).reason == "unknown_number"


def test_the_console_may_not_ask_past_the_scope(world: World) -> None:
    with (
        pytest.raises(Exception, match="permission denied") as refused,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT asterisk.step('c', 'd1', '', now())")
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_it_draws_an_action_that_it_does_not_know(
    sign_in: Opens, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(customer: Customer, token: str, at: object = None) -> call_paths.Step:
        known = {"t9": {"action": "fancy_thing", "next": "d0"}}
        return call_paths.Step(known.get(token, {"action": "number", "next": "t9"}))

    monkeypatch.setattr(call_paths, "ask", ask)
    shown = text_of(sign_in("technician").get(page_of(world.nordbel.customer)))
    assert "Fancy thing" in shown


def test_it_shows_when_a_schedule_is_open_on_that_day(
    sign_in: Opens, world: World
) -> None:
    with as_everyone("test"):
        to = world.nordbel.extension.destination
        hours = [{"weekday": 3, "opens": 9 * 60, "closes": 18 * 60}]
        own = {"customer": world.nordbel.customer, "open_to": to, "hours": hours}
        save_schedule(SYSTEM, number="700", name="Shop", **own)
    client = sign_in("reader")
    for at, state in (("10:14", "is open by"), ("18:00", "is closed by")):
        query = f"?to=700&at=2026-11-19T{at}"  # a Thursday
        shown = text_of(client.get(page_of(world.nordbel.customer, query)))
        assert state in shown
        assert '<rect class="d-open" x="36" width="36"' in shown
        assert "at=2026-11-19T18%3A00" in shown


# ── test calls ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def asterisk(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An Asterisk that takes every call; `place` is what it keeps of it."""
    told: dict[str, str] = {}

    def answer(actions: list[dict[str, str]]) -> list[dict[str, Any]]:
        found = []
        for action in actions:
            told.update(action)
            events = [{"Val": told["place"]}] if "place" in told else []
            value = {"Response": "Success", "Value": told.get("token", "")}
            found.append(value | {"events": events})
        return found

    monkeypatch.setattr("pbx_console.pbx.services.path_calls.ask_all", answer)
    return told


def test_a_test_call_is_followed_on_the_page(
    sign_in: Opens, world: World, asterisk: dict[str, str]
) -> None:
    at, client = world.nordbel, sign_in("technician")
    ask = reverse("console:call_path_test", args=[at.customer.code])
    query = f"?to=%2B{at.number[1:]}"
    assert ask + query in text_of(client.get(page_of(at.customer, query)))
    assert "it costs nothing" in text_of(client.get(ask + query))
    page = client.post(ask + query, {"extension": at.extension.pk}, follow=True)
    assert "Your phone rings. Answer it." in text_of(page)
    assert f"PATH_TARGET=PJSIP/{at.extension.endpoint_id}" in asterisk["Variable"]
    assert f"PATH_TOKEN={token_of(world)}" in asterisk["Variable"]
    url = page.redirect_chain[-1][0]
    asterisk |= {"place": "Local/s@path-ring-1;1", "token": token_of(world)}
    shown = text_of(client.get(url, headers={"hx-request": "true"}))
    assert "The test call is here." in shown
    assert 'class="n on here"' in shown
    assert 'hx-trigger="every 1s"' in shown
    asterisk["place"] = "over"
    shown = text_of(client.get(url))
    assert "The test call is over." in shown
    assert 'hx-trigger="every 20s"' in shown


def test_test_calls_are_limited_and_not_everybodys(
    sign_in: Opens, world: World, asterisk: dict[str, str]
) -> None:
    at, client = world.nordbel, sign_in("technician")
    ask = reverse("console:call_path_test", args=[at.customer.code])
    sent = {"extension": at.extension.pk}
    statuses = [client.post(ask, sent).status_code for _n in range(11)]
    assert statuses == [302] * 10 + [422]
    assert sign_in("reader").post(ask, sent).status_code == 403
    foreign = {"extension": world.zuidlijn.extension.pk}
    assert sign_in("owner").post(ask, foreign).status_code == 422
    page = page_of(at.customer)
    assert ask not in text_of(sign_in("reader").get(page))
