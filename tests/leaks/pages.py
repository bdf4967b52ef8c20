"""Asking pages and looking at the whole answer: line, headers, cookies, body."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from tests.conftest import Tenant
from tests.leaks.scanner import Leak, Scanner
from tests.meta.addresses import PUBLIC, Address
from tests.meta.objects import arguments_for

NO_SUCH = "0" * 32  # a token, a key: what a stranger may guess

# Regular expressions, without converters, and names of files that phones ask for.
FIXED = {
    "branding:logo": "/brand/logo.svg",
    "provisioning:file": f"/p/{NO_SUCH}/000413a0000f.xml",
    "provisioning:bare": "/cfg000413a0000f.xml",
}


def url_of(address: Address, tenant: Tenant, role: str = "") -> str:
    """Return an address for the objects of a tenant."""
    if address.name in FIXED:
        return FIXED[address.name]
    try:
        values = arguments_for(address, tenant, role)
    except KeyError:
        if address.name not in PUBLIC:
            raise
        values = dict.fromkeys(address.arguments, NO_SUCH)
    return reverse(address.name, kwargs=values)


def exchange(
    scan: Scanner, client: Client, kind: str, url: str, **options: Any
) -> list[Leak]:
    """Send a request, follow nothing, and return the leaks of its answer."""
    method = options.pop("method", "get")
    return look(scan, getattr(client, method)(url, **options), kind, url)


def look(scan: Scanner, response: Any, kind: str, url: str) -> list[Leak]:
    """Return the leaks of an answer: headers, cookies and body."""
    place = f"{kind} {url}"
    head = "\n".join(f"{name}: {value}" for name, value in response.items())
    leaks = scan.scan(f"{place} headers", head)
    leaks += scan.scan(f"{place} cookies", response.cookies.output())
    return leaks + scan.scan(f"{place} body", body(response))


def body(response: Any) -> bytes:
    """Return the whole body, streamed or not."""
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content)
    return bytes(response.content)
