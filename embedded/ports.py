"""Free loopback ports, chosen once per instance and kept in `ports.json`."""

from __future__ import annotations

import json
import random
import socket
from pathlib import Path

from embedded import say

HOST = "127.0.0.1"
WEB = 8400
# Below the kernel's range for outgoing connections (32768 and up), so that nobody's
# connection sits on a port between two starts.
RANGE = range(20000, 32000)
RTP_PORTS = 400
NAMES = ("web", "postgres", "redis", "ami", "sip", "smtp", "mail", "sips")


def is_free(port: int) -> bool:
    """Can this port be listened on, by TCP and by UDP?"""
    return _binds(port, socket.SOCK_STREAM) and _binds(port, socket.SOCK_DGRAM)


def _binds(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            # What the servers do too: a port in TIME_WAIT counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(name: str, taken: set[int]) -> int:
    """A free port for `name` that is not in `taken`."""
    if name == "web" and WEB not in taken and is_free(WEB):
        return WEB
    candidates = list(RANGE)
    random.shuffle(candidates)
    for port in candidates:
        if port not in taken and is_free(port):
            return port
    raise say.Refusal(
        f"No loopback port between {RANGE.start} and {RANGE.stop} is free; end what "
        "listens there and start again."
    )


def choose_rtp(taken: set[int]) -> int:
    """The even start of a range of media ports."""
    starts = list(range(40000, 60000, RTP_PORTS))
    random.shuffle(starts)
    return next(start for start in starts if start not in taken and is_free(start))


def load(path: Path) -> dict[str, int]:
    """The ports of the last start; empty before the first or when unreadable."""
    try:
        stored = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): int(port) for name, port in stored.items()}


def settle(path: Path) -> dict[str, int]:
    """The ports for this start: the stored ones, chosen again where taken."""
    ports = load(path)
    for name in NAMES:
        ports[name] = _keep_or_choose(name, ports)
    if not is_free(ports.setdefault("rtp_start", choose_rtp(set()))):
        ports["rtp_start"] = choose_rtp({ports["rtp_start"]})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(ports, indent=1) + "\n")
    return ports


def _keep_or_choose(name: str, ports: dict[str, int]) -> int:
    old = ports.get(name)
    if old is not None and is_free(old):
        return old
    new = choose(name, {port for other, port in ports.items() if other != name})
    if old is not None:
        say.line(
            f"Port {old} ({name}) is taken by another program; using {new} instead."
        )
    return new
