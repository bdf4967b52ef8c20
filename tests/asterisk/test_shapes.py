"""The shapes of calls and what is metered in each: who pays, which number, how long.

`SHAPES` is the table. sipp plays the shape on the real Asterisk; the journal goes through
the follower and the rating. The seconds of each leg are compared with what the carrier's
sipp saw on the wire, the charge with the price list: 0.03 a minute, the first minute whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import pytest
from django.conf import settings
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.metering.ingest import run_once
from pbx_console.metering.models import Charge, Leg
from pbx_console.pbx.services.conferences import save_conference
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.trunks import save_route, save_trunk
from tests.asterisk.conftest import CARRIER, House
from tests.asterisk.sipp import Agent, Process, wait_for
from tests.asterisk.test_calls import OUTSIDE, invited, seconds

pytestmark = pytest.mark.asterisk
DIALLED = "03023125999"
CALLER = "+491701234567"
DID = "the number called"


class Seen(NamedTuple):
    """A leg as metering must see it: direction, who pays, number, trunk."""

    direction: str
    payer: str
    number: str
    trunk: str = "carrier"


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
        return self.stack.enter_context(self.house.carrier.answering(scenario, **keys))

    def outside(self, talk: float = 0.5) -> Process:
        """Somebody outside calls the customer's number."""
        caller = self.house.agent(host=CARRIER)
        number = self.house.world.nordbel.number
        return caller.call(number, shown=CALLER, talk=talk)

    def answers(self, phone: Agent, scenario: str = "answer", **keys: str) -> Process:
        """A phone takes calls until the shape is over."""
        return self.stack.enter_context(phone.answering(scenario, **keys))

    def leads_to(self, noun: object) -> None:
        """The customer's number leads to another noun from now on."""
        with as_everyone("test"):
            did = self.house.world.nordbel.customer.dids.get(is_main=True)
            save_did(SYSTEM, did=did, destination=noun.destination)  # type: ignore[attr-defined]


Played = list[Process]
"""The carrier's side of each call, in the order of the expected legs."""


def plain_out(stage: Stage) -> Played:
    carrier = stage.carrier()
    assert stage.phone().call(DIALLED, talk=1.2).wait() == 0
    return [carrier]


def plain_in(stage: Stage) -> Played:
    stage.answers(stage.phone())
    call = stage.outside(talk=1.2)
    assert call.wait() == 0
    return [call]


def no_answer_forwarded(stage: Stage) -> Played:
    stage.answers(stage.phone(), "ring")
    _forward(stage, "no_answer", 1)
    carrier = stage.carrier()
    call = stage.outside(talk=1)
    assert call.wait() == 0
    return [call, carrier]


def busy_forwarded_by_another(stage: Stage) -> Played:
    stage.answers(stage.phone(), "refuse", code="486", contact="x")
    _forward(stage, "busy", 30)
    carrier = stage.carrier()
    assert stage.phone("205").call("201", talk=1).wait() == 0
    return [carrier]


def _forward(stage: Stage, condition: str, rings: int) -> None:
    extension = stage.house.world.nordbel.extension
    with as_everyone("test"):
        type(extension).objects.filter(pk=extension.pk).update(ring_seconds=rings)
        save_forward(
            SYSTEM, extension=extension, condition=condition, outside_number=OUTSIDE
        )


def blind_transfer_outside(stage: Stage) -> Played:
    stage.answers(stage.phone(), "transfer", target=DIALLED)
    carrier = stage.carrier()
    call = stage.outside(talk=2.5)
    wait_for(lambda: invited(carrier))
    assert call.wait() == 0
    return [call, carrier]


def transfer_by_a_colleague(stage: Stage) -> Played:
    stage.answers(stage.phone("205"), "transfer", target=DIALLED)
    carrier = stage.carrier()
    assert stage.phone().call("205", talk=2.5).wait() == 0
    return [carrier]


def group_in_front(stage: Stage) -> Played:
    held = stage.house.world.nordbel
    phone = stage.phone("205")
    with as_everyone("test"):
        member = held.customer.extensions.get(number="205").destination
        group = save_group(
            SYSTEM,
            customer=held.customer,
            number="700",
            name="Sales",
            members=[member],
        )
    stage.leads_to(group)
    stage.answers(phone)
    call = stage.outside(talk=1)
    assert call.wait() == 0
    return [call]


def conference_of_two_outside(stage: Stage) -> Played:
    with as_everyone("test"):
        room = save_conference(
            SYSTEM,
            customer=stage.house.world.nordbel.customer,
            number="780",
            name="Round table",
        )
    stage.leads_to(room)
    calls = [stage.outside(talk=1.5), stage.outside(talk=2)]
    assert [call.wait() for call in calls] == [0, 0]
    return calls


def early_hang_up(stage: Stage) -> Played:
    stage.carrier("ring")
    call = stage.phone().run(
        *("call", "-s", DIALLED, "-m", "1", "-d", "300"),
        *("-au", stage.house.world.nordbel.extension.endpoint_id),
        *("-ap", str(stage.house.world.nordbel.extension.secret)),
        **{"from": stage.house.world.nordbel.extension.endpoint_id, "display": ""},
    )
    wait_for(lambda: any(m.status == 180 for m in call.messages()))
    call.process.terminate()  # the phone is gone; Asterisk is told by ending the channel
    call.process.wait(10)
    ask_all([{"Action": "Hangup", "Channel": "/^PJSIP/"}])
    return []


def busy(stage: Stage) -> Played:
    stage.carrier("refuse", code="486", contact="x")
    assert stage.phone().call(DIALLED).wait() == 0
    return []


def failover(stage: Stage) -> Played:
    backup = stage.house.agent(host="127.0.0.3")
    with as_everyone("test"):
        trunk = save_trunk(
            SYSTEM, slug="backup", name="Backup", host="127.0.0.3", port=backup.port
        )
        save_route(SYSTEM, prefix="+", trunk=trunk, position=2)
    stage.carrier("refuse", code="503", contact="x")
    carrier = stage.answers(backup)
    assert stage.phone().call(DIALLED, talk=1.2).wait() == 0
    return [carrier]


def emergency(stage: Stage) -> Played:
    carrier = stage.carrier()
    assert stage.phone().call("112", talk=1.2).wait() == 0
    return [carrier]


SHAPES: dict[Callable[[Stage], Played], list[Seen]] = {
    # shape: the carrier legs (direction, extension that pays, number, trunk)
    plain_out: [Seen("out", "201", OUTSIDE)],
    plain_in: [Seen("in", "201", DID)],
    no_answer_forwarded: [Seen("in", "201", DID), Seen("out", "201", OUTSIDE)],
    busy_forwarded_by_another: [Seen("out", "201", OUTSIDE)],
    blind_transfer_outside: [Seen("in", "201", DID), Seen("out", "201", OUTSIDE)],
    transfer_by_a_colleague: [Seen("out", "205", OUTSIDE)],
    group_in_front: [Seen("in", "700", DID)],
    conference_of_two_outside: [Seen("in", "780", DID), Seen("in", "780", DID)],
    early_hang_up: [],
    busy: [],
    failover: [Seen("out", "201", OUTSIDE, "backup")],
    emergency: [Seen("emergency", "201", "112")],
}


# How far the seconds may lie apart. A conference lets its members go a little later.
CLOSE = {conference_of_two_outside: 0.6}


@pytest.fixture
def stage(house: House) -> Iterator[Stage]:
    """The real Asterisk with the cast."""
    with ExitStack() as stack:
        yield Stage(house, stack)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_shape_is_metered_right(
    stage: Stage, shape: Callable[[Stage], Played]
) -> None:
    north, began = stage.house.world.nordbel, timezone.now()
    played = shape(stage)
    stage.house.carrier_legs()
    expected = [
        seen._replace(number=north.number) if seen.number == DID else seen
        for seen in SHAPES[shape]
    ]
    with as_everyone("test"):
        run_once(settings.JOURNAL_DIR)
        legs = list(Leg.objects.filter(customer=north.customer, answered_at__gte=began))
        charges = Charge.objects.filter(leg__in=legs, level="retail")
        paid = {charge.leg_id: charge.amount_micro for charge in charges}
    assert sorted(_seen(leg) for leg in legs) == sorted(expected)
    assert all(leg.state == "rated" for leg in legs)
    wire = sorted(
        (seen.direction, seconds(side))
        for seen, side in zip(expected, played, strict=True)
    )
    metered = sorted((leg.direction, (leg.duration_ms or 0) / 1000) for leg in legs)
    for (direction, saw), (_same, measured) in zip(wire, metered, strict=True):
        assert measured == pytest.approx(saw, abs=CLOSE.get(shape, 0.1)), direction
    assert paid == {leg.pk: _price(leg) for leg in legs}


def _seen(leg: Leg) -> Seen:
    return Seen(leg.direction, leg.extension_number, leg.number, leg.trunk_slug)


def _price(leg: Leg) -> int:
    """What the customer pays: 0.03 a minute, 60/1, to four places; only what goes out."""
    if leg.direction != "out":
        return 0
    billed = max(60, -(-(leg.duration_ms or 0) // 1000))
    exact = Decimal(billed) * Decimal("0.03") / 60
    return int(exact.quantize(Decimal("0.0001"), ROUND_HALF_UP) * 1_000_000)
