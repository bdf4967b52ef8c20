"""The guarded AMI client, and the only importer of panoramisk.

panoramisk 1.4 needs repair (each point was measured; research/libraries.md, section 1):

* it decodes each TCP chunk by itself: an incremental decoder and our own parser;
* it sends CR and LF as they are, so actions can be injected: refused here;
* an exception in a callback drops the connection: nothing raises into asyncio;
* it repeats unanswered actions after a reconnect: they fail with `AmiDown` instead;
* it never notices a silent peer: a watchdog aborts the connection;
* it retries at a fixed pace and tells nobody: growing pauses with jitter, `failure`;
* its futures leak on a time-out: `ask` removes them;
* coroutine callbacks lose the order: one bounded queue, read by one consumer.

Callers can put line breaks into AMI events (tried on 22.10.1), and so forge events. A
malformed message therefore spoils the feed: everything is dropped, `spoiled` is set and
stays set until the consumer calls `resume()`, asks for a snapshot and starts anew.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import logging
import random
import re
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from asgiref.sync import async_to_sync
from django.conf import settings
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message

logger = logging.getLogger(__name__)

Event = dict[str, str]
Answer = dict[str, Any]
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_HEADER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*): ?(.*)", re.S)
_NEVER: Final = 10**6
MAX_MESSAGE: Final = 1 << 20
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0


class AmiError(Exception):
    """Asterisk could not be asked, or answered something unusable."""


class AmiValueError(AmiError, ValueError):
    """An action that must not be sent: a control character in a key or a value."""


class AmiDown(AmiError, ConnectionError):
    """There is no connection, or it went away before the answer came."""


class Malformed(ValueError):
    """A message that Asterisk would not write by itself."""


def headers(text: str) -> list[tuple[str, str]]:
    """Split one message into its headers. Raises Malformed on any other line.

    A lone CR or LF, NUL or another control character in a value is malformed too, but
    for the line feed that some of Asterisk's own answers end a line with.
    """
    pairs = []
    lines = text.split("\r\n")
    if text.startswith("Response: "):
        lines = [line.removesuffix("\n") for line in lines]
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None or _CONTROL.search(line.replace("\t", "")):
            raise Malformed(line[:40])
        pairs.append((match[1], match[2]))
    return pairs


def _message(pairs: Sequence[tuple[str, str]]) -> Message:
    """Headers as panoramisk wants them; a repeated one becomes a list."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            earlier = found[key]
            found[key] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            found[key] = value
    return Message(found)


def _plain(message: Message) -> Answer:
    return {key: value for key, value in message.items() if key != "content"}


class _Protocol(AMIProtocol):
    """panoramisk's protocol with our parser."""

    factory: _Manager
    version: str | None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest = ""
        self.last_received = time.monotonic()

    def send(self, data: Mapping[str, str], as_list: Any = None) -> Any:
        for key, value in data.items():
            if _CONTROL.search(f"{key}{value}"):
                raise AmiValueError(f"control character in {key!r}")
        return super().send(data, as_list=as_list)

    def data_received(self, data: bytes) -> None:
        self.last_received = time.monotonic()
        self.rest += self.decoder.decode(data)
        if self.version is None:
            banner, found, self.rest = self.rest.partition("\r\n")
            if not found:
                self.rest = banner
                return
            self.version = banner
        *messages, self.rest = self.rest.split("\r\n\r\n")
        for text in messages:
            self._take(text.lstrip("\r\n"))
        if len(self.rest) > MAX_MESSAGE:
            self.transport.abort()

    def _take(self, text: str) -> None:
        try:
            if text:
                self._handle(headers(text))
        except Malformed:
            self.factory.client.spoil("malformed")
        except Exception:
            logger.exception("AMI message")
            self.factory.client.spoil("unusable")

    def _handle(self, pairs: list[tuple[str, str]]) -> None:
        message = _message(pairs)
        if message.id in self.responses:
            self.handle_message(message)
        elif pairs[0][0] == "Event":
            self._event(pairs)

    def _event(self, pairs: list[tuple[str, str]]) -> None:
        event = dict(pairs)
        if len(event) != len(pairs):
            raise Malformed("repeated header")
        self.factory.client.put(event)

    def close(self) -> None:
        """Fail what waits, never send it again."""
        for action in list(self.responses.values()):
            if not action.future.done():
                action.future.set_exception(AmiDown("the connection went away"))
                action.future.exception()
        self.responses.clear()
        super().close()


class _Manager(Manager):
    """panoramisk's manager: growing pauses, and an end."""

    def __init__(self, client: AmiClient, **config: Any) -> None:
        self.client = client
        self.stopped = False
        self.failures = 0
        super().__init__(
            protocol_factory=_Protocol,
            ping_delay=_NEVER,
            ping_interval=_NEVER,
            log=logger.getChild("link"),
            **config,
        )

    @property
    def reconnect_timeout(self) -> float:
        """Seconds until the next try; jitter keeps many clients apart."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.failures, 10))
        self.failures += 1
        return pause * random.uniform(0.5, 1)  # noqa: S311 - no secret

    @reconnect_timeout.setter
    def reconnect_timeout(self, value: float) -> None:
        """panoramisk's constructor sets a fixed one."""

    def connect(self, *_args: Any, **_kwargs: Any) -> Any:
        return None if self.stopped else super().connect()

    def connection_made(self, future: Any) -> None:
        if self.stopped or future.cancelled():
            if not future.cancelled() and future.exception() is None:
                future.result()[0].abort()
            return
        super().connection_made(future)
        if error := future.exception():
            self.client.went(f"no connection: {error}")

    def login(self, future: Any) -> bool:
        self.authenticated_future = None
        error = future.exception()
        self.authenticated = error is None and bool(future.result().success)
        if self.authenticated:
            self.failures = 0
            self.client.came()
        else:
            self.client.went(str(error or "login refused"))
            self.protocol.transport.close()
        return self.authenticated

    def connection_lost(self, exc: Exception | None) -> None:
        up = self.client.ready.is_set()
        self.client.went("connection lost" if up else self.client.failure)
        super().connection_lost(exc)


class AmiClient:
    """One AMI login, kept up until the end of the `async with`.

    `failure` says in words why there is no connection; `spoiled` why the feed of events
    cannot be believed (also set after each login, since AMI has no replay).
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        username: str,
        secret: str,
        events: bool = False,
        capacity: int = 20_000,
        silence: float = 4.0,
    ) -> None:
        """`silence`: seconds without a byte after which the link is dead."""
        self.failure = "not yet connected"
        self.spoiled = "new"
        self.counts = {"malformed": 0, "overflow": 0, "unusable": 0, "connection": 0}
        self.silence = silence
        self.ready = asyncio.Event()
        self._events: deque[Event] = deque(maxlen=capacity)
        self._arrived = asyncio.Event()
        self._manager = _Manager(
            self,
            host=host,
            port=port,
            username=username,
            secret=secret,
            events="on" if events else "off",
        )

    async def __aenter__(self) -> AmiClient:
        self._manager.connect()
        self._watchdog = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._manager.stopped = True
        self._watchdog.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watchdog
        self._manager.close()

    async def wait_ready(self, timeout: float | None = None) -> None:
        """Return once logged in. Raises AmiDown with the reason after `timeout`."""
        try:
            async with asyncio.timeout(timeout):
                await self.ready.wait()
        except TimeoutError:
            raise AmiDown(self.failure) from None

    async def ask(self, action: Mapping[str, str], timeout: float = 5.0) -> Answer:
        """Send one action and return its answer, list items under `events`.

        An answer `Response: Error` is returned, not raised. Raises AmiValueError,
        AmiDown, or AmiError when there is no answer in time.
        """
        if not self.ready.is_set():
            raise AmiDown(self.failure)
        sent = Action(dict(action))
        # How an Originate went is told to those who read events only: do not wait for it.
        as_list = False if action.get("Action") == "Originate" else None
        protocol = self._manager.protocol
        try:
            async with asyncio.timeout(timeout):
                return _answer(await protocol.send(sent, as_list=as_list))
        except TimeoutError:
            raise AmiError(f"no answer to {action.get('Action')}") from None
        finally:
            protocol.responses.pop(sent.id, None)

    async def next_event(self, timeout: float | None = None) -> Event | None:
        """The next event in order; None after `timeout` or when the feed is spoiled."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not self._events and not self.spoiled:
                    self._arrived.clear()
                    await self._arrived.wait()
        return self._events.popleft() if self._events and not self.spoiled else None

    async def resume(self) -> None:
        """Believe the feed again, from the answer to a Ping on.

        What was sent before is dropped: it may stand beside a forged event.
        """
        await self.ask({"Action": "Ping"})
        self._events.clear()
        self.spoiled = ""

    def spoil(self, reason: str) -> None:
        """Take no event until `resume()`. What came before a cut was whole and in order
        and is kept for `leftovers()`; what stands beside a forged one is dropped."""
        self.counts[reason] += 1
        self.spoiled = self.spoiled or reason
        if reason != "connection":
            self._events.clear()
        self._arrived.set()

    def leftovers(self) -> list[Event]:
        """Take out what came before a cut and nobody has read: AMI says it only once."""
        found = list(self._events) if self.spoiled else []
        self._events.clear()
        return found

    def put(self, event: Event) -> None:
        """Take an event from the wire; a full queue spoils the feed."""
        if self.spoiled:
            return
        if len(self._events) == self._events.maxlen:
            self.spoil("overflow")
            return
        self._events.append(event)
        self._arrived.set()

    def came(self) -> None:
        """A login succeeded."""
        self.failure = ""
        self.ready.set()

    def went(self, reason: str) -> None:
        """There is no usable connection now."""
        if self.ready.is_set():
            logger.warning("AMI: %s", reason)
        self.failure = reason
        self.ready.clear()
        self.spoil("connection")

    async def _watch(self) -> None:
        """Ping, and abort a connection on which nothing comes back."""
        while True:
            await asyncio.sleep(self.silence / 2)
            protocol = self._manager.protocol
            if protocol is None or protocol.closed:
                continue
            if time.monotonic() - protocol.last_received > self.silence:
                protocol.transport.abort()
            elif self.ready.is_set():
                protocol.transport.write(b"Action: Ping\r\n\r\n")


def _answer(result: Message | list[Message]) -> Answer:
    if isinstance(result, list):
        first, *items = result
        return {**_plain(first), "events": [_plain(item) for item in items]}
    return {**_plain(result), "events": []}


def writer() -> AmiClient:
    """A client with the account that may expire objects and remove contacts."""
    username, secret = settings.AMI_WRITER
    return AmiClient(
        host=settings.AMI_HOST, port=settings.AMI_PORT, username=username, secret=secret
    )


def reader() -> AmiClient:
    """A client with the account that follows calls and registrations."""
    username, secret = settings.AMI_READER
    return AmiClient(
        host=settings.AMI_HOST,
        port=settings.AMI_PORT,
        username=username,
        secret=secret,
        events=True,
    )


def ask_all(actions: Sequence[Mapping[str, str]]) -> list[Answer]:
    """Send these actions one after the other as the writer; for tasks, not for pages.

    Returns one answer per action. Raises AmiError when Asterisk is away for 3 seconds.
    """
    return async_to_sync(_ask_all)(actions)


async def _ask_all(actions: Sequence[Mapping[str, str]]) -> list[Answer]:
    async with writer() as client:
        await client.wait_ready(3.0)
        return [await client.ask(action) for action in actions]
