"""Questions to name servers, and where a SIP host name leads (RFC 3263).

What comes back is a stranger's text: it is compared and cut, never followed blindly.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

import dns.exception
import dns.nameserver
import dns.rcode
import dns.resolver

LIFETIME = 3.0  # seconds for one question, all servers together
TIMEOUT = 1.5  # seconds for one server
MOST = 64  # records read of one answer
MOST_TARGETS = 12  # addresses of one SIP name
SERVICES = {"udp": "_sip._udp", "tcp": "_sip._tcp", "tls": "_sips._tcp"}
PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}


class Unanswered(Exception):
    """No server answered. `lame`: the domain's own servers are broken, ours are not."""

    def __init__(self, name: str, *, lame: bool = False) -> None:
        """Keep what was asked."""
        super().__init__(name)
        self.lame = lame


def ask(name: str, kind: str, servers: Sequence[str]) -> list[Any]:
    """Return the records of one kind, none where there is no such name.

    `servers` are `host:port`; without any the machine's own are asked. Raises Unanswered.
    """
    try:
        answer = _resolver(servers).resolve(
            f"{name}.", kind, search=False, lifetime=LIFETIME, raise_on_no_answer=False
        )
    except dns.resolver.NXDOMAIN:
        return []
    except dns.resolver.NoNameservers as error:
        raise Unanswered(name, lame=_is_lame(error)) from error
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        raise Unanswered(name) from error
    return list(answer.rrset or ())[:MOST]


def _is_lame(error: dns.resolver.NoNameservers) -> bool:
    """Say whether our servers answered that the domain's own ones do not."""
    tried = error.kwargs.get("errors", ())
    replies = [attempt[4] for attempt in tried]
    return any(r is not None and r.rcode() == dns.rcode.SERVFAIL for r in replies)


def _resolver(servers: Sequence[str]) -> dns.resolver.Resolver:
    found = [_server(entry) for entry in servers]
    resolver = dns.resolver.Resolver(configure=not found)
    if found:
        resolver.nameservers = found
    resolver.timeout = TIMEOUT
    return resolver


def _server(entry: str) -> dns.nameserver.Nameserver:
    """Read `192.0.2.53`, `192.0.2.53:5353` or `[2001:db8::53]:5353`."""
    host, colon, port = entry.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, port = entry, "53"
    return dns.nameserver.Do53Nameserver(host.strip("[]"), int(port))


def sip_targets(
    host: str, port: int | None, transport: str, servers: Sequence[str]
) -> list[tuple[str, int]]:
    """Return the addresses and ports that a SIP host leads to, the first one first.

    Without a port its SRV records decide, and where there are none the usual port. Empty
    when the name leads nowhere. Raises Unanswered.
    """
    if _is_address(host):
        return [(host, port or PORTS[transport])]
    places = [(host, port)] if port else _by_srv(host, transport, servers)
    found: dict[tuple[str, int], None] = {}
    for name, at in places or [(host, PORTS[transport])]:
        for kind in ("A", "AAAA"):
            for record in ask(name, kind, servers):
                found[(record.address, at)] = None
    return list(found)[:MOST_TARGETS]


def _by_srv(host: str, transport: str, servers: Sequence[str]) -> list[tuple[str, int]]:
    rows = ask(f"{SERVICES[transport]}.{host}", "SRV", servers)
    rows.sort(key=lambda row: (row.priority, -row.weight))
    named = [(row.target.to_text(omit_final_dot=True), row.port) for row in rows]
    return [(name, port) for name, port in named if name and port]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
