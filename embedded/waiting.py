"""Wait for a condition, never for a time."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable


def until(condition: Callable[[], bool], *, seconds: float, every: float = 0.1) -> bool:
    """True as soon as the condition holds, False when the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def ask(host: str, port: int, question: bytes, *, expect: bytes) -> bool:
    """Does a TCP server answer `question` with something that contains `expect`?"""
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(question)
            return _reads(connection, expect)
    except OSError:
        return False


def _reads(connection: socket.socket, expect: bytes) -> bool:
    heard = b""
    while expect not in heard and (chunk := connection.recv(4096)):
        heard += chunk
    return expect in heard
