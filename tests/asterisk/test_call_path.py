"""The picture of the call path and a real call agree: who is rung, and in which order.

Nobody picks up: every phone answers 480. What the picture calls taken must be what the
phones saw.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import as_customer, as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.console.call_paths import path_of
from pbx_console.pbx.models import Destination, Extension, Prompt
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.menus import save_menu
from pbx_console.pbx.services.number_ranges import save_range
from pbx_console.pbx.services.queues import save_queue
from pbx_console.pbx.services.schedules import save_schedule, switch_schedule
from tests.asterisk.conftest import House
from tests.asterisk.sipp import Agent, Process

pytestmark = pytest.mark.asterisk
OUTSIDE, CALLER = "+493023125999", "+4917612345"
STEM = "+49302312588"


class Street:
    """Four extensions of one customer; 205 calls, the others never pick up."""

    def __init__(self, house: House) -> None:
        """Make 202 to 205 beside 201; the phones of all but 204 are registered."""
        self.house, self.customer = house, house.world.nordbel.customer
        self.own = {"201": house.world.nordbel.extension}
        for number in ("202", "203", "204", "205"):
            self.own[number] = house.extension(self.customer, number)
        self.phones = {
            number: house.phone(self.own[number]) for number in ("201", "202", "203")
        }
        self.caller = house.phone(self.own["205"])
        self.outside = house.agent(host=house.carrier.host)
        self.here = {self.own[n].endpoint_id: "free" for n in (*self.phones, "205")}

    def destination(self, number: str) -> Destination:
        """What an internal number reaches."""
        with as_everyone("test"):
            return Destination.objects.get(customer=self.customer, number=number)

    def drawn(self, number: str) -> list[list[str]]:
        """The phones and outside numbers on the way that the picture calls taken."""
        with as_customer(self.customer):
            called = number.startswith("+")
            token = number if called else f"d{self.destination(number).pk}"
            path = path_of(self.customer, token, None, self.here)
        rung = []
        for node in path.taken:
            step = node.step
            there = [each for each in step.phones if each in self.here]
            if step.action == "group" and step.options != "all":
                rung += [[each] for each in there]
            else:
                rung.append(there)
            if step.action == "outside":
                rung.append([step.e164])
        return [each for each in rung if each]

    def rung(self, number: str) -> list[tuple[Any, str]]:
        """Who was really rung when 205 (or a carrier, +49…) dials, in order."""
        caller = self.outside if number.startswith("+") else self.caller
        agents: list[Agent] = [*self.phones.values(), self.house.carrier]
        with ExitStack() as street:
            listening = [
                street.enter_context(agent.answering("refuse", code="480", contact="x"))
                for agent in agents
            ]
            shown = CALLER if caller is self.outside else ""
            caller.call(number, shown=shown, talk=2).wait()
            seen = [found for process in listening for found in invited(process)]
        return sorted(seen)

    def agree(self, number: str) -> list[list[str]]:
        """Compare the two, and return what both say."""
        drawn, rung = self.drawn(number), [user for _at, user in self.rung(number)]
        expected, start = [], 0
        for together in drawn:  # what rings together may come in any order
            expected += sorted(together)
            end = start + len(together)
            rung[start:end] = sorted(rung[start:end])
            start = end
        assert rung == expected, f"{number}: drawn {drawn}"
        return drawn


def invited(process: Process) -> list[tuple[Any, str]]:
    """When each call arrived, and for whom; a retransmission is no second one."""
    calls = {}
    for sent in process.messages():
        if sent.way == "received" and sent.line.startswith("INVITE"):
            user = sent.line.removeprefix("INVITE sip:").partition("@")[0]
            calls.setdefault(sent.header("Call-ID"), (sent.at, user))
    return list(calls.values())


def forward(extension: Extension, condition: str, **where: Any) -> None:
    """Set a forward as the console does."""
    with as_everyone("test"):
        save_forward(SYSTEM, extension=extension, condition=condition, **where)


def test_the_picture_and_the_call_agree_about_an_extension(house: House) -> None:
    street = Street(house)
    own, to = street.own, street.destination
    code = street.customer.code
    assert street.agree("201") == [[f"{code}-201"]]

    forward(own["201"], "no_answer", destination=to("202"))
    forward(own["202"], "no_answer", outside_number=OUTSIDE)
    forward(own["202"], "busy", destination=to("203"))
    assert street.agree("201") == [[f"{code}-201"], [f"{code}-202"], [OUTSIDE]]

    # Nobody is registered as 204.
    forward(own["204"], "offline", destination=to("203"))
    assert street.agree("204") == [[f"{code}-203"]]

    forward(own["201"], "always", destination=to("204"))
    assert street.agree("201") == [[f"{code}-203"]]

    with as_everyone("test"):
        values = {"do_not_disturb": True}
        save_extension(SYSTEM, customer=street.customer, extension=own["203"], **values)
    forward(own["203"], "busy", destination=to("202"))
    assert street.agree("203") == [[f"{code}-202"], [OUTSIDE]]

    with as_everyone("test"):
        save_customer(
            SYSTEM,
            reseller=street.customer.reseller,
            customer=street.customer,
            is_active=False,
        )
    assert street.agree("202") == []


def test_the_picture_and_the_call_agree_about_groups_and_schedules(
    house: House,
) -> None:
    street = Street(house)
    to, code = street.destination, street.customer.code
    own = {"customer": street.customer, "ring_seconds": 5}
    members = [to("202"), to("201"), to("204")]
    with as_everyone("test"):
        save_group(
            SYSTEM, number="600", name="All", strategy="all", members=members,
            overflow=to("203"), **own,
        )  # fmt: skip
        save_group(
            SYSTEM, number="601", name="Order", strategy="order", members=members,
            overflow=to("600"), **own,
        )  # fmt: skip
        save_schedule(
            SYSTEM, customer=street.customer, number="700", name="Hours", hours=[],
            open_to=to("201"), closed_to=to("601"),
        )  # fmt: skip
    together = sorted([f"{code}-201", f"{code}-202"])
    assert [sorted(each) for each in street.agree("600")] == [together, [f"{code}-203"]]
    drawn = street.agree("700")  # without hours it is closed
    assert drawn[:2] == [[f"{code}-202"], [f"{code}-201"]]
    assert drawn[3:] == [[f"{code}-203"]]


def test_the_picture_and_the_call_agree_about_a_number_and_what_it_leads_to(
    house: House,
) -> None:
    street = Street(house)
    to, code, own = street.destination, street.customer.code, street.customer
    north = house.world.nordbel
    with as_everyone("test"):
        Reseller.objects.update(max_numbers=5_000)
        Customer.objects.update(max_numbers=5_000)
        own.refresh_from_db()
        silent = Prompt.objects.create(customer=own, name="No sound", digest="0" * 64)
        save_menu(
            SYSTEM, customer=own, number="710", name="Menu", prompt=silent,
            on_timeout=to("202"),
        )  # fmt: skip
        Prompt.objects.filter(pk=silent.pk).update(digest="")
        save_queue(
            SYSTEM, customer=own, number="720", name="Queue", agents=[],
            on_empty=to("710"),
        )  # fmt: skip
        schedule = save_schedule(
            SYSTEM, customer=own, number="700", name="Hours", hours=[],
            open_to=to("203"), closed_to=to("720"),
        )  # fmt: skip
        did = own.dids.get(is_main=True)
        save_did(SYSTEM, did=did, destination=to("700"))
        save_range(
            SYSTEM, customer=own, stem=STEM, digits=3, trunk=house.world.trunk,
            fallback=to("700"),
        )  # fmt: skip
    # Closed, a queue without agents, a menu without sound, a phone that does not pick up.
    assert street.agree(north.number) == [[f"{code}-202"]]
    assert street.agree(f"{STEM}201") == [[f"{code}-201"]]
    assert street.agree(f"{STEM}999") == [[f"{code}-202"]]
    with as_everyone("test"):
        switch_schedule(SYSTEM, schedule, "open")
    assert street.agree(north.number) == [[f"{code}-203"]]
    assert street.agree("700") == [[f"{code}-203"]]
