"""The real Asterisk of the test servers, with phones and a carrier made of sipp."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.asterisk.journal import JournalRecord, parse
from pbx_console.metering.models import PriceList
from pbx_console.metering.services.tariffs import choose_for_customer
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.trunks import save_trunk
from tests.asterisk.sipp import Agent, free_port, wait_for
from tests.conftest import QUICK_HASHERS, World, empty_tables, make_world

CARRIER = "127.0.0.2"


@dataclass
class House:
    """The cast, committed, on a real Asterisk; and a place to make phones."""

    world: World
    directory: Path
    carrier: Agent
    journal_start: int
    agents: list[Agent] = field(default_factory=list)

    @property
    def server(self) -> tuple[str, int]:
        """Where Asterisk listens for SIP."""
        return "127.0.0.1", settings.SIP_PORT

    def phone(self, extension: Extension, *, register: bool = True) -> Agent:
        """A phone with the account of this extension."""
        agent = self.agent(extension.endpoint_id, str(extension.secret))
        if register:
            assert agent.register() == 200
        return agent

    def agent(self, user: str = "", secret: str = "", host: str = "127.0.0.1") -> Agent:
        """Any SIP agent on loopback."""
        agent = Agent(self.server, self.directory, user, secret, host)
        self.agents.append(agent)
        return agent

    def extension(self, customer: Customer, number: str, **values: Any) -> Extension:
        """A new extension by the service that the console uses."""
        values = {"name": f"Phone {number}", **values}
        with as_everyone("test"):
            return save_extension(SYSTEM, customer=customer, number=number, **values)

    def journal(self) -> list[JournalRecord]:
        """What Asterisk has written since the test began."""
        if not journal_path().exists():  # no call yet
            return []
        data = journal_path().read_bytes()[self.journal_start :]
        items, _consumed = parse(data)
        return [item for item in items if isinstance(item, JournalRecord)]

    def carrier_legs(self) -> list[JournalRecord]:
        """The HANGUP records of carrier legs, once every call has ended."""
        wait_for(self.quiet)
        began = self._channels("CHAN_START")
        return [
            record
            for record in self.journal()
            if record.eventtype == "HANGUP"
            and record.userfield.startswith("v1|")
            and record.uniqueid in began
        ]

    def end(self) -> None:
        """Stop whatever still runs; a call that nobody ended is ended, so that it takes
        no room and writes no record in the next test."""
        for agent in self.agents:
            agent.end()
        give_up = time.monotonic() + 10
        while self._open() and time.monotonic() < give_up:
            ask_all([{"Action": "Hangup", "Channel": "/^(PJSIP|Local)/"}])
            time.sleep(0.1)

    def quiet(self) -> bool:
        """Has a channel begun since the test did, and has every such channel ended?"""
        return bool(self._channels("CHAN_START")) and not self._open()

    def _open(self) -> set[str]:
        return self._channels("CHAN_START") - self._channels("CHAN_END")

    def _channels(self, kind: str) -> set[str]:
        """The channels with such a record. What adds up a customer's calls
        (dialplan_limits.conf) looks again only every few seconds and is no call."""
        return {
            record.uniqueid
            for record in self.journal()
            if record.eventtype == kind and "@limits-watch" not in record.channame
        }


def journal_path() -> Path:
    """The file that cel_custom appends to."""
    return Path(settings.JOURNAL_DIR) / "cel.csv"


def journal_size() -> int:
    """Bytes so far."""
    return journal_path().stat().st_size if journal_path().exists() else 0


@pytest.fixture
def house(transactional_db: None, tmp_path: Path) -> Iterator[House]:
    """The cast on the real Asterisk; refreshes go over the real AMI."""
    made = build(tmp_path)
    yield made
    made.end()


def build(directory: Path) -> House:
    """Make the cast new and give it a carrier."""
    if "PBX_AMI_WRITER_SECRET" not in os.environ:
        pytest.fail("start the servers first: make test does it")
    empty_tables()
    world = make_world()
    carrier = Agent((("127.0.0.1"), settings.SIP_PORT), directory, host=CARRIER)
    with as_everyone("test"):
        save_trunk(SYSTEM, trunk=world.trunk, host=CARRIER, port=carrier.port)
    return House(world, directory, carrier, journal_size(), [carrier])


ALONE = {
    "PASSWORD_HASHERS": QUICK_HASHERS,
    "CELERY_TASK_ALWAYS_EAGER": True,
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "CHANNEL_LAYERS": {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
}


@pytest.fixture(scope="module")
def street(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """The cast once for a module: each test lets a new customer move in (`moved_in`),
    which takes a tenth of the time."""
    with django_db_blocker.unblock(), override_settings(**ALONE):
        made = build(tmp_path_factory.mktemp("street"))
        yield made
        made.end()
        empty_tables()


def moved_in(street: House, directory: Path) -> Iterator[House]:
    """A new customer of Nordbel with extension 201 and a number, in Nordbel's place."""
    old = street.world.nordbel
    number = f"+49302319{next(NUMBERS):03d}"
    with as_everyone("test"):
        held = save_customer(SYSTEM, reseller=old.reseller, name=f"Moved in {number}")
        retail = PriceList.objects.get(slug=f"retail-{old.reseller.slug}")
        choose_for_customer(SYSTEM, customer=held, price_list=retail)
        first = save_extension(SYSTEM, customer=held, number="201", name="Reception")
        save_did(
            SYSTEM,
            number=number,
            trunk=street.world.trunk,
            reseller=old.reseller,
            customer=held,
            destination=first.destination,
            is_main=True,
        )
    tenant = replace(old, customer=held, extension=first, number=number)
    world = replace(street.world, nordbel=tenant)
    carrier = replace(street.carrier, directory=directory, started=[])
    made = House(world, directory, carrier, journal_size(), [carrier])
    yield made
    made.end()


NUMBERS = count(1)


__all__ = ["CARRIER", "House", "free_port"]
