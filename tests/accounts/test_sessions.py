"""The list of one's own sessions, ending them, and clearing what is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine
from django.utils import timezone

from pbx_console.accounts.models import Session
from pbx_console.accounts.services.sessions import clear_old, handle_of
from pbx_console.lib.browsers import browser_and_system
from tests.conftest import World

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
)


def test_it_tells_browsers_apart_in_words() -> None:
    assert browser_and_system(FIREFOX) == ("Firefox", "Linux")
    assert browser_and_system(EDGE) == ("Edge", "Windows")
    assert browser_and_system("curl/8") == ("", "")


def test_a_session_knows_where_and_when_at_most_once_a_minute(
    world: World, as_person: Any
) -> None:
    client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    client.get("/account/", headers={"user-agent": FIREFOX})
    row = Session.objects.get(pk=client.session.session_key)
    assert (row.address, row.user_agent) == ("127.0.0.1", FIREFOX)
    first = row.seen_at
    assert first is not None

    client.get("/account/", headers={"user-agent": EDGE})
    row.refresh_from_db()
    assert row.seen_at == first
    with time_machine.travel(first + dt.timedelta(seconds=61)):
        client.get("/account/", headers={"user-agent": EDGE})
    row.refresh_from_db()
    assert (row.seen_at or first) > first


def test_one_ends_own_sessions_and_nobody_elses(world: World, as_person: Any) -> None:
    admin = world.nordbel.people["admin"]
    here, there, third = (as_person(admin, world.nordbel.host) for _n in range(3))
    stranger = as_person(world.nordbel.people["owner"], world.nordbel.host)
    page = here.get("/account/sessions/").content.decode()
    assert page.count("/end/") == 3, "two others and everywhere"

    def end(client: Any) -> int:
        row = Session.objects.get(pk=client.session.session_key)
        url = f"/account/sessions/{handle_of(row)}/end/"
        return int(here.post(url).status_code)

    assert end(stranger) == 404
    assert end(there) == 302
    assert there.get("/account/").status_code == 302
    assert here.post("/account/sessions/end/").status_code == 302
    assert third.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert stranger.get("/account/").status_code == 200


def test_what_is_over_is_cleared_and_nothing_else(world: World, as_person: Any) -> None:
    client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    old = as_person(world.nordbel.people["owner"], world.nordbel.host)
    past = timezone.now() - dt.timedelta(minutes=1)
    Session.objects.filter(pk=old.session.session_key).update(expire_date=past)
    assert clear_old() == 1
    assert client.get("/account/").status_code == 200
