"""Counting tries at the door, per account and per address.

What is counted is what was asked for, whether or not such an account exists, so the
answer "too many" tells nothing about it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from limits import parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from pbx_console.accounts.models.invitations import digest

PER_ACCOUNT = parse("10 per 15 minutes")
PER_ADDRESS = parse("50 per 15 minutes")
INVITED_BY_ONE = parse("200 per hour")
INVITED_TO_ONE = parse("5 per day")


class TooManyMails(Exception):
    """Too many invitations by this person."""


class TooManyMailsThere(Exception):
    """Too many invitations to this address."""


class TooManyTries(Exception):
    """Too many wrong passwords or codes for this account or from this address."""


@cache
def _limiter() -> MovingWindowRateLimiter:
    """Return the limiter that all processes share; one connection pool per process."""
    return MovingWindowRateLimiter(storage_from_string(settings.REDIS_URL))


_spare = MovingWindowRateLimiter(MemoryStorage())


def count_try(kind: str, account: str, request: Any) -> None:
    """Count one try of a kind (`password`, `code`, `reset`, `invitation`) for an account
    and from the address of a request; raise TooManyTries over either limit.

    Without Redis each process counts by itself, so that an outage never opens the door.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        allowed = _hit(_limiter(), kind, account, address)
    except Exception:  # noqa: BLE001 - any storage failure means the spare counter
        allowed = _hit(_spare, kind, account, address)
    if not allowed:
        raise TooManyTries


def count_wrong_token(token: str, request: Any) -> bool:
    """Count a token of a mail that opens nothing; say whether there were too many."""
    try:
        count_try("token", digest(token), request)
    except TooManyTries:
        return True
    return False


def count_invitation(inviter: int, realm: int | None, email: str) -> None:
    """Count a mail that one person has sent to an address of a realm.

    Raises TooManyMails or TooManyMailsThere, and counts nothing then. Realms count apart:
    what one does must not show in another.
    """
    keys = ("invitation", str(inviter)), ("invitation", f"{realm}", email)
    try:
        full = _full(_limiter(), *keys)
    except Exception:  # noqa: BLE001 - any storage failure means the spare counter
        full = _full(_spare, *keys)
    if full is not None:
        raise full


def _full(
    limiter: MovingWindowRateLimiter, by_one: tuple[str, ...], to_one: tuple[str, ...]
) -> Exception | None:
    if not limiter.test(INVITED_BY_ONE, *by_one):
        return TooManyMails()
    if not limiter.test(INVITED_TO_ONE, *to_one):
        return TooManyMailsThere()
    limiter.hit(INVITED_BY_ONE, *by_one)
    limiter.hit(INVITED_TO_ONE, *to_one)
    return None


def _hit(
    limiter: MovingWindowRateLimiter, kind: str, account: str, address: str
) -> bool:
    per_account = limiter.hit(PER_ACCOUNT, kind, "account", account)
    per_address = limiter.hit(PER_ADDRESS, kind, "address", address)
    return per_account and per_address
