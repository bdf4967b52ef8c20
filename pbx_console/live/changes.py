"""What people changed at their phones, told to the open pages within a moment.

Triggers say it on PostgreSQL's channel `pbx_changed` as "<customer code> <kind> <number>"
(`pbx_tell_changed`, pbx migration 0008), whoever wrote the row: a feature code, a queue's
agent or another page. A message that is lost while the database is away costs a page
nothing but the moment: what it shows next is asked of the tables.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import psycopg
from channels.layers import get_channel_layer
from django.conf import settings

from pbx_console.pbx.announce import customer_group

logger = logging.getLogger(__name__)
CHANNEL = "pbx_changed"
PAUSE = 1.0  # seconds before the database is asked again
_PAYLOAD = re.compile(r"^(c[a-z0-9]{5}) ([a-z_]{1,20}) ([0-9A-Za-z_-]{0,40})$")


async def follow(ready: asyncio.Event | None = None) -> None:
    """Listen for ever; the database may go and come back. `ready` is set when it began."""
    while True:
        try:
            await _listen(ready or asyncio.Event())
        except psycopg.OperationalError as error:
            logger.warning("changes not heard: %s", error)
            await asyncio.sleep(PAUSE)


async def _listen(ready: asyncio.Event) -> None:
    async with await psycopg.AsyncConnection.connect(
        **_account(), autocommit=True
    ) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        ready.set()
        async for notice in connection.notifies():
            await tell(notice.payload)


def _account() -> dict[str, Any]:
    database = settings.DATABASES["default"]
    return {
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "dbname": database["NAME"],
    }


async def tell(payload: str) -> None:
    """Send one change to the pages of its customer; what is no change is dropped."""
    found = _PAYLOAD.match(payload)
    if found is None:
        logger.warning("not a change: %r", payload[:80])
        return
    code, kind, number = found.groups()
    message = {"type": "object.changed", "kind": kind, "number": number}
    layer: Any = get_channel_layer()
    try:
        await layer.group_send(customer_group(code), message)
    except Exception as error:  # noqa: BLE001 - a page that misses it shows it later
        logger.warning("a change of %s not sent: %s", code, error)
