"""The shapes of calls and what is metered in each: who pays, which number, how long.

`SHAPES` is the table. sipp plays the shape on the real Asterisk; the journal goes through
the follower and the rating. The seconds of each leg are compared with what the carrier's
sipp saw on the wire, the charge with the price list: 0.03 a minute, the first minute whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.ingest import run_once
from pbx_console.metering.models import Charge, Leg
from tests.asterisk import shapes
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.stage import CALLER, Stage
from tests.asterisk.test_calls import OUTSIDE, seconds

pytestmark = pytest.mark.asterisk
DID = "the number called"


class Seen(NamedTuple):
    """A leg as metering must see it: direction, who pays, number, trunk."""

    direction: str
    payer: str
    number: str
    trunk: str = "carrier"


Shape = Callable[[Stage], shapes.Played]
SHAPES: dict[Shape, list[Seen]] = {
    # shape: the carrier legs (direction, extension that pays, number, trunk)
    shapes.plain_out: [Seen("out", "201", OUTSIDE)],
    shapes.silent_carrier: [Seen("out", "201", OUTSIDE)],
    shapes.plain_in: [Seen("in", "201", DID)],
    shapes.no_answer_forwarded: [Seen("in", "201", DID), Seen("out", "201", OUTSIDE)],
    shapes.busy_forwarded_by_another: [Seen("out", "201", OUTSIDE)],
    shapes.blind_transfer_outside: [
        Seen("in", "201", DID),
        Seen("out", "201", OUTSIDE),
    ],
    shapes.transfer_by_a_colleague: [Seen("out", "205", OUTSIDE)],
    shapes.attended_transfer: [Seen("in", "201", DID), Seen("out", "201", OUTSIDE)],
    shapes.attended_transfer_inside: [Seen("in", "201", DID)],
    shapes.picked_up: [Seen("in", "201", DID)],
    shapes.parked_and_taken: [Seen("in", "201", DID)],
    shapes.group_in_front: [Seen("in", "700", DID)],
    shapes.group_leads_outside: [Seen("in", "700", DID), Seen("out", "790", OUTSIDE)],
    shapes.menu_in_front: [
        Seen("in", "700", DID),
        Seen("in", "700", DID),
        Seen("out", "790", OUTSIDE),
    ],
    shapes.queue_in_front: [Seen("in", "700", DID)],
    shapes.queue_leads_outside: [Seen("in", "700", DID), Seen("out", "790", OUTSIDE)],
    shapes.queue_calls_back: [Seen("in", "700", DID), Seen("out", "700", CALLER)],
    shapes.conference_of_two_outside: [Seen("in", "780", DID), Seen("in", "780", DID)],
    shapes.conference_with_an_extension: [Seen("in", "780", DID)],
    shapes.called_and_sent_to_a_conference: [Seen("out", "201", OUTSIDE)],
    shapes.early_hang_up: [],
    shapes.busy: [],
    shapes.failover: [Seen("out", "201", OUTSIDE, "backup")],
    shapes.emergency: [Seen("emergency", "201", "112")],
}

CLOSE = 0.25
"""How far the seconds of metering and of the wire may lie apart."""


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each shape."""
    yield from moved_in(street, tmp_path)


@pytest.fixture
def stage(house: House) -> Iterator[Stage]:
    """The real Asterisk with the cast."""
    with ExitStack() as stack:
        yield Stage(house, stack)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_shape_is_metered_right(stage: Stage, shape: Shape) -> None:
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
        assert measured == pytest.approx(saw, abs=CLOSE), direction
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
