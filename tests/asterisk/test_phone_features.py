"""Forwards, do not disturb, several phones and rights, as real phones notice them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Device, Extension, Forward
from pbx_console.pbx.services.devices import add_device, delete_device
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.forwards import save_forward
from tests.asterisk.conftest import CARRIER, House, moved_in
from tests.asterisk.sipp import Agent, wait_for
from tests.asterisk.test_calls import OUTSIDE, invited

pytestmark = pytest.mark.asterisk
DIALLED = "03023125999"


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def forward(extension: Extension, condition: str, to: Extension | str) -> None:
    """Send the calls of `extension` to another one, or to a number."""
    with as_everyone("test"):
        values = {"outside_number": to, "destination": None}
        if isinstance(to, Extension):
            values = {"outside_number": "", "destination": to.destination}
        save_forward(SYSTEM, extension=extension, condition=condition, **values)


def change(extension: Extension, **values: object) -> None:
    """Save an extension as the console does."""
    with as_everyone("test"):
        save_extension(
            SYSTEM, customer=extension.customer, extension=extension, **values
        )


def impatient(*extensions: Extension) -> None:
    """Let them ring for a second: less than the console offers."""
    keys = [extension.pk for extension in extensions]
    with as_everyone("test"):
        Extension.objects.filter(pk__in=keys).update(ring_seconds=1)


@pytest.mark.parametrize("condition", Forward.Condition.values)
def test_it_forwards_a_call_on_each_condition_and_on_no_other(
    house: House, condition: str
) -> None:
    north = house.world.nordbel
    first, second = (house.extension(north.customer, n) for n in ("202", "203"))
    forward(first, condition, second)
    impatient(first)
    caller, target = house.phone(north.extension), house.phone(second)
    phone = house.phone(first, register=condition != "offline")
    behaviour = {"busy": ("refuse", {"code": "486", "contact": "x"})}
    scenario, keys = behaviour.get(condition, ("ring", {}))
    with phone.answering(scenario, **keys) as rings, target.answering() as reached:
        call = caller.call("202")
        assert call.wait() == 0
        assert call.statuses()[0] == 200
        assert len(invited(reached)) == 1
        assert len(invited(rings)) == (condition in ("busy", "no_answer"))


def test_it_leaves_calls_alone_that_a_forward_does_not_mean(house: House) -> None:
    north = house.world.nordbel
    first, second = (house.extension(north.customer, n) for n in ("202", "203"))
    for condition in ("busy", "no_answer", "offline"):
        forward(first, condition, second)
    caller, target = house.phone(north.extension), house.phone(second)
    with house.phone(first).answering() as rings, target.answering() as silent:
        assert caller.call("202").wait() == 0
        assert (len(invited(rings)), len(invited(silent))) == (1, 0)


def test_a_forward_outside_is_paid_by_the_extension_that_forwards(house: House) -> None:
    north = house.world.nordbel
    second = house.extension(north.customer, "202")
    forward(north.extension, "always", second)
    forward(second, "offline", OUTSIDE)
    with house.carrier.answering() as carrier:
        call = house.agent(host=CARRIER).call(north.number, shown="+491701234567")
        assert call.wait() == 0
        assert call.statuses()[0] == 200
        (invite,) = invited(carrier)
        legs = {leg.userfield.split("|")[1]: leg for leg in house.carrier_legs()}
    assert invite.line.startswith(f"INVITE sip:{OUTSIDE}@")
    assert legs["out"].accountcode == "202"
    assert legs["out"].tenantid == legs["in"].tenantid == north.customer.code
    assert legs["in"].accountcode == "201"


def test_a_forward_does_not_dial_what_its_extension_may_not(house: House) -> None:
    north = house.world.nordbel
    second = house.extension(north.customer, "202")
    forward(second, "always", OUTSIDE)
    change(second, dial_class="internal")
    caller = house.phone(north.extension)
    with house.carrier.answering() as carrier:
        call = caller.call("202")
        assert call.wait() == 0
        assert call.statuses() == [403]
        assert invited(carrier) == []


def test_forwards_that_go_round_end_and_never_reach_a_carrier(house: House) -> None:
    north = house.world.nordbel
    second, third = (house.extension(north.customer, n) for n in ("202", "203"))
    forward(second, "offline", third)
    forward(third, "offline", second)
    caller = house.phone(north.extension)
    call = caller.call("202")
    call.wait()
    assert [m.status for m in call.messages() if m.status >= 400][-1] != 401
    # Over the own outside number it stays inside, too: it rings 201, which has a phone.
    forward(third, "offline", north.number)
    with house.carrier.answering() as carrier, caller.answering() as rings:
        asking = house.phone(house.extension(north.customer, "204"))
        assert asking.call("202").wait() == 0
        assert (len(invited(rings)), len(invited(carrier))) == (1, 0)
    assert house.carrier_legs() == []


def test_do_not_disturb_is_busy_or_goes_where_busy_calls_go(house: House) -> None:
    north = house.world.nordbel
    first, second = (house.extension(north.customer, n) for n in ("202", "203"))
    change(first, do_not_disturb=True)
    caller, target = house.phone(north.extension), house.phone(second)
    with house.phone(first).answering() as silent, target.answering() as reached:
        call = caller.call("202")
        assert call.wait() == 0
        assert call.statuses() == [486]
        forward(first, "busy", second)
        assert caller.call("202").wait() == 0
        assert (len(invited(silent)), len(invited(reached))) == (0, 1)


def test_without_call_waiting_a_second_call_finds_it_busy(house: House) -> None:
    north = house.world.nordbel
    first, second = (house.extension(north.customer, n) for n in ("202", "203"))
    change(first, call_waiting=False)
    caller = house.phone(north.extension)
    with house.phone(second).answering() as talking:
        busy = house.phone(first)
        first_call = busy.call("203", talk=3)
        wait_for(lambda: invited(talking))
        call = caller.call("202")
        assert call.wait() == 0
        assert call.statuses() == [486]
        change(first, call_waiting=True)
        again = house.agent(busy.user, busy.secret)
        assert again.register() == 200
        with again.answering() as rings:
            assert caller.call("202").wait() == 0
            assert len(invited(rings)) == 1
        assert first_call.wait() == 0


def two_phones(house: House) -> tuple[Agent, Agent, Device]:
    """Extension 202 with two registered phones."""
    first = house.extension(house.world.nordbel.customer, "202")
    with as_everyone("test"):
        device = add_device(SYSTEM, extension=first, name="Workshop")
    other = house.agent(device.endpoint_id, str(device.secret))
    assert other.register() == 200
    return house.phone(first), other, device


def test_two_phones_ring_together(house: House) -> None:
    own, other, device = two_phones(house)
    caller = house.phone(house.world.nordbel.extension)
    with own.answering("ring") as rings, other.answering() as answers:
        assert caller.call("202").wait() == 0
        assert len(invited(rings)) == len(invited(answers)) == 1
    # The second phone calls in the name of the extension, and pays as it.
    with house.carrier.answering() as carrier:
        assert other.call(DIALLED).wait() == 0
        assert len(invited(carrier)) == 1
        (leg,) = house.carrier_legs()
    assert leg.accountcode == "202"
    with as_everyone("test"):
        delete_device(SYSTEM, device)
    assert other.register() == 401


def test_two_phones_ring_one_after_the_other(house: House) -> None:
    own, other, device = two_phones(house)
    change(device.extension, ring_in_order=True)
    impatient(device.extension)
    caller = house.phone(house.world.nordbel.extension)
    with own.answering("ring") as rings, other.answering() as answers:
        assert caller.call("202").wait() == 0
        (before,), (after,) = invited(rings), invited(answers)
    assert any(m.line.startswith("CANCEL") for m in rings.messages())
    assert after.at - before.at > timedelta(seconds=0.8)  # it rang for one first


CLASSES = [
    ({"dial_class": "internal"}, DIALLED, 403),
    ({"dial_class": "national"}, DIALLED, 200),
    ({"dial_class": "national"}, "0031201234567", 403),
    ({"dial_class": "abroad", "countries": ["AT"]}, "0031201234567", 403),
    ({"dial_class": "abroad", "countries": ["NL"]}, "0031201234567", 200),
    ({"dial_class": "abroad", "countries": []}, "0031201234567", 200),
    ({"may_dial_premium": False}, "09001234567", 403),
]


def test_each_class_dials_what_it_may_and_emergencies_always(house: House) -> None:
    extension = house.world.nordbel.extension
    phone = house.phone(extension)
    with house.carrier.answering() as carrier:
        for values, dialled, status in CLASSES:
            change(extension, **values)
            call = phone.call(dialled)
            assert call.wait() == 0
            assert call.statuses()[0] == status, (values, dialled)
        change(extension, dial_class="internal")
        assert phone.call("112").wait() == 0
        allowed = sum(status == 200 for _values, _number, status in CLASSES)
        assert len(invited(carrier)) == allowed + 1


def test_a_number_is_withheld_always_or_for_one_call(house: House) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    with house.carrier.answering() as carrier:
        assert phone.call(DIALLED).wait() == 0
        assert phone.call(f"*31%23{DIALLED}").wait() == 0
        change(north.extension, withholds_number=True)
        assert phone.call(DIALLED).wait() == 0
        assert phone.call("110").wait() == 0
        shown = [invite.header("From") for invite in invited(carrier)]
    assert [north.number in text for text in shown] == [True, False, False, True]
