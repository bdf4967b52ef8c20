"""AMI -> state in Redis -> open pages. One process; may be ended at any moment.

A round: follow what arrived, look at the registrations when that is due, write what
changed, beat. After any cut (AMI, Redis, an event that cannot be believed) the next round
starts with a snapshot, so the state is right again without anybody's help.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import redis.asyncio
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError
from redis.exceptions import RedisError

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.calls import Channel, Exchange, Forged, contacts
from pbx_console.asterisk.ami.client import AmiClient, AmiError
from pbx_console.live import state
from pbx_console.live.phones import PhoneFeed
from pbx_console.live.queues import Board
from pbx_console.pbx import presence
from pbx_console.pbx.announce import customer_group

logger = logging.getLogger(__name__)
ROUND = 0.1  # seconds; changes within one are sent together
BEAT = 2.0
LOOK = 3.0  # registrations: at least this often; an expiry makes no event
SNAPSHOT_PAUSE = 1.0

BUSIEST = ("off", "free", "dnd", "ring", "talk")

Words = dict[str, str]


@dataclass(slots=True)
class Shown:
    """What Redis holds of one customer."""

    words: Words = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)


class Listener:
    """The state of the process; `rounds()` runs until cancelled."""

    def __init__(self, client: AmiClient) -> None:
        """`client` is logged in as the reader, with events."""
        self.client = client
        self.exchange = Exchange()
        self.board = Board()
        self.phones = PhoneFeed()
        self.redis = redis.asyncio.from_url(
            settings.REDIS_URL,
            decode_responses=True,
            socket_timeout=2,
            socket_connect_timeout=2,
        )
        self.codes: set[str] = set()
        self.shown: dict[str, Shown] = {}
        self.epoch = ""
        self.looked = self.beaten = self.began = self.asked_codes = -1e9
        self.look_again = LOOK

    async def rounds(self) -> None:
        """Follow for ever. Errors of AMI and Redis end a round, never the process."""
        try:
            while True:
                await self._guarded()
        finally:
            await self.phones.end()

    async def _guarded(self) -> None:
        try:
            await self._round()
        except AmiError as error:
            logger.info("no state: %s", error)
            await asyncio.sleep(ROUND)
        except (RedisError, OSError) as error:
            logger.warning("state not written: %s", error)
            self.epoch = ""
            await asyncio.sleep(0.5)

    async def _round(self) -> None:
        await self.client.wait_ready(5)
        if self.client.spoiled:
            await self._begin()
        await self._follow()
        if not self.client.spoiled:
            await self._look()
            await self._write()
            self.phones.write()

    async def _begin(self) -> None:
        """Believe the feed again, then ask what is going on."""
        pause = self.began + SNAPSHOT_PAUSE - time.monotonic()
        await asyncio.sleep(max(pause, 0))
        self.began = time.monotonic()
        logger.info("snapshot (%s): %s", self.client.spoiled, self.client.counts)
        for event in self.client.leftovers():
            with suppress(Forged):  # of calls the snapshot says more
                self.phones.apply(event)
        await self.client.resume()
        answer = await self.client.ask({"Action": "CoreShowChannels"}, timeout=20)
        if refused := self.exchange.restart(answer["events"]):
            logger.warning("snapshot: %s channels not believable", refused)
        there = {item.get("Uniqueid", "") for item in answer["events"]}
        await self.board.begin(self.client, there, self.redis)
        self.looked = -1e9

    async def _follow(self) -> None:
        """Apply what arrives within a round."""
        end = time.monotonic() + ROUND
        while (left := end - time.monotonic()) > 0:
            event = await self.client.next_event(left)
            if event is None:
                return
            try:
                if not (self.board.apply(event) or self.phones.apply(event)):
                    self.exchange.apply(event)
            except Forged as error:
                logger.warning("an event that Asterisk would not send: %s", error)
                self.client.spoil("malformed")
            if event.get("Event") == "SuccessfulAuth":
                self.looked = min(
                    self.looked, time.monotonic() - self.look_again + ROUND
                )

    async def _look(self) -> None:
        """Ask AstDB who is registered; a large exchange is asked less often."""
        start = time.monotonic()
        if start - self.looked < self.look_again:
            return
        answer = await self.client.ask(
            {"Action": "DBGetTree", "Family": "registrar", "Key": "contact"}, timeout=20
        )
        found = contacts(answer["events"], now=time.time())
        self.exchange.registered = set(found)
        self.phones.look(found)
        self.looked = time.monotonic()
        self.look_again = max(LOOK, 20 * (self.looked - start))

    async def _write(self) -> None:
        """Write and send what changed; all of it when Redis has forgotten us."""
        beat = time.monotonic() - self.beaten > BEAT
        if beat and await self.redis.get(state.EPOCH) != self.epoch:
            self.epoch = ""
        forgotten = not self.epoch
        if forgotten:
            await self._forget()
        by_code = await self._by_code()
        for code in sorted({*by_code, *self.shown}):
            await self._show(code, by_code.get(code, Shown()))
        await self.board.write(self.redis, everything=forgotten)
        if beat:
            await self.redis.set(state.HEARTBEAT, str(time.time()), ex=state.LIFETIME)
            self.beaten = time.monotonic()

    async def _forget(self) -> None:
        """Delete whatever an earlier listener left, so that everything is written."""
        keys = [key async for key in self.redis.scan_iter("presence:*", count=1000)]
        keys += [key async for key in self.redis.scan_iter("live:*:calls", count=1000)]
        if keys:
            await self.redis.delete(*keys)
        epoch = f"{time.time_ns()}"
        await self.redis.set(state.EPOCH, epoch)
        self.shown, self.epoch, self.beaten = {}, epoch, -1e9

    async def _by_code(self) -> dict[str, Shown]:
        """Group by the customers that our own database knows."""
        words = with_extensions(self.exchange.words())
        await self._know({endpoint.partition("-")[0] for endpoint in words})
        found: dict[str, Shown] = defaultdict(Shown)
        for endpoint, word in words.items():
            if (code := endpoint.partition("-")[0]) in self.codes:
                found[code].words[endpoint] = word
        for channel in sorted(self.exchange.channels.values(), key=_age):
            if (code := channel.endpoint.partition("-")[0]) in self.codes:
                found[code].calls.append(_call(channel))
        return found

    async def _know(self, codes: set[str]) -> None:
        """Ask for the customers' codes again when an unknown one turns up."""
        unknown = {code for code in codes - self.codes if code != "trunk"}
        if unknown and time.monotonic() - self.asked_codes > 1:
            self.asked_codes = time.monotonic()
            try:
                self.codes = await _customer_codes()
            except DatabaseError as error:
                logger.warning("customers not read: %s", error)

    async def _show(self, code: str, now: Shown) -> None:
        before = self.shown.get(code, Shown())
        if now == before:
            return
        seq = await self._store(code, now)
        if now.words or now.calls:
            self.shown[code] = now
        else:
            self.shown.pop(code, None)
        changed: dict[str, str | None] = dict.fromkeys(before.words.keys() - now.words)
        changed |= {k: v for k, v in now.words.items() if before.words.get(k) != v}
        message = {
            "type": "live.diff",
            "epoch": self.epoch,
            "seq": seq,
            "words": changed,
        }
        layer: Any = get_channel_layer()
        await layer.group_send(customer_group(code), message)

    async def _store(self, code: str, now: Shown) -> int:
        async with self.redis.pipeline(transaction=True) as asked:
            asked.delete(presence.customer_key(code))
            if now.words:
                words: dict[Any, Any] = dict(now.words)
                asked.hset(presence.customer_key(code), mapping=words)
            asked.set(state.calls_key(code), json.dumps(now.calls))
            asked.incr(state.seq_key(code))
            return int((await asked.execute())[-1])


def with_extensions(words: Words) -> Words:
    """Return the words with those of extensions that have several devices.

    Of `c12345-201` and `c12345-201-2` the busiest is the extension's; what the first
    phone itself does is then under `c12345-201-1`.
    """
    found = dict(words)
    for endpoint, word in words.items():
        whole = endpoint.rpartition("-")[0]
        if "-" in whole and not endpoint.startswith("trunk-"):
            found.setdefault(f"{whole}-1", words.get(whole, "off"))
            found[whole] = max(found.get(whole, "off"), word, key=BUSIEST.index)
    return found


def _age(channel: Channel) -> tuple[int, str]:
    return channel.since, channel.uniqueid


def _call(channel: Channel) -> dict[str, Any]:
    values = asdict(channel)
    return {
        "id": values["uniqueid"],
        "endpoint": values["endpoint"],
        "number": values["number"],
        "incoming": channel.incoming,
        "state": channel.word,
        "since": values["since"],
    }


@database_sync_to_async
def _customer_codes() -> set[str]:
    with as_everyone("live listener: codes of customers"):
        return set(Customer.objects.values_list("code", flat=True))
