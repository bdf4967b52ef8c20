"""A real TCP server that speaks AMI, for tests: records, plays, misbehaves on request."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterable
from typing import Any

Pairs = Iterable[tuple[str, str]]
Reply = Callable[[dict[str, str]], list[bytes]]


def wire(pairs: Pairs) -> bytes:
    """Headers as they stand on the wire."""
    return b"".join(f"{k}: {v}\r\n".encode() for k, v in pairs) + b"\r\n"


def listing(start: str, items: list[dict[str, str]], end: str) -> Reply:
    """A reply with a list of events, as Asterisk frames it."""

    def reply(action: dict[str, str]) -> list[bytes]:
        own = ("ActionID", action.get("ActionID", ""))
        head = [("Response", "Success"), own, ("EventList", "start")]
        rows = [wire([("Event", start), own, *item.items()]) for item in items]
        return [
            wire(head),
            *rows,
            wire([("Event", end), own, ("EventList", "Complete")]),
        ]

    return reply


class FakeAmi:
    """`with FakeAmi() as fake:` listens on a free loopback port in its own thread.

    `actions` is what clients sent; `replies` maps an action's name to what is answered
    (a Success otherwise); `silent` swallows everything after the login.
    """

    def __init__(self) -> None:
        """One account is known."""
        self.account = ("reader", secrets.token_hex(8))
        self.actions: list[dict[str, str]] = []
        self.replies: dict[str, Reply] = {}
        self.silent = False
        self.logins = 0
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> FakeAmi:
        self._thread.start()
        self._server = self._run(self._listen(0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def stop(self) -> None:
        """Stop listening and cut all connections, as a killed Asterisk does."""
        self._run(self._stop())

    def start(self) -> None:
        """Listen again on the same port."""
        self._server = self._run(self._listen(self.port))

    def send(self, data: bytes | Pairs) -> None:
        """Send bytes or one event to every client."""
        self._run(self._send(data if isinstance(data, bytes) else wire(data)))

    def named(self, name: str) -> list[dict[str, str]]:
        """The actions of this name received so far."""
        return [a for a in self.actions if a["Action"] == name]

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def _stop(self) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _send(self, data: bytes) -> None:
        for writer in list(self._writers):
            writer.write(data)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        self._writers.add(writer)
        try:
            while block := await reader.readuntil(b"\r\n\r\n"):
                self._answer(writer, block.decode())
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _answer(self, writer: asyncio.StreamWriter, text: str) -> None:
        lines = [line.partition(": ") for line in text.strip().split("\r\n")]
        action = {key: value for key, _colon, value in lines}
        self.actions.append(action)
        if action["Action"].lower() == "login":
            self._login(writer, action)
        elif not self.silent:
            reply = self.replies.get(action["Action"], _success)
            for part in reply(action):
                writer.write(part)

    def _login(self, writer: asyncio.StreamWriter, action: dict[str, str]) -> None:
        good = (action["Username"], action["Secret"]) == self.account
        self.logins += good
        status = "Success" if good else "Error"
        writer.write(wire([("Response", status), ("ActionID", action["ActionID"])]))
        if not good:
            writer.close()


def _success(action: dict[str, str]) -> list[bytes]:
    return [wire([("Response", "Success"), ("ActionID", action.get("ActionID", ""))])]
