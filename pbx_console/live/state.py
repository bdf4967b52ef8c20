"""The live state in Redis: written by the listener, read by sockets and pages.

Per customer code: `presence:<code>` (hash, endpoint -> word, see pbx.presence),
`live:<code>:calls` (JSON) and `live:<code>:seq` (counts changes). `live:heartbeat` holds
the time of the listener's last round and vanishes `LIFETIME` seconds after it, so nothing
here is believed for longer than that. Readers answer "unknown" instead of raising.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable
from typing import Any

import redis

from pbx_console.pbx import presence

logger = logging.getLogger(__name__)
HEARTBEAT = presence.HEARTBEAT
EPOCH = "live:epoch"  # changes when the listener starts, or Redis has forgotten it
LIFETIME = 10  # seconds
UNKNOWN = "unknown"


def calls_key(code: str) -> str:
    """Where the calls of a customer are."""
    return f"live:{code}:calls"


def seq_key(code: str) -> str:
    """Where the number of the customer's last change is."""
    return f"live:{code}:seq"


def registrations(codes: Iterable[str]) -> dict[str, str]:
    """Return endpoint -> `free`, `ring` or `talk` of these customers.

    A phone that is missing is not registered; `{"": "unknown"}` when nothing is known.
    """
    found = presence.words_of(list(codes))
    if found is None:
        return {"": UNKNOWN}
    return {
        endpoint: word for words in found.values() for endpoint, word in words.items()
    }


def calls(code: str) -> list[dict[str, Any]] | None:
    """Return the customer's calls now, oldest first; None when not known.

    Each: `id`, `endpoint`, `number` (the other side), `incoming`, `state` (`ring` or
    `talk`), `since` (seconds since 1970, UTC).
    """
    try:
        with presence.connection().pipeline(transaction=False) as asked:
            beat, text = asked.get(HEARTBEAT).get(calls_key(code)).execute()
        return list(json.loads(text or "[]")) if beat else None
    except (redis.RedisError, ValueError) as error:
        logger.warning("live calls not read: %s", error)
        return None


def listener_age() -> float | None:
    """Return seconds since the listener's last round; None when it is away."""
    try:
        beat = presence.connection().get(HEARTBEAT)
    except redis.RedisError:
        return None
    return max(time.time() - float(beat), 0.0) if beat else None
