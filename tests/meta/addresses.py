"""Every address of the console, read from the resolver, and who may open it.

The table below is the promise; the matrix test asks every address with every role and
compares. A new address without a row fails, and so does a row without an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Address:
    """One URL pattern with its full name and its view."""

    name: str
    arguments: tuple[str, ...]
    view: Any


def addresses() -> list[Address]:
    """Return all addresses of the project."""
    return list(_walk(get_resolver().url_patterns, prefix=""))


def _walk(patterns: list[Any], prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            arguments = tuple(pattern.pattern.converters)
            yield Address(f"{prefix}{pattern.name}", arguments, pattern.callback)


PUBLIC = {
    "console:sign_in": "the door",
    "console:forgotten": "who forgot the password is outside",
    "console:new_password": "the token of the mail is the key",
    "console:passkey_use_begin": "a challenge before sign-in, names nobody",
    "console:passkey_use": "signs in with a passkey",
    "console:sign_out": "ends whatever session there is",
    "console:invitation": "opened from a mail, before there is an account",
    "console:set_up": "the token of a link is the key",
    "console:set_up_file": "a program fetches its account, once",
    "console:language": "the door speaks both languages",
    "console:theme": "light or dark, for everybody",
    "branding:stylesheet": "the brand's tokens, needed at the door",
    "branding:logo": "needed at the door",
    "branding:favicon": "asked by every browser",
    "branding:icon": "the mark in the sizes browsers and phones ask for",
    "branding:manifest": "name and icon for a phone's home screen",
    "provisioning:file": "a phone's secret address, or nothing at all",
    "provisioning:bare": "a phone that knows its MAC only; nothing outside its window",
    "api:health_live": "asked by the container engine, says nothing",
    "api:health_ready": "asked by the container engine, says nothing",
    "api:caddy_ask": "asked by the proxy, which does not pass it on",
}

# Arguments that name nobody's object: the same for every reseller.
NOBODYS = {"kind": "the kinds of mails are one table for everybody"}
