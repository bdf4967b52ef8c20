"""What the shapes of calls are played on: a customer with phones, sipp as carrier."""

from __future__ import annotations

import io
import wave
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.pbx.models import (
    Destination,
    Prompt,
    Queue,
)
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.outside_numbers import save_outside_number
from pbx_console.pbx.services.prompts import save_prompt
from pbx_console.pbx.services.queues import save_queue
from tests.asterisk.conftest import CARRIER, House
from tests.asterisk.sipp import Agent, Process
from tests.asterisk.test_calls import OUTSIDE

DIALLED = "03023125999"
CALLER = "+491701234567"


@dataclass
class Stage:
    """What a shape is played on."""

    house: House
    stack: ExitStack

    def phone(self, number: str = "201") -> Agent:
        """A registered phone of the customer."""
        north = self.house.world.nordbel
        if number == "201":
            return self.house.phone(north.extension)
        return self.house.phone(self.house.extension(north.customer, number))

    def carrier(self, scenario: str = "answer", **keys: str) -> Process:
        """The carrier takes calls until the shape is over."""
        return self.stack.enter_context(
            self.house.carrier.answering(scenario, echo=False, **keys)
        )

    def outside(self, talk: float = 0.5, typed: str = "") -> Process:
        """Somebody outside calls the customer's number."""
        caller = self.house.agent(host=CARRIER)
        number = self.house.world.nordbel.number
        return caller.call(number, shown=CALLER, talk=talk, typed=typed)

    def noun(self, save: Any, number: str, **values: Any) -> Any:
        """Something of the customer that calls can be sent to."""
        held = self.house.world.nordbel.customer
        name = f"Noun {number}"
        with as_everyone("test"):
            return save(SYSTEM, customer=held, number=number, name=name, **values)

    def queue(self, *agents: str, **values: Any) -> Queue:
        """A queue 700 with agents by number."""
        held = self.house.world.nordbel.customer
        with as_everyone("test"):
            seats = [(held.extensions.get(number=number), 0) for number in agents]
        values = {"announce_position": False, **values}
        made: Queue = self.noun(save_queue, "700", agents=seats, **values)
        return made

    def outside_number(self) -> Destination:
        """The customer's own outside number; it has the internal number 790."""
        return destination(self.noun(save_outside_number, "790", e164=OUTSIDE))

    def prompt(self) -> Prompt:
        """A fifth of a second of silence."""
        held = io.BytesIO()
        with wave.open(held, "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"\0\1" * 1600)
        with as_everyone("test"):
            customer = self.house.world.nordbel.customer
            return save_prompt(
                SYSTEM, customer=customer, name="Short", upload=held.getvalue()
            )

    def answers(self, phone: Agent, scenario: str = "answer", **keys: str) -> Process:
        """A phone takes calls until the shape is over."""
        return self.stack.enter_context(phone.answering(scenario, echo=False, **keys))

    def leads_to(self, noun: object) -> None:
        """The customer's number leads to another noun from now on."""
        with as_everyone("test"):
            did = self.house.world.nordbel.customer.dids.get(is_main=True)
            save_did(SYSTEM, did=did, destination=noun.destination)  # type: ignore[attr-defined]


def destination(noun: Any) -> Destination:
    """Where a noun is reached."""
    with as_everyone("test"):
        found: Destination = noun.destination
        return found


def hang_up(part: str) -> None:
    """End the channels whose name holds `part`."""
    (answer,) = ask_all([{"Action": "CoreShowChannels"}])
    names = [item.get("Channel", "") for item in answer["events"]]
    ask_all([{"Action": "Hangup", "Channel": n} for n in names if part in n])
