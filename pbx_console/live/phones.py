"""The phones' part of the listener: who came, who went, who was refused, who was heard.

What happened is collected in the listener's rounds and written by one thread beside it, so
no page waits for it. What waits is bounded: tries are added up per address and account,
and of an address that tries many accounts only the address is kept.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError

from pbx_console.asterisk.ami.calls import Contact
from pbx_console.asterisk.ami.security import (
    Failed,
    Heard,
    Step,
    failed_of,
    heard_of,
    step_of,
)
from pbx_console.pbx.attempts import Attempts, Rules, Tries
from pbx_console.provisioning import intake, registrations
from pbx_console.provisioning.registrations import Known

logger = logging.getLogger(__name__)
T = TypeVar("T")
EVERY = 1.0  # seconds between two writes
MOST = 2_000  # kinds of tries, and calls, that wait
ACCOUNTS = 20  # of one address that are told apart
SLOWEST = 10.0  # seconds for an answer that belongs to its question


@dataclass(slots=True)
class Waiting:
    """What is not written yet."""

    failed: Counter[Failed] = field(default_factory=Counter)
    heard: list[Heard] = field(default_factory=list)
    bans: dict[str, Tries] = field(default_factory=dict)
    accounts: Counter[str] = field(default_factory=Counter)  # told apart, per address

    def add(self, failed: Failed) -> None:
        """Count one try; of an address that tries many accounts only the address."""
        if failed not in self.failed:
            if self.accounts[failed.address] >= ACCOUNTS:
                failed = Failed(failed.kind, "", failed.address)
            elif len(self.failed) < MOST:
                self.accounts[failed.address] += 1
        if failed in self.failed or len(self.failed) < MOST:
            self.failed[failed] += 1

    def __bool__(self) -> bool:
        return bool(self.failed or self.heard or self.bans)


class Answers:
    """How fast phones answer: the time between the question for the password, of each
    sign-in and each call, and the answer. Asterisk keeps both times, so it makes no
    difference when they are read."""

    def __init__(self) -> None:
        """Nobody is asked."""
        self.asked: OrderedDict[tuple[str, str], float] = OrderedDict()
        self.milliseconds: dict[str, int] = {}

    def take(self, step: Step) -> None:
        """Follow one step; questions without an answer fall out at the end."""
        key = (step.account, step.session)
        if step.asked:
            self.asked[key] = step.at
            self.asked.move_to_end(key)
            if len(self.asked) > MOST:
                self.asked.popitem(last=False)
            return
        seconds = step.at - self.asked.pop(key, -1e9)
        room = len(self.milliseconds) < MOST or step.account in self.milliseconds
        if room and 0 <= seconds <= SLOWEST:
            self.milliseconds[step.account] = max(round(seconds * 1000), 1)

    def of(self, known: Mapping[str, Known]) -> dict[str, int]:
        """Take out what was measured of the accounts that are known to be here."""
        here = {key for key in self.milliseconds if key in known and known[key].here}
        return {key: self.milliseconds.pop(key) for key in here}


class PhoneFeed:
    """The state of all phones; the listener calls it in its rounds."""

    def __init__(self) -> None:
        """Know nothing yet: the first look compares with the table."""
        self.attempts = Attempts(Rules(points=settings.BAN_POINTS))
        self.known: dict[str, Known] | None = None
        self.contacts: Mapping[str, Contact] | None = None
        self.addresses: set[str] = set()
        self.waiting = Waiting()
        self.answers = Answers()
        self.task: asyncio.Task[None] | None = None
        self.written = -1e9

    def apply(self, event: Mapping[str, str]) -> bool:
        """Follow one event; say whether it was about this. Raises Forged."""
        if (failed := failed_of(event)) is not None:
            self._failed(failed)
        elif (heard := heard_of(event)) is not None:
            self.waiting.heard = [*self.waiting.heard[-MOST:], heard]
        elif (step := step_of(event)) is not None:
            self.answers.take(step)
        else:
            return False
        return True

    def _failed(self, failed: Failed) -> None:
        known = failed.address in self.addresses
        tries = self.attempts.add(
            failed.address,
            failed.kind,
            failed.account,
            now=time.monotonic(),
            known=known,
        )
        if tries is not None and len(self.waiting.bans) < MOST:
            self.waiting.bans[failed.address] = tries
        self.waiting.add(failed)

    def look(self, contacts: Mapping[str, Contact]) -> None:
        """Take who is registered now."""
        self.contacts = contacts
        self.addresses = {contact.address for contact in contacts.values()}

    def write(self) -> None:
        """Begin to write what waits, unless that goes on already."""
        busy = self.task is not None and not self.task.done()
        if not busy and time.monotonic() - self.written > EVERY:
            self.written = time.monotonic()
            self.task = asyncio.create_task(self._write())

    async def end(self) -> None:
        """Wait until what is being written is written."""
        if self.task is not None:
            await self.task

    async def _write(self) -> None:
        waiting, self.waiting = self.waiting, Waiting()
        try:
            await self._compare()
            if measured := self.answers.of(self.known or {}):
                await _aside(intake.answered, measured)
            if waiting:
                await _aside(intake.take, waiting.failed, waiting.heard, waiting.bans)
        except DatabaseError as error:
            logger.warning("phones not written: %s", error)
        except Exception:
            logger.exception("phones not written")

    async def _compare(self) -> None:
        if self.contacts is None:
            return
        if self.known is None:
            self.known = await _aside(registrations.remembered)
        contacts, known = self.contacts, self.known
        if found := registrations.changes(known, contacts):
            await _aside(registrations.write, found, known)
        gone = {
            key: Known(known[key].address) for key in known.keys() - contacts.keys()
        }
        self.known = gone | {
            key: Known(contact.address, True, contact.until, contact.is_stream)
            for key, contact in contacts.items()
        }


async def _aside(function: Callable[..., T], *values: Any) -> T:
    """Call it in a thread of its own, so that nothing else of the listener waits."""
    return await database_sync_to_async(function, thread_sensitive=False)(*values)
