"""A page's live connection: a snapshot, then what changes, of one customer.

To the page: `{type: snapshot, seq, states}` and `{type: diff, seq, states}`, where
`states` is endpoint -> `{presence, label}`, or null for a phone that left; and `{type:
object, key, state}` when the PBX confirmed a save. `seq` counts this socket's messages.
A hole in the publisher's numbers is mended here, by a new snapshot. Nothing that the page
sends is read.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from pbx_console.accounts.models import Membership, Role
from pbx_console.live import door, state
from pbx_console.pbx import presence
from pbx_console.pbx.announce import customer_group

SIGNED_OUT, NO_RIGHT = 4401, 4403
LOOK_AGAIN = 2.0  # seconds between two looks whether something was missed
CHECK_AGAIN = 10  # looks between two questions whether the person may still watch
WORDS = {
    "free": _("registered"),
    "ring": _("ringing"),
    "talk": _("in a call"),
    "dnd": _("do not disturb"),
    "off": _("not registered"),
}

States = dict[str, dict[str, str] | None]
Heard = tuple[str, int]  # the listener's epoch and the number of the customer's change


class LiveConsumer(AsyncWebsocketConsumer):
    """One socket. The group comes from the session's own customer, never from the page."""

    code = ""
    only = ""
    language = "en"
    heard: Heard | None = None
    sent = 0
    checking: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Accept, then say who must leave: a refused handshake tells a page nothing."""
        await self.accept()
        found = await database_sync_to_async(door.membership)(self.scope)
        if found is None:
            return await self.close(SIGNED_OUT)
        wanted = self.scope["url_route"]["kwargs"].get("code", "")
        customer = await database_sync_to_async(door.customer_for)(found, wanted)
        if customer is None:
            return await self.close(NO_RIGHT)
        self.code, self.language = customer.code, door.language(found)
        self.only = _own_endpoint(found, customer.code)
        await self.channel_layer.group_add(customer_group(self.code), self.channel_name)
        await self._snapshot()
        self.checking = asyncio.create_task(self._keep_right())
        return None

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.checking is not None:
            self.checking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.checking
        if self.code:
            group = customer_group(self.code)
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, **_message: Any) -> None:
        """Ignore it: a page has nothing to say."""

    async def live_diff(self, message: dict[str, Any]) -> None:
        """Pass a change on, or start anew when one was lost."""
        epoch, seq = message["epoch"], message["seq"]
        if self.heard is not None and self.heard[0] == epoch and seq <= self.heard[1]:
            return
        if self.heard != (epoch, seq - 1):
            await self._snapshot()
            return
        self.heard = (epoch, seq)
        await self._tell("diff", self._states(message["words"]))

    async def object_state(self, message: dict[str, Any]) -> None:
        """Tell that the PBX confirmed a save, or why not."""
        if self.only in ("", message["endpoint"]):
            told = {"type": "object", "key": message["endpoint"], **_rest(message)}
            await self.send(json.dumps(told))

    async def _snapshot(self) -> None:
        """Tell everything; nothing while nothing is known."""
        found = await asyncio.to_thread(_read, self.code)
        if found is not None and found[1] != self.heard:
            words, self.heard = found
            await self._tell("snapshot", self._states(words))

    async def _tell(self, kind: str, states: States) -> None:
        self.sent += 1
        await self.send(json.dumps({"type": kind, "seq": self.sent, "states": states}))

    def _states(self, words: dict[str, str | None]) -> States:
        with translation.override(self.language):
            return {
                endpoint: {"presence": word, "label": str(WORDS[word])}
                if word
                else None
                for endpoint, word in words.items()
                if self.only in ("", endpoint)
            }

    async def _keep_right(self) -> None:
        """Mend what a lost message left; close when session or membership is gone."""
        for look in itertools.count(1):
            await asyncio.sleep(LOOK_AGAIN)
            await self._snapshot()
            if look % CHECK_AGAIN == 0 and not await self._still_allowed():
                await self.close(SIGNED_OUT)
                return

    async def _still_allowed(self) -> bool:
        found = await database_sync_to_async(door.membership)(self.scope)
        if found is None:
            return False
        allowed = await database_sync_to_async(door.customer_for)(found, self.code)
        return allowed is not None


def _own_endpoint(found: Membership, code: str) -> str:
    """A person without rights on the whole customer sees the own phone only."""
    own = found.role == Role.END_USER
    return f"{code}-{found.extension_number}" if own else ""


def _rest(message: dict[str, Any]) -> dict[str, Any]:
    return {k: message[k] for k in ("state", "failure", "seconds") if k in message}


def _read(code: str) -> tuple[dict[str, str | None], Heard] | None:
    """The words of a customer and its last change; None when nothing is known."""
    try:
        with presence.connection().pipeline() as asked:
            asked.get(presence.HEARTBEAT).get(state.EPOCH).get(state.seq_key(code))
            beat, epoch, seq, words = asked.hgetall(
                presence.customer_key(code)
            ).execute()
    except RedisError:
        return None
    return (words, (epoch or "", int(seq or 0))) if beat else None
