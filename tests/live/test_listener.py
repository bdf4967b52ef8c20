"""From AMI to Redis and to open pages, through cuts of everything in between."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from pbx_console.asgi import application
from pbx_console.asterisk.ami.client import AmiClient
from pbx_console.asterisk.ami.fake import FakeAmi, listing
from pbx_console.live import state
from pbx_console.live.listener import Listener
from pbx_console.pbx import presence
from pbx_console.pbx.announce import announce_states
from tests.asterisk.test_ami_calls import A, B, Event, event
from tests.conftest import Tenant, World, sign_in_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fake() -> Iterator[FakeAmi]:
    presence.connection().flushdb()
    with FakeAmi() as server:
        tell(server, channels=[], contacts={})
        yield server


def tell(fake: FakeAmi, *, channels: list[Event], contacts: dict[str, float]) -> None:
    """What the exchange answers to a snapshot from now on."""
    items = [
        {k: v for k, v in item.items() if k not in ("Event", "Privilege", "SystemName")}
        for item in channels
    ]
    rows = [
        {
            "Key": f"/registrar/contact/{name};@0f",
            "Val": json.dumps({"expiration_time": expires}),
        }
        for name, expires in contacts.items()
    ]
    fake.replies["CoreShowChannels"] = listing("CoreShowChannel", items, "Complete")
    fake.replies["DBGetTree"] = listing("DBGetTreeResponse", rows, "DBGetTreeComplete")


@asynccontextmanager
async def listening(fake: FakeAmi) -> AsyncIterator[Listener]:
    username, secret = fake.account
    client = AmiClient(
        host="127.0.0.1", port=fake.port, username=username, secret=secret, events=True
    )
    async with client:
        listener = Listener(client)
        task = asyncio.create_task(listener.rounds())
        try:
            await until(lambda: state.listener_age() is not None)
            yield listener
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await listener.redis.aclose()


async def until(question: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(question):
            await asyncio.sleep(0.02)


def phone(tenant: Tenant) -> str:
    return str(tenant.extension.endpoint_id)


def later() -> float:
    return time.time() + 300


async def test_it_shows_who_is_registered_and_who_talks(
    committed_world: World, fake: FakeAmi
) -> None:
    north, south = committed_world.nordbel, committed_world.zuidlijn
    mine, code = phone(north), north.customer.code
    tell(fake, channels=[], contacts={mine: later(), "ghost-1": later()})
    async with listening(fake):
        await until(lambda: state.registrations([code]) == {mine: "free"})
        fake.send(event("Newchannel", f"{mine}-00000001", 4, A, A, Exten="112").items())
        await until(lambda: state.registrations([code]) == {mine: "talk"})
        (call,) = state.calls(code) or []
        assert (call["endpoint"], call["number"], call["incoming"]) == (
            mine,
            "112",
            False,
        )
        fake.send(event("Hangup", f"{mine}-00000001", 6, A, A).items())
        await until(lambda: state.registrations([code]) == {mine: "free"})
        assert state.calls(code) == []
        assert state.registrations([south.customer.code]) == {}
        assert not presence.connection().exists(presence.customer_key("ghost"))


async def test_it_is_right_again_after_the_exchange_was_away(
    committed_world: World, fake: FakeAmi
) -> None:
    mine = phone(committed_world.nordbel)
    code = committed_world.nordbel.customer.code
    up = event("Newstate", f"{mine}-00000001", 6, A, A)
    tell(fake, channels=[up], contacts={mine: later()})
    async with listening(fake):
        await until(lambda: state.registrations([code]) == {mine: "talk"})
        fake.stop()
        tell(fake, channels=[], contacts={})
        fake.start()
        await until(lambda: state.registrations([code]) == {})


async def test_it_writes_everything_again_when_redis_has_forgotten_it(
    committed_world: World, fake: FakeAmi
) -> None:
    mine = phone(committed_world.nordbel)
    code = committed_world.nordbel.customer.code
    tell(fake, channels=[], contacts={mine: later()})
    async with listening(fake):
        await until(lambda: state.registrations([code]) == {mine: "free"})
        presence.connection().flushdb()
        await until(lambda: state.registrations([code]) == {mine: "free"})


async def test_it_drops_forged_events_and_asks_what_is_true(
    committed_world: World, fake: FakeAmi
) -> None:
    victim = phone(committed_world.zuidlijn)
    code = committed_world.zuidlijn.customer.code
    forged = "".join(
        f"{k}: {v}\r\n"
        for k, v in event("Newchannel", f"{victim}-000000ff", 6, B, B).items()
    )
    real = event("Newchannel", "trunk-carrier-00000001", 4, A, A)
    real |= {"CallerIDNum": f"1\r\n\r\n{forged}\r\nEvent: X"}
    async with listening(fake) as listener:
        snapshots = len(fake.named("CoreShowChannels"))
        fake.send(real.items())
        await until(lambda: len(fake.named("CoreShowChannels")) > snapshots)
        assert listener.client.counts["malformed"] >= 1
        assert state.registrations([code]) == {}
        assert state.calls(code) == []


def test_it_says_unknown_when_the_listener_is_away(committed_world: World) -> None:
    presence.connection().flushdb()
    code = committed_world.nordbel.customer.code
    assert state.registrations([code]) == {"": "unknown"}
    assert state.calls(code) is None
    assert state.listener_age() is None


def test_it_says_unknown_when_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    away = presence.connection.__wrapped__()
    monkeypatch.setattr(presence, "connection", lambda: away)
    assert state.registrations(["c"]) == {"": "unknown"}
    assert state.calls("c") is None
    assert state.listener_age() is None


def socket(
    tenant: Tenant, person: str, path: str = "/ws/live/", **headers: str
) -> ApplicationCommunicator:
    """A page's socket with the session of this person on the reseller's host."""
    client = Client(headers={"host": tenant.host})
    sign_in_as(client, tenant.people[person])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    sent = {
        "host": tenant.host,
        "origin": f"http://{tenant.host}",
        "cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}",
    } | headers
    pairs = [(k.encode(), v.encode()) for k, v in sent.items()]
    scope = {"type": "websocket", "path": path, "headers": pairs, "subprotocols": []}
    return ApplicationCommunicator(application, scope)


async def opened(
    tenant: Tenant, person: str, path: str = "/ws/live/", **headers: str
) -> ApplicationCommunicator:
    """The same, accepted."""
    page = await sync_to_async(lambda: socket(tenant, person, path, **headers))()
    await page.send_input({"type": "websocket.connect"})
    assert (await page.receive_output(10))["type"] == "websocket.accept"
    return page


async def closed_with(page: ApplicationCommunicator) -> int:
    output = await page.receive_output(10)
    assert output["type"] == "websocket.close"
    return int(output["code"])


async def told(page: ApplicationCommunicator) -> dict[str, Any]:
    return dict(json.loads((await page.receive_output(10))["text"]))


async def left(page: ApplicationCommunicator) -> None:
    await page.send_input({"type": "websocket.disconnect", "code": 1000})
    await page.wait(10)


async def test_it_gives_a_page_a_snapshot_and_then_what_changes(
    committed_world: World, fake: FakeAmi
) -> None:
    north = committed_world.nordbel
    mine = phone(north)
    tell(fake, channels=[], contacts={mine: later()})
    async with listening(fake):
        await until(
            lambda: state.registrations([north.customer.code]) == {mine: "free"}
        )
        page = await opened(north, "admin")
        first = await told(page)
        assert (first["type"], first["seq"]) == ("snapshot", 1)
        assert first["states"][mine]["presence"] == "free"
        fake.send(event("Newstate", f"{mine}-00000001", 5, B, A).items())
        then = await told(page)
        assert (then["type"], then["seq"]) == ("diff", 2)
        assert then["states"][mine]["presence"] == "ring"
        await sync_to_async(announce_states)([north.extension])
        confirmed = await told(page)
        assert (confirmed["type"], confirmed["key"]) == ("object", mine)
        await left(page)


async def test_it_lets_a_reseller_watch_its_own_customers_only(
    committed_world: World, fake: FakeAmi
) -> None:
    north, south = committed_world.nordbel, committed_world.zuidlijn
    async with listening(fake):
        page = await opened(north, "technician", f"/ws/live/{north.customer.code}/")
        assert (await told(page))["type"] == "snapshot"
        await left(page)
        for path in (
            f"/ws/live/{south.customer.code}/",
            "/ws/live/",
            "/ws/live/nobody/",
        ):
            page = await opened(north, "technician", path)
            assert await closed_with(page) == 4403
        page = await opened(north, "admin", f"/ws/live/{south.customer.code}/")
        assert await closed_with(page) == 4403


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "session=stolen"},
        {"origin": "http://elsewhere.example"},
        {"origin": "null"},
        {"host": "unknown.example", "origin": "http://unknown.example"},
        {"host": "zuidlijn.localhost", "origin": "http://zuidlijn.localhost"},
    ],
)
async def test_it_sends_away_who_is_not_signed_in_here(
    committed_world: World, headers: dict[str, str]
) -> None:
    page = await opened(committed_world.nordbel, "admin", **headers)
    assert await closed_with(page) == 4401


async def test_it_shows_an_end_user_the_own_phone_only(
    committed_world: World, fake: FakeAmi
) -> None:
    north = committed_world.nordbel
    mine, other = phone(north), f"{north.customer.code}-202"
    tell(fake, channels=[], contacts={mine: later(), other: later()})
    async with listening(fake):
        await until(lambda: len(state.registrations([north.customer.code])) == 2)
        page = await opened(north, "end_user")
        assert list((await told(page))["states"]) == [mine]
        await left(page)
