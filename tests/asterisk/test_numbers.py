"""Ranges, names of callers, blocked callers and imported extensions, as phones notice."""

from __future__ import annotations

from typing import Any

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services import bulk, bulk_extensions
from pbx_console.pbx.services.blocked_numbers import delete_blocked, save_blocked
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.number_ranges import save_range
from pbx_console.pbx.services.phonebook import save_entry
from tests.asterisk.conftest import House
from tests.asterisk.test_calls import invited

pytestmark = pytest.mark.asterisk
STEM = "+4930231254"
CALLER = "+491701234567"


def with_range(house: House, **values: Any) -> None:
    """Give Nordbel's customer a range of three digits."""
    with as_everyone("test"):
        Reseller.objects.update(max_numbers=5_000)
        Customer.objects.update(max_numbers=5_000)
        customer = Customer.objects.get(pk=house.world.nordbel.customer.pk)
        given = {"stem": STEM, "digits": 3, "trunk": house.world.trunk}
        save_range(SYSTEM, customer=customer, **given, **values)


def test_digits_behind_the_stem_ring_that_phone_and_the_rest_the_switchboard(
    house: House,
) -> None:
    hall = house.extension(house.world.nordbel.customer, "209")
    with as_everyone("test"):
        with_range(house, fallback=hall.destination, name_prefix="Office")
    phone, switchboard = house.phone(house.world.nordbel.extension), house.phone(hall)
    with phone.answering() as rings, switchboard.answering() as rest:
        for written in (f"{STEM}201", f"0{STEM[3:]}201", f"{STEM}0", f"{STEM}999"):
            assert house.carrier.call(written, shown=CALLER).wait() == 0
        assert len(invited(rings)) == 2
        assert len(invited(rest)) == 2
    assert "Office" in invited(rings)[0].header("From")
    assert house.carrier.call(f"{STEM}2011", shown=CALLER).wait() == 0
    users = [leg.userfield for leg in house.carrier_legs()]
    assert f"v1|in|carrier|{STEM}201" in users


def test_an_outside_call_shows_the_stem_and_the_own_digits(house: House) -> None:
    with_range(house)
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering() as carrier:
        assert phone.call("03023125999").wait() == 0
        (invite,) = invited(carrier)
    assert f"sip:{STEM}201@" in invite.header("From")


def test_a_caller_of_the_phonebook_appears_by_name(house: House) -> None:
    north = house.world.nordbel
    with as_everyone("test"):
        save_entry(
            SYSTEM, reseller=north.reseller, name="Nordlicht GmbH", numbers=[CALLER]
        )
        did = north.customer.dids.get()
        save_did(SYSTEM, did=did, name_prefix="Sales")
    phone = house.phone(north.extension)
    with phone.answering() as rings:
        assert house.carrier.call(north.number, shown=CALLER).wait() == 0
        (invite,) = invited(rings)
    assert invite.header("From").startswith('"Sales Nordlicht GmbH"')
    assert f"sip:{CALLER}@" in invite.header("From")


def test_a_blocked_caller_rings_nothing_until_he_is_let_in(house: House) -> None:
    north = house.world.nordbel
    with as_everyone("test"):
        row = save_blocked(
            SYSTEM, customer=north.customer, number="+49170", is_prefix=True
        )
    phone = house.phone(north.extension)
    with phone.answering() as rings:
        call = house.carrier.call(north.number, shown=CALLER)
        assert call.wait() == 0
        assert all(status >= 400 for status in call.statuses())
        assert invited(rings) == []
        with as_everyone("test"):
            delete_blocked(SYSTEM, row)
        assert house.carrier.call(north.number, shown=CALLER).wait() == 0
        assert len(invited(rings)) == 1


def test_imported_extensions_register_at_once_and_reach_each_other(
    house: House,
) -> None:
    customer = house.world.nordbel.customer
    text = "number;name\n" + "".join(f"{n};Desk {n}\n" for n in range(700, 720))
    with as_everyone("test"):
        plan = bulk.apply(
            bulk_extensions.CODEC, SYSTEM, owner=customer, data=text.encode()
        )
        assert plan.errors == []
        rows = Extension.objects.select_related("customer")
        first, last = rows.get(number="700"), rows.get(number="719")
    caller, called = house.phone(first), house.phone(last)
    with called.answering() as rings:
        assert caller.call("719").wait() == 0
        assert len(invited(rings)) == 1
