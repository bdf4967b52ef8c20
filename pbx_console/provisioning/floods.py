"""The first door: who asked for phones' files far too often is answered from memory.

Such an address gets the page of an address that is not there whatever it asks for, so
that page is kept for some seconds, to the byte as the whole console made it (per host,
language and method), and sent again without a thread, a session, Redis or a template.
Nothing here knows a phone. Each process learns by itself who that is: from the first
request that `fetching` refused unseen, for `BLOCKED` seconds.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, NamedTuple

from pbx_console.accounts.languages import of_browser
from pbx_console.provisioning.callers import Caller
from pbx_console.provisioning.render import fetch

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
BLOCKED: Final = 10.0  # seconds
FRESH: Final = 10.0
MOST_ADDRESSES: Final = 20_000
MOST_ANSWERS: Final = 200
LONGEST_NAME: Final = 100
_blocked: dict[str, float] = {}


def block(address: str) -> None:
    """Remember that this address (`Caller.counted_as`) gets nothing for a while."""
    now = time.monotonic()
    if len(_blocked) >= MOST_ADDRESSES:
        for old in [key for key, until in _blocked.items() if until < now]:
            del _blocked[old]
    if len(_blocked) < MOST_ADDRESSES:
        _blocked[address] = now + BLOCKED


def forget() -> None:
    """Know nobody any more."""
    _blocked.clear()


class Key(NamedTuple):
    """What the page of an address that is not there depends on."""

    host: bytes
    language: str
    method: str
    scheme: str


class Floods:
    """The door around an ASGI application."""

    def __init__(self, app: App) -> None:
        """`app` answers everything that is not answered here."""
        self.app = app
        self.answers: dict[Key, tuple[float, list[Message]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or let the application answer and remember how."""
        key = key_of(scope) if _blocked else None
        if key is None:
            await self.app(scope, receive, send)
            return
        until, kept = self.answers.get(key, (0.0, []))
        if until > time.monotonic():
            for message in kept:
                await send(message)
            return
        await self._learn(key, scope, receive, send)

    async def _learn(
        self, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> None:
        said: list[Message] = []

        async def overhear(message: Message) -> None:
            said.append(message)
            await send(message)

        await self.app(scope, receive, overhear)
        if not said or said[0].get("status") != 404 or said[-1].get("more_body"):
            return
        if len(self.answers) >= MOST_ANSWERS:
            self.answers.clear()
        self.answers[key] = (time.monotonic() + FRESH, said)


def key_of(scope: Scope) -> Key | None:
    """Return what to look for; None for who is not blocked, for what is no phone's file
    and for a browser that has cookies, which the page could depend on."""
    if scope["type"] != "http" or not scope.get("client"):
        return None
    address = Caller(str(scope["client"][0])).counted_as
    if _blocked.get(address, 0.0) < time.monotonic() or not _is_file(scope["path"]):
        return None
    headers = dict(scope["headers"])
    if b"cookie" in headers:
        return None
    wished = headers.get(b"accept-language", b"").decode("latin-1")
    reader = _Reader({"HTTP_ACCEPT_LANGUAGE": wished})
    host = headers.get(b"host", b"")
    return Key(host, of_browser(reader), scope["method"], scope["scheme"])


def _is_file(path: str) -> bool:
    """Say whether only phones ask for this, in any maker's way."""
    if path.startswith("/p/"):
        return len(path) > len("/p/")
    name = path[1:]
    if "/" in name or len(name) > LONGEST_NAME:
        return False
    return any(asked.mac for asked in fetch.guesses(name).values())


class _Reader:
    """As much of a request as its language is found by."""

    def __init__(self, meta: dict[str, str]) -> None:
        self.META = meta
        self.COOKIES: dict[str, str] = {}
