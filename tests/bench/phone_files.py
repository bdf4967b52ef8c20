"""How many requests for phones' files one process answers: its own file, and nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

from django.conf import settings
from django.test import Client

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asgi import application
from pbx_console.provisioning import fetching
from pbx_console.provisioning.services.phones import add_phone
from tests.bench.report import Result
from tests.conftest import World, make_world

SECONDS = 3
MAC = "0004130a0b0c"
AGENT = f"Yealink SIP-T46U 108.86.0.20 {MAC}"
HINT = "pbx_console.provisioning.fetch_tasks.look_at_refusal.delay"


def phone_files() -> Iterator[Result]:
    """Requests a second of processor: the phone itself, a wrong secret, a flood."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with mock.patch("pbx_console.pbx.tasks._send"), mock.patch(HINT):
        world = make_world()
        secret = _add(world)
        client = Client(headers={"host": world.nordbel.host, "user-agent": AGENT})
        page = _rate(client, "/nothing-is-here", 404, "127.0.0.1")
        own = _rate(client, f"/p/{secret}/{MAC}.cfg", 200, "127.0.0.1")
        with mock.patch.object(
            fetching, "REFUSALS", fetching.parse("9999999 per hour")
        ):
            wrong = _rate(client, f"/p/{'0' * 40}/{MAC}.cfg", 404, "127.0.0.2")
        with mock.patch.object(fetching, "REFUSALS", fetching.parse("1 per hour")):
            flood = _rate(client, f"/p/{'0' * 40}/{MAC}.cfg", 404, "127.0.0.3")
            door = asyncio.run(_at_the_door(world.nordbel.host, "127.0.0.3"))
    unknown = "an address that is not there"
    yield Result("own file", own, "requests/s", page, unknown)
    yield Result("wrong secret", wrong, "requests/s", page, unknown)
    yield Result("flood from one address", flood, "requests/s", page, unknown)
    yield Result("the same at the door", door, "requests/s", page, unknown)


async def _at_the_door(host: str, address: str) -> float:
    """Requests per second of processor time, asked as uvicorn asks."""
    said: list[Any] = []
    bodies: list[bytes] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        if bodies:
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}
        return await asyncio.Event().wait()

    asked, began = 0, time.process_time()
    while time.process_time() < began + SECONDS:
        path = f"/p/{asked:040x}/{MAC}.cfg"
        headers = [(b"host", host.encode()), (b"user-agent", AGENT.encode())]
        line = {"method": "GET", "scheme": "http", "http_version": "1.1"}
        where = {"path": path, "raw_path": path.encode(), "query_string": b""}
        ends = {"client": (address, 40000), "server": ("127.0.0.1", 80)}
        said.clear()
        bodies[:] = [b""]
        scope = {"type": "http", "headers": headers, **line, **where, **ends}
        await application(scope, receive, send)
        assert said[0]["status"] == 404
        asked += 1
    return asked / SECONDS


def _add(world: World) -> str:
    north = world.nordbel
    with as_everyone("benchmark"):
        phone = add_phone(
            SYSTEM,
            customer=north.customer,
            mac=MAC,
            model="yealink-t46u",
            extensions=[north.extension],
        )
    return str(phone.secret)


def _rate(client: Client, path: str, status: int, address: str) -> float:
    """Requests per second of the console's own processor time: others may be busy."""
    asked, began = 0, time.process_time()
    while time.process_time() < began + SECONDS:
        answer = client.get(path, REMOTE_ADDR=address)
        assert answer.status_code == status, answer.status_code
        asked += 1
    return asked / SECONDS
