"""What the running server says on the wire, down to refused handshakes and rubbish."""

from __future__ import annotations

import re
import socket

import pytest

from tests.browser.house import House
from tests.leaks.scanner import OPERATOR, PROJECT, SOFTWARE, Scanner

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
VERSION = "Sec-WebSocket-Version: 13\r\n"
SENT = {
    "a page": ("GET /sign-in/ HTTP/1.1\r\n", 200),
    "a file": ("GET /brand.css HTTP/1.1\r\n", 200),
    "nothing there": ("GET /nothing/ HTTP/1.1\r\n", 404),
    "a method unknown": ("BREW /sign-in/ HTTP/1.1\r\n", 400),
    "rubbish": ("\x01\x02 rubbish\r\n", 400),
    "no key": (f"GET /ws/live/ HTTP/1.1\r\n{UPGRADE}{VERSION}", 400),
    "old version": (
        f"GET /ws/live/ HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 7\r\n",
        0,
    ),
    "no such socket": (f"GET /ws/nothing/ HTTP/1.1\r\n{UPGRADE}{KEY}{VERSION}", 403),
    "a socket": (f"GET /ws/live/ HTTP/1.1\r\n{UPGRADE}{KEY}{VERSION}", 101),
    "no upgrade": ("GET /ws/live/ HTTP/1.1\r\n", 404),
}


def said(house: House, head: str) -> bytes:
    """Send bytes and return everything that comes back."""
    host = f"Host: {house.world['hosts']['nordbel']}:{house.port}\r\n"
    close = "" if "Upgrade" in head else "Connection: close\r\n"
    with socket.create_connection(("127.0.0.1", house.port), timeout=10) as wire:
        wire.sendall((head + host + close + "\r\n").encode("latin-1"))
        wire.settimeout(2)
        answer = b""
        try:
            while piece := wire.recv(65536):
                answer += piece
        except TimeoutError:
            pass
    return answer


@pytest.mark.parametrize("name", SENT)
def test_the_server_names_nothing_on_the_wire(house: House, name: str) -> None:
    head, status = SENT[name]
    answer = said(house, head)
    first, _, rest = answer.partition(b"\r\n")
    assert first.startswith(b"HTTP/1.1 "), answer[:200]
    if status:
        assert int(first.split()[1]) == status
    assert not re.search(
        rb"(?mi)^(server|via|x-powered-by):", rest.split(b"\r\n\r\n")[0]
    )
    words = (*PROJECT, *OPERATOR, *SOFTWARE, "websockets", "zuidlijn")
    scan = Scanner(tuple(re.compile(word, re.I) for word in words))
    assert scan.scan("page wire body", answer) == []
