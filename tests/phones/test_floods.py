"""Who asks far too often is answered from memory: the same bytes, and nothing is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from pbx_console.asgi import application
from pbx_console.branding import limiter
from pbx_console.provisioning import fetching, floods
from pbx_console.provisioning.floods import Floods
from tests.conftest import World
from tests.phones.cast import make_phone

pytestmark = pytest.mark.django_db(transaction=True)
MAC = "000413dd0001"
STRANGER = "203.0.113.50"


class Counted:
    """The console, and how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.times += 1
        await application.app(scope, receive, send)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three refusals are too many."""
    monkeypatch.setattr(fetching, "REFUSALS", fetching.parse("3 per hour"))
    monkeypatch.setattr(limiter, "_shared", lambda: limiter._spare)
    limiter._spare.storage.reset()
    floods.forget()
    yield
    limiter._spare.storage.reset()
    floods.forget()


async def asked(
    door: Any, host: str, path: str, address: str = STRANGER, **more: str
) -> list[dict[str, Any]]:
    """One request; everything that was sent back."""
    headers = {"host": host, "user-agent": "scanner", **more}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        "client": (address, 40000),
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []
    asked_for = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        if (said := next(asked_for, None)) is None:
            await asyncio.Event().wait()  # the line stays open
        return said or {}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await door(scope, receive, send)
    return sent


async def test_a_flood_is_answered_with_the_same_bytes_and_asks_nothing(
    committed_world: World, few: None
) -> None:
    north, south = committed_world.nordbel, committed_world.zuidlijn
    phone = await sync_to_async(make_phone)(north, "snom-d785", MAC)
    inside = Counted()
    door = Floods(inside)
    path = f"/p/{'0' * 40}/{MAC}.xml"
    first = await asked(door, north.host, path)
    assert first[0]["status"] == 404
    for _time in range(4):
        assert await asked(door, north.host, path) == first
    before = inside.times
    own = f"/p/{phone.secret}/snomD785-{MAC.upper()}.xml"
    for wanted in (path, own, f"/{MAC}.cfg", "/p/x", f"/cfg{MAC}.xml") * 20:
        assert await asked(door, north.host, wanted) == first
    assert inside.times == before
    dutch = await asked(door, north.host, path, **{"accept-language": "nl"})
    assert dutch != first
    assert await asked(door, north.host, own, **{"accept-language": "nl"}) == dutch
    theirs = await asked(door, south.host, path)
    assert theirs != first
    assert inside.times == before + 2


async def test_others_and_other_pages_are_answered_as_ever(
    committed_world: World, few: None
) -> None:
    host = committed_world.nordbel.host
    inside = Counted()
    door = Floods(inside)
    for _time in range(5):
        await asked(door, host, f"/p/{'0' * 40}/{MAC}.xml")
    before = inside.times
    door_page = await asked(door, host, "/sign-in/")
    missing = await asked(door, host, "/nothing-is-here")
    browser = await asked(door, host, f"/{MAC}.cfg", cookie="theme=dark")
    other = await asked(door, host, f"/{MAC}.cfg", address="203.0.113.51")
    found = [one[0]["status"] for one in (door_page, missing, browser, other)]
    assert found == [200, 404, 404, 404]
    assert inside.times == before + 4
    assert browser != other  # it is dressed as the browser wished


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    floods.forget()
    monkeypatch.setattr(floods, "MOST_ADDRESSES", 3)
    for n in range(10):
        floods.block(f"198.51.100.{n}")
    assert len(floods._blocked) == 3
    floods.forget()
