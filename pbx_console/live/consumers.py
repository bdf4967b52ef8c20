"""A page's live connection: a snapshot, then what changes, of one customer.

To the page: `{type: snapshot, seq, states}` and `{type: diff, seq, states}`, where
`states` is endpoint -> `{presence, label}`, or null for a phone that left; and `{type:
object, key, state}` when the PBX confirmed a save; `{type: changed, kind, number}` when a
person at a phone or another page changed something. `seq` counts this socket's messages.
A hole in the publisher's numbers is mended here, by a new snapshot. Nothing that the page
sends is read.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from channels.db import database_sync_to_async
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from pbx_console.accounts.models import Membership, Role
from pbx_console.live import door, state
from pbx_console.live.person import NO_RIGHT, PersonConsumer
from pbx_console.pbx import presence
from pbx_console.pbx.announce import customer_group

WORDS = {
    "free": _("registered"),
    "ring": _("ringing"),
    "talk": _("in a call"),
    "dnd": _("do not disturb"),
    "off": _("not registered"),
}

States = dict[str, dict[str, str] | None]
Heard = tuple[str, int]  # the listener's epoch and the number of the customer's change


class LiveConsumer(PersonConsumer):
    """One socket. The group comes from the session's own customer, never from the page."""

    code = ""
    only = ""
    language = "en"
    heard: Heard | None = None
    sent = 0

    async def enter(self) -> Membership | None:
        """Join the customer's group too, and tell everything once."""
        found = await super().enter()
        if found is None:
            return None
        wanted = self.scope["url_route"]["kwargs"].get("code", "")
        customer = await database_sync_to_async(door.customer_for)(found, wanted)
        if customer is None:
            await self.close(NO_RIGHT)
            return None
        self.code, self.language = customer.code, door.language(found, self.scope)
        self.only = _own_endpoint(found, customer.code)
        await self.channel_layer.group_add(customer_group(self.code), self.channel_name)
        await self.look()
        return found

    async def disconnect(self, code: int) -> None:
        """Leave the groups."""
        await super().disconnect(code)
        if self.code:
            group = customer_group(self.code)
            await self.channel_layer.group_discard(group, self.channel_name)

    async def live_diff(self, message: dict[str, Any]) -> None:
        """Pass a change on, or start anew when one was lost."""
        epoch, seq = message["epoch"], message["seq"]
        if self.heard is not None and self.heard[0] == epoch and seq <= self.heard[1]:
            return
        if self.heard != (epoch, seq - 1):
            await self.look()
            return
        self.heard = (epoch, seq)
        await self._tell("diff", self._states(message["words"]))

    async def object_state(self, message: dict[str, Any]) -> None:
        """Tell that the PBX confirmed a save, or why not."""
        if self.only in ("", message["endpoint"]):
            told = {"type": "object", "key": message["endpoint"], **_rest(message)}
            await self.send(json.dumps(told))

    async def object_changed(self, message: dict[str, Any]) -> None:
        """Tell that something changed; the page asks for the piece that shows it."""
        kind, number = message["kind"], message["number"]
        own = f"{self.code}-{number}" if kind == "extension" else None
        if kind == "queue" or self.only in ("", own):
            told = {"type": "changed", "kind": kind, "number": number}
            await self.send(json.dumps(told))

    async def look(self) -> None:
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

    async def still_allowed(self) -> bool:
        """Say whether the person may still watch this customer."""
        found = await self.who()
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
