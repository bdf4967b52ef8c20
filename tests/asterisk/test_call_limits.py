"""How many outside calls at once: two allowed, the third refused, 112 still goes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.metering.models import CustomerTariff
from pbx_console.metering.services.tariffs import choose_for_customer
from tests.asterisk.conftest import House
from tests.asterisk.sipp import Agent, Process, wait_for
from tests.asterisk.test_calls import invited

pytestmark = pytest.mark.asterisk
DIALLED = "03023125999"
TALK = 6.0


def allow(customer: Customer, *, calls: int) -> None:
    with as_everyone("test"):
        save_customer(
            SYSTEM, reseller=customer.reseller, customer=customer, max_calls=calls
        )


def answered(call: Process) -> bool:
    return any(
        m.status == 200 and "INVITE" in m.header("CSeq") for m in call.messages()
    )


@contextmanager
def talking(*calls: Process) -> Iterator[None]:
    """Wait until these calls are answered; they go on during the block."""
    wait_for(lambda: all(answered(call) for call in calls))
    yield
    for call in calls:
        assert call.wait() == 0


def phones(house: House, count: int) -> list[Agent]:
    held = house.world.nordbel.customer
    made = [house.extension(held, str(210 + n)) for n in range(count)]
    return [house.phone(row) for row in made]


def test_the_third_call_of_two_is_refused_and_an_emergency_is_not(
    house: House,
) -> None:
    allow(house.world.nordbel.customer, calls=2)
    one, two, three = phones(house, 3)
    with house.carrier.answering() as carrier:
        with talking(one.call(DIALLED, talk=TALK), two.call(DIALLED, talk=TALK)):
            refused = three.call(DIALLED)
            assert refused.wait() == 0
            assert refused.statuses() == [503]
            assert len(invited(carrier)) == 2
            assert three.call("112").wait() == 0
            assert invited(carrier)[-1].line.startswith("INVITE sip:112@")
        house.carrier_legs()  # both have ended: there is room again
        assert three.call(DIALLED).wait() == 0
        assert len(invited(carrier)) == 4


def test_incoming_calls_count_too_and_hear_busy(house: House) -> None:
    allow(house.world.nordbel.customer, calls=1)
    north = house.world.nordbel
    phone, other = house.phone(north.extension), phones(house, 1)[0]
    with phone.answering():
        with talking(house.carrier.call(north.number, shown="+49170123", talk=TALK)):
            again = house.agent(host="127.0.0.2")
            again.port = house.carrier.port
            refused = other.call(DIALLED)
            assert refused.wait() == 0
            assert refused.statuses() == [503]
    house.carrier_legs()
    with house.carrier.answering(), talking(other.call(DIALLED, talk=TALK)):
        caller = house.agent(host="127.0.0.2")
        busy = caller.call(north.number, shown="+49170123")
        assert busy.wait() == 0
        assert busy.statuses() == [486]


def test_the_resellers_limit_holds_for_all_its_customers_together(
    house: House,
) -> None:
    north = house.world.nordbel
    with as_everyone("test"):
        save_reseller(SYSTEM, reseller=north.reseller, max_calls=1)
        neighbour = save_customer(SYSTEM, reseller=north.reseller, name="Neighbour")
        prices = CustomerTariff.objects.get(customer=north.customer).price_list
        choose_for_customer(SYSTEM, customer=neighbour, price_list=prices)
    one = phones(house, 1)[0]
    two = house.phone(house.extension(neighbour, "201"))
    south = house.phone(house.world.zuidlijn.extension)
    with house.carrier.answering() as carrier:
        with talking(one.call(DIALLED, talk=TALK)):
            refused = two.call(DIALLED)
            assert refused.wait() == 0
            assert refused.statuses() == [503]
            assert south.call("+493023125999").wait() == 0  # somebody else's contract
        assert len(invited(carrier)) == 2


def test_many_at_the_same_instant_do_not_slip_through(house: House) -> None:
    allow(house.world.nordbel.customer, calls=2)
    callers = phones(house, 6)
    with house.carrier.answering() as carrier, ExitStack():
        calls = [phone.call(DIALLED, talk=4.0) for phone in callers]
        assert all(call.wait() == 0 for call in calls)
        assert len(invited(carrier)) <= 2
        assert sum(503 in call.statuses() for call in calls) >= 4


def test_without_the_feature_nobody_calls_outside_but_everybody_for_help(
    house: House,
) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    with as_everyone("test"):
        save_reseller(SYSTEM, reseller=north.reseller, features=["people"])
    with house.carrier.answering() as carrier:
        refused = phone.call(DIALLED)
        assert refused.wait() == 0
        assert refused.statuses() == [403]
        assert phone.call("110").wait() == 0
        (invite,) = invited(carrier)
        assert invite.line.startswith("INVITE sip:110@")
