"""Counting what strangers may make us do. Shared by all processes through Redis; while
that is away each process counts by itself, so that an outage opens nothing."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from limits import RateLimitItem
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter


@cache
def _shared() -> MovingWindowRateLimiter:
    """Return the limiter that all processes share; one connection pool per process."""
    return MovingWindowRateLimiter(storage_from_string(settings.REDIS_URL))


_spare = MovingWindowRateLimiter(MemoryStorage())


def allowed(limit: RateLimitItem, *keys: str) -> bool:
    """Count one more of `keys`; say whether that is still within the limit."""
    try:
        return _shared().hit(limit, *keys)
    except Exception:  # noqa: BLE001 - any storage failure means the spare counter
        return _spare.hit(limit, *keys)


def is_left(limit: RateLimitItem, *keys: str) -> bool:
    """Say whether one more of `keys` would be within the limit; count nothing."""
    try:
        return _shared().test(limit, *keys)
    except Exception:  # noqa: BLE001 - any storage failure means the spare counter
        return _spare.test(limit, *keys)
