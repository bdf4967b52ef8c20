"""One counter in Redis that says when any brand or host last changed.

Every process remembers brands (`hosts`); what it remembers is worth nothing any more as
soon as this counter moved. Reading it costs a tenth of a millisecond per request. While
Redis is away nobody waits for it: what is remembered is then good for `hosts.TTL`.
"""

from __future__ import annotations

import logging
import time

from django.core.cache import cache

logger = logging.getLogger(__name__)
KEY = "brands-changed"
PAUSE = 5.0  # seconds without asking after Redis did not answer
_quiet_until = 0.0


def latest() -> int:
    """Return the counter; -1 while it cannot be read."""
    global _quiet_until  # noqa: PLW0603 - one value per process
    if time.monotonic() < _quiet_until:
        return -1
    try:
        return int(cache.get(KEY) or 0)
    except Exception as error:  # noqa: BLE001 - whatever the client raises: go on without
        _quiet_until = time.monotonic() + PAUSE
        logger.warning("no word of changed brands: %s", error)
        return -1


def announce() -> None:
    """Tell every process that what it remembers is old."""
    try:
        cache.add(KEY, 0, timeout=None)
        cache.incr(KEY)
    except Exception as error:  # noqa: BLE001 - the save stands; others see it in seconds
        logger.warning("others are not told of a changed brand: %s", error)
