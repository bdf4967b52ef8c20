"""The wallboard's part of the listener: queues -> Redis -> open pages.

Asterisk says who waits and counts; who is logged in stands in the database, and what a
phone does is its presence. So a cut loses nothing that a snapshot does not bring back.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import DatabaseError

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiClient
from pbx_console.asterisk.ami.queues import Queues, Tally
from pbx_console.pbx.announce import customer_group
from pbx_console.pbx.models import Queue
from pbx_console.pbx.queue_state import queues_key

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a queue is, and what that means for its counts."""

    code: str
    timezone: str
    target_seconds: int


class Board:
    """The state of all queues; the listener calls it in its rounds."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.queues = Queues()
        self.owners: dict[int, Owner] = {}
        self.asked = self.days_asked = -1e9

    async def begin(self, client: AmiClient, channels: set[str], redis: Any) -> None:
        """Take a snapshot, on top of what an earlier listener counted."""
        if not self.queues.tallies:
            await self._remember(redis)
        answer = await client.ask({"Action": "QueueStatus"}, timeout=20)
        self.queues.restart(answer["events"], now=time.time(), channels=channels)

    async def _remember(self, redis: Any) -> None:
        async for key in redis.scan_iter("live:*:queues", count=1000):
            text = await redis.get(key)
            for queue, tally in json.loads(text or "{}").get("tallies", {}).items():
                self.queues.tallies[int(queue)] = Tally(**tally)

    def apply(self, event: Mapping[str, str]) -> bool:
        """Follow one event; say whether it was a queue's. Raises Forged."""
        return self.queues.apply(event, now=time.time())

    async def write(self, redis: Any, *, everything: bool = False) -> None:
        """Write the customers whose queues changed, and tell their pages."""
        if everything:
            self.queues.changed |= self.queues.tallies.keys()
        self._new_days()
        if not self.queues.changed:
            return
        changed, self.queues.changed = self.queues.changed, set()
        await self._know(changed)
        codes = {self.owners[key].code for key in changed if key in self.owners}
        for code, keys in self._by_code(codes).items():
            await redis.set(queues_key(code), json.dumps(self._shown(keys)))
            await tell(code)

    def _new_days(self) -> None:
        """A day ends at the customer's own midnight."""
        if time.monotonic() - self.days_asked < 1:
            return
        self.days_asked = time.monotonic()
        for key, tally in self.queues.tallies.items():
            if key in self.owners and tally.day != _today(self.owners[key].timezone):
                self.queues.changed.add(key)

    def _by_code(self, codes: set[str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for key, owner in self.owners.items():
            if owner.code in codes:
                found[owner.code].append(key)
        return found

    def _shown(self, keys: list[int]) -> dict[str, Any]:
        for key in keys:
            self.queues.begin_day(key, _today(self.owners[key].timezone))
        return {
            "queues": {key: self.queues.told(key) for key in keys},
            "tallies": {key: asdict(self.queues.tallies[key]) for key in keys},
        }

    async def _know(self, keys: set[int]) -> None:
        """Ask our own database whose the queues are; a stranger's name says nothing."""
        if keys <= self.owners.keys() and time.monotonic() - self.asked < 60:
            return
        try:
            self.owners |= await _owners()
            self.asked = time.monotonic()
        except DatabaseError as error:
            logger.warning("queues not read: %s", error)
            self.queues.changed |= keys
        self.queues.targets = {k: o.target_seconds for k, o in self.owners.items()}


async def tell(code: str) -> None:
    """Ask the open pages of a customer to look at the queues again."""
    layer: Any = get_channel_layer()
    message = {"type": "object.changed", "kind": "queue", "number": ""}
    await layer.group_send(customer_group(code), message)


def _today(timezone: str) -> str:
    return dt.datetime.now(ZoneInfo(timezone)).date().isoformat()


@database_sync_to_async
def _owners() -> dict[int, Owner]:
    with as_everyone("live listener: whose queues"):
        rows = Queue.objects.values_list(
            "pk", "customer__code", "customer__timezone", "target_seconds"
        )
        return {pk: Owner(code, zone, target) for pk, code, zone, target in rows}
