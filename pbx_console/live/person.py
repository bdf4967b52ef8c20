"""The socket that every signed-in page has: it closes when the person must leave.

Rights that end are told to the person's group (accounts.announce); the socket then asks
what a page would ask, and closes with 4401 if the answer is the door. Nothing that the
page sends is read.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from pbx_console.accounts.announce import person_group
from pbx_console.accounts.models import Membership
from pbx_console.live import door

SIGNED_OUT, NO_RIGHT = 4401, 4403
LOOK_AGAIN = 2.0  # seconds between two looks whether something was missed
CHECK_AGAIN = 10  # looks between two questions whether the person may still watch


class PersonConsumer(AsyncWebsocketConsumer):
    """A page's socket without live data: `/ws/door/`."""

    person = 0
    until: float | None = None  # acting for a customer ends by itself (Unix time)
    checking: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Accept, then say who must leave: a refused handshake tells a page nothing."""
        await self.accept()
        if await self.enter() is not None:
            self.checking = asyncio.create_task(self._keep_right())

    async def enter(self) -> Membership | None:
        """Join the person's group; None after closing for somebody who must leave.

        Asked twice, because rights may end between the first answer and the joining.
        """
        found = await self.who()
        if found is not None:
            self.person = found.user_id
            group = person_group(self.person)
            await self.channel_layer.group_add(group, self.channel_name)
            found = await self.who()
        if found is None:
            await self.close(SIGNED_OUT)
        return found

    async def who(self) -> Membership | None:
        """Return the membership that the page's session stands for now."""
        found = await database_sync_to_async(door.membership)(self.scope)
        ends = getattr(found, "acting_until", None)
        self.until = ends.timestamp() if ends else None
        return found

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.checking is not None:
            self.checking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.checking
        if self.person:
            group = person_group(self.person)
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, **_message: Any) -> None:
        """Ignore it: a page has nothing to say."""

    async def person_ended(self, message: dict[str, Any]) -> None:
        """Something ended; close if it was what this page stands on."""
        if not await self.still_allowed():
            await self.close(SIGNED_OUT)

    async def still_allowed(self) -> bool:
        """Say whether the page would still open."""
        return await self.who() is not None

    async def look(self) -> None:
        """Mend what a lost message left."""

    async def _keep_right(self) -> None:
        """Look again and again; close when session, role or acting is over."""
        for count in itertools.count(1):
            await asyncio.sleep(LOOK_AGAIN)
            await self.look()
            if (self._is_over() or count % CHECK_AGAIN == 0) and (
                not await self.still_allowed()
            ):
                await self.close(SIGNED_OUT)
                return

    def _is_over(self) -> bool:
        return self.until is not None and time.time() >= self.until


class NoSuchDoor(AsyncWebsocketConsumer):
    """Refuses the handshake of every address where no socket is."""

    async def connect(self) -> None:
        """Answer 403; an unknown route would be an error of the server."""
        await self.close()
