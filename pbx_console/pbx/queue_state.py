"""What goes on in a customer's queues now, as the live listener last wrote it to Redis.

`live:<customer code>:queues` is JSON: the queue's key -> waiting callers and the counts of
the day (`asterisk.ami.queues.Queues.told`). It counts while the listener's heartbeat is
there; else the answer is None: not known, never "nobody waits".
"""

from __future__ import annotations

import json
import logging
from typing import Any

import redis

from pbx_console.pbx import presence

logger = logging.getLogger(__name__)


def queues_key(code: str) -> str:
    """Return where the state of a customer's queues is; the only place it is named."""
    return f"live:{code}:queues"


def of(code: str) -> dict[int, dict[str, Any]] | None:
    """Return the state per queue key; None when Redis or the listener is away."""
    try:
        with presence.connection().pipeline(transaction=False) as asked:
            beat, text = asked.get(presence.HEARTBEAT).get(queues_key(code)).execute()
        found = json.loads(text or "{}")["queues"] if text else {}
    except (redis.RedisError, ValueError, KeyError) as error:
        logger.warning("queues not read: %s", error)
        return None
    return {int(key): value for key, value in found.items()} if beat else None
