"""The end of a start: addresses, logins, telephones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded import say

SHOWN_PHONES = 4


def show(world: dict[str, Any], *, seconds: float) -> None:
    """What a person needs to go on; all of it is in demo.json, too."""
    for text in (*_addresses(world), *_logins(world), *_phones(world)):
        say.line(text)
    say.line()
    say.done(f"Everything runs ({seconds:.0f} s). All of this: {world['file']}")


def _addresses(world: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield "Addresses"
    for name, url in world["urls"].items():
        yield f"  {name:<12} {url}"
    if world.get("mail"):
        yield f"  {'mails':<12} {world['mail']}"


def _logins(world: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield "Logins (one-time codes: python3 -m embedded code)"
    for user in world["users"]:
        factor = "password + code" if user["totp_secret"] else "password"
        yield (
            f"  {user['role']:<12} {user['email']:<34} {user['password']:<18} "
            f"{user['host']:<22} {factor}"
        )


def _phones(world: dict[str, Any]) -> Iterator[str]:
    accounts, sip = world["sip_accounts"], world["sip"]
    yield ""
    yield f"Telephones register at {sip['host']}:{sip['port']} (UDP or TCP)"
    for account in accounts[:SHOWN_PHONES]:
        yield "  " + "  ".join(str(value) for value in account.values())
    if len(accounts) > SHOWN_PHONES:
        yield f"  and {len(accounts) - SHOWN_PHONES} more"
