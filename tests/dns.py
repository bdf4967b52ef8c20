"""A small DNS server on loopback: real packets, answers set by the test.

    with DnsServer() as server:
        server.set("_verify.phone.example", "TXT", "8d1f")
        settings.DNS_SERVERS = [server.address]

What is not set is NXDOMAIN; `server.broken` names get SERVFAIL, `server.silent` nothing.
"""

from __future__ import annotations

import socket
import threading
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class DnsServer:
    """Answers one question at a time, over UDP, from a thread."""

    def __init__(self) -> None:
        """Open a port of its own; nobody is asked yet."""
        self.zone: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str]] = []
        self.broken: set[str] = set()
        self.silent: set[str] = set()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> DnsServer:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        """Stop: an empty packet ends the thread."""
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    @property
    def address(self) -> str:
        """Return host:port, as the setting wants it."""
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def set(self, name: str, kind: str, *values: str) -> None:
        """Answer with these from now on; without values the records are gone."""
        if kind == "TXT":
            values = tuple(_quoted(value) for value in values)
        self.zone[(name.lower(), kind)] = list(values)

    def forget(self, name: str) -> None:
        """Remove every record of a name."""
        for key in [key for key in self.zone if key[0] == name]:
            del self.zone[key]

    def _serve(self) -> None:
        while True:
            packet, whom = self._socket.recvfrom(4096)
            if not packet:
                return
            reply = self._reply(dns.message.from_wire(packet))
            if reply is not None:
                self._socket.sendto(reply.to_wire(), whom)

    def _reply(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if name in self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif not any(key[0] == name for key in self.zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            self._fill(reply, name, kind)
        return reply

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        """Add the records, led by CNAMEs as a resolver leads."""
        alias = self.zone.get((name, "CNAME"))
        if alias and kind != "CNAME":
            reply.answer.append(
                dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", *alias)
            )
            self._fill(reply, alias[0].rstrip(".").lower(), kind)
        elif values := self.zone.get((name, kind)):
            reply.answer.append(
                dns.rrset.from_text(f"{name}.", 60, "IN", kind, *values)
            )


def _quoted(text: str) -> str:
    """Write a text as strings of at most 255 bytes, as in a zone file."""
    pieces = [text[at : at + 255] for at in range(0, len(text), 255)] or [""]
    return " ".join(
        '"' + p.replace("\\", "\\\\").replace('"', '\\"') + '"' for p in pieces
    )
