"""Which phones are there and what they do, as the live listener last wrote it to Redis.

One hash per customer, `presence:<customer code>`: endpoint id -> word (`free`, `ring`,
`talk`, `dnd`); a phone that is not in it is `off`. It counts while the listener's heartbeat
is there. While the listener or Redis is away the answer is *unknown*, never an error and
never "offline": pages work without it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from pbx_console.pbx.models import Extension

logger = logging.getLogger(__name__)
UNKNOWN = ""
HEARTBEAT = "live:heartbeat"
HERE = frozenset({"free", "ring", "talk", "dnd"})


@dataclass(frozen=True, slots=True)
class Phones:
    """Phones of one customer: all, registered, in a call. None: not known now."""

    total: int
    here: int | None
    talking: int | None

    @property
    def away(self) -> int:
        """Return how many are not registered; 0 when not known."""
        return 0 if self.here is None else max(self.total - self.here, 0)

    @property
    def lamp(self) -> str:
        """Return the lamp for all of them: the worst wins."""
        if self.here is None or self.total == 0:
            return "off"
        return "free" if self.here == self.total else "off"


def customer_key(code: str) -> str:
    """Return the name of a customer's hash; the only place it is made."""
    return f"presence:{code}"


@cache
def connection() -> Any:
    """Return the Redis of the live state; half a second is the longest wait."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
    )


def words_of(codes: Sequence[str]) -> dict[str, dict[str, str]] | None:
    """Return endpoint -> word per customer; None when Redis or the listener is away."""
    try:
        with connection().pipeline(transaction=False) as asked:
            asked.get(HEARTBEAT)
            for code in codes:
                asked.hgetall(customer_key(code))
            beat, *found = asked.execute()
    except redis.RedisError as error:
        logger.warning("presence not read: %s", error)
        return None
    return dict(zip(codes, found, strict=True)) if beat else None


def phones(totals: Mapping[str, int]) -> dict[str, Phones]:
    """Return the phones per customer code; `totals` is code -> number of extensions."""
    found = words_of(list(totals))
    if found is None:
        return {code: Phones(total, None, None) for code, total in totals.items()}
    return {code: _phones(found.get(code, {}), total) for code, total in totals.items()}


def _phones(words: Mapping[str, str], total: int) -> Phones:
    whole = [word for key, word in words.items() if key.count("-") == 1]  # no devices
    here = sum(word in HERE for word in whole)
    talking = sum(word == "talk" for word in whole)
    return Phones(total, here, talking)


def of(extensions: Iterable[Extension]) -> dict[str, str]:
    """Return endpoint id -> word; `UNKNOWN` where nothing is known."""
    rows = list(extensions)
    found = words_of(sorted({row.customer.code for row in rows}))
    if found is None:
        return {row.endpoint_id: UNKNOWN for row in rows}
    return {
        row.endpoint_id: found[row.customer.code].get(row.endpoint_id, "off")
        for row in rows
    }


def of_devices(extension: Extension, slots: Iterable[int]) -> dict[int, str]:
    """Return slot -> word of an extension's phones; slot 1 is its own account."""
    found = words_of([extension.customer.code])
    if found is None:
        return dict.fromkeys(slots, UNKNOWN)
    words, key = found[extension.customer.code], extension.endpoint_id
    known = {slot: words.get(f"{key}-{slot}", "off") for slot in slots}
    if f"{key}-1" not in words:
        known[1] = words.get(key, "off")
    return known


def with_presence(extensions: Sequence[Extension]) -> list[tuple[Extension, str]]:
    """Return each extension with its word."""
    words = of(extensions)
    return [(row, words[row.endpoint_id]) for row in extensions]
