"""What is small and had no call of its own: loops, forwards to boxes and groups, the number
shown inside, the lamp of a schedule, a greeting spoken by phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx import schedule_lamps
from pbx_console.pbx.models import HuntGroupMember, Schedule, VoicemailBox
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.lamps import lamp_of
from pbx_console.pbx.services.schedules import save_schedule, switch_schedule
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_call_flow import lead, make, to
from tests.asterisk.test_calls import invited
from tests.asterisk.test_parking import lamp
from tests.asterisk.test_queues import place
from tests.asterisk.test_voicemail import box_of
from tests.asterisk.voice import Voice

pytestmark = pytest.mark.asterisk
CALLER = "+491701234567"


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def test_schedules_that_lead_to_each_other_end_the_call(house: House) -> None:
    first = make(save_schedule, house, number="701", name="First")
    second = make(
        save_schedule, house, number="702", name="Second", closed_to=to(first)
    )
    with as_everyone("test"):
        save_schedule(SYSTEM, schedule=first, closed_to=to(second))
    lead(house, first)
    call = house.carrier.call(house.world.nordbel.number, shown=CALLER)
    assert call.wait() == 0
    assert call.statuses()[0] >= 400
    assert house.carrier_legs()


def test_a_group_that_contains_itself_after_all_rings_each_once(house: House) -> None:
    own = house.world.nordbel.extension
    inner = make(save_group, house, number="601", name="Inner", members=[place(own)])
    with as_everyone("test"):
        outer = make(
            save_group,
            house,
            number="602",
            name="Outer",
            members=[to(inner)],
            strategy="order",
        )
        HuntGroupMember.objects.create(group=inner, destination=to(outer))
    lead(house, outer)
    phone = house.phone(own)
    with phone.answering("refuse", code="486", contact="x") as rings:
        call = house.carrier.call(house.world.nordbel.number, shown=CALLER)
        assert call.wait() == 0
        assert call.statuses()[0] >= 400
    assert len(invited(rings)) == 1


def test_forwards_lead_to_a_box_and_to_a_group_and_the_inside_number_is_shown(
    house: House,
) -> None:
    north = house.world.nordbel
    box = box_of(house)
    group = make(
        save_group, house, number="600", name="Group", members=[place(north.extension)]
    )
    called = house.extension(north.customer, "202")
    asking = house.extension(north.customer, "203")
    with as_everyone("test"):
        save_extension(
            SYSTEM,
            customer=north.customer,
            extension=asking,
            inside_name="Front desk",
            inside_number="202",
        )
        save_forward(
            SYSTEM, extension=called, condition="always", destination=to(group)
        )
    caller = house.phone(asking)
    with house.phone(north.extension).answering() as rings:
        assert caller.call("202").wait() == 0
    (invite,) = invited(rings)
    assert invite.header("From").startswith('"Front desk" <sip:202@')
    with as_everyone("test"):
        save_forward(SYSTEM, extension=called, condition="always", destination=to(box))
    call = caller.call("202", talk=0.5)
    assert call.wait() == 0
    assert call.statuses()[0] == 200
    assert len(invited(rings)) == 1


def test_the_lamp_of_a_schedule_is_lit_while_it_is_held_by_hand(house: House) -> None:
    north = house.world.nordbel
    plan = make(save_schedule, house, number="701", name="Office")
    with as_everyone("test"):
        name = lamp_of(north.customer, "701")

    def lit() -> bool:
        return lamp(house, north.extension, name) == "confirmed"

    phone = house.phone(north.extension)
    assert not lit()
    assert phone.call("*82701", talk=0.1).wait() == 0
    assert lit()
    assert phone.call("*80701", talk=0.1).wait() == 0
    assert not lit()
    with as_everyone("test"):
        switch_schedule(SYSTEM, plan, "holiday")  # tells it as a task
    assert lit()
    with as_everyone("test"):  # as if nobody had told it
        Schedule.objects.filter(pk=plan.pk).update(override="")
    assert [schedule_lamps.mend(), schedule_lamps.mend()] == [1, 0]
    assert not lit()


def test_a_greeting_is_spoken_at_the_phone_and_heard_by_callers(house: House) -> None:
    north = house.world.nordbel
    box = box_of(house)
    with as_everyone("test"):  # as a forward would lead there
        VoicemailBox.objects.filter(pk=box.pk).update(number="391")
    voice = Voice(house.phone(north.extension), "*97", seconds=16)
    voice.speak(1)  # keys cut the guidance short
    folder = Path(settings.VOICEMAIL_DIR, box.customer.code, box.mailbox)
    for keys in ("0", "1"):  # options, the greeting
        voice.press(keys)
        voice.speak(0.8)
    voice.quiet()
    voice.speak(1.2)
    voice.press("#")
    voice.speak(0.5)
    voice.press("1")
    wait_for(lambda: (folder / "unavail.wav").is_file())
    caller = Voice(
        house.phone(house.extension(north.customer, "202")), "391", seconds=5
    )
    assert 2000 in caller.pitches(until=lambda heard: heard.count(2000) > 20)
