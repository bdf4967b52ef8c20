"""Parking, paging and lamps, on a real Asterisk."""

from __future__ import annotations

from typing import Any

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Extension, ParkingLot
from pbx_console.pbx.services.devices import add_device
from pbx_console.pbx.services.lamps import lamp_of
from pbx_console.pbx.services.paging_groups import save_paging_group
from pbx_console.pbx.services.parking import save_parking_lot
from tests.asterisk.conftest import House
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_calls import invited
from tests.conftest import owner_connection

pytestmark = pytest.mark.asterisk
GUEST = "+491701234567"


def lot_of(house: House, **values: Any) -> ParkingLot:
    wanted = {"number": "700", "name": "Parking", "places": 3, **values}
    with as_everyone("test"):
        customer = house.world.nordbel.customer
        return save_parking_lot(SYSTEM, customer=customer, **wanted)


def lamp(house: House, extension: Extension, name: str) -> str:
    """Return what a lamp shows: the state in the first NOTIFY, empty if it is refused."""
    phone = house.phone(extension, register=False)
    account = ("-au", phone.user, "-ap", phone.secret, "-s", phone.user, "-m", "1")
    watching = phone.run("subscribe", *account, "-timeout", "5", target=name)
    watching.wait()
    bodies = [m.text for m in watching.messages() if "<dialog-info" in m.text]
    return bodies[0].partition("<state>")[2].partition("</state>")[0] if bodies else ""


def follows(wanted: str) -> str:
    """Return what Asterisk is told that a lamp follows."""
    with owner_connection() as owner:
        return str(owner.execute("SELECT asterisk.lamp(%s)", [wanted]).fetchone()[0])  # type: ignore[index]


def test_it_parks_a_transferred_call_at_a_place_and_anybody_takes_it(
    house: House,
) -> None:
    north = house.world.nordbel
    lot_of(house)
    colleague = house.phone(house.extension(north.customer, "205"))
    with as_everyone("test"):
        name = lamp_of(north.customer, "702")
    assert lamp(house, north.extension, name) == "terminated"
    outside = house.agent(host=house.carrier.host)
    with house.phone(north.extension).answering("transfer", target="702"):
        guest = outside.call(north.number, shown=GUEST, talk=4)
        wait_for(lambda: lamp(house, north.extension, name) == "confirmed")
    empty = colleague.call("701")
    assert empty.wait() == 0
    assert empty.statuses()[-1] >= 400
    taken = colleague.call("702")
    assert taken.wait() == 0
    assert taken.statuses()[-1] == 200
    guest.wait()  # who took the call hung up first
    (leg,) = house.carrier_legs()
    assert leg.userfield == f"v1|in|carrier|{north.number}"


def test_it_rings_who_parked_when_nobody_takes_the_call(house: House) -> None:
    north = house.world.nordbel
    lot = lot_of(house)
    with as_everyone("test"):
        ParkingLot.objects.filter(pk=lot.pk).update(seconds=1)
    phone = house.phone(north.extension)
    outside = house.agent(host=house.carrier.host)
    with phone.answering("transfer", target="700") as first:
        guest = outside.call(north.number, shown=GUEST, talk=5)
        wait_for(lambda: len(invited(first)) == 2)
    guest.wait()


def test_a_lamp_belongs_to_its_customer(house: House) -> None:
    north, south = house.world.nordbel, house.world.zuidlijn
    with as_everyone("test"):
        name = lamp_of(north.customer, "201")
    assert lamp(house, north.extension, name) == "terminated"
    with as_everyone("test"):
        theirs = lamp_of(south.customer, "201")
    followed = {wanted: follows(wanted) for wanted in (name, theirs, "201", "201-", "")}
    for wanted, extension in ((name, north.extension), (theirs, south.extension)):
        first = f"PJSIP/{extension.endpoint_id}"
        assert followed.pop(wanted) == f"{first}&{first}-2&{first}-3"
    assert set(followed.values()) == {"Custom:none"}


def test_a_key_shows_every_phone_of_an_extension_and_dials_it(house: House) -> None:
    north = house.world.nordbel
    called = house.extension(north.customer, "205")
    with as_everyone("test"):
        name = lamp_of(north.customer, "205")
    assert lamp(house, north.extension, name) == "terminated"
    with as_everyone("test"):  # after the hint was made
        device = add_device(SYSTEM, extension=called, name="Mobile app")
    second = house.agent(device.endpoint_id, str(device.secret))
    assert second.register() == 200
    caller = house.phone(north.extension)
    with second.answering() as taken:
        calling = caller.call(name, talk=4)
        wait_for(lambda: lamp(house, north.extension, name) == "confirmed")
        assert calling.wait() == 0
    assert len(invited(taken)) == 1
    for odd in ("205-", "205-xyz9ab0c71d24", f"{name}0", name.replace("-", "--")):
        refused = caller.call(odd)
        refused.wait()
        assert refused.statuses()[-1] >= 400, odd


def test_it_speaks_out_of_all_phones_of_a_group(house: House) -> None:
    north = house.world.nordbel
    first = house.extension(north.customer, "205")
    second = house.extension(north.customer, "206")
    with as_everyone("test"):
        save_paging_group(
            SYSTEM,
            customer=north.customer,
            number="790",
            name="Hall",
            members=[first, second, north.extension],
        )
    caller = house.phone(north.extension)
    with (
        house.phone(first).answering() as one,
        house.phone(second).answering() as two,
    ):
        call = caller.call("790", talk=1)
        assert call.wait() == 0
        invites = [*invited(one), *invited(two)]
    assert len(invites) == 2
    assert all("auto-answer" in i.header("Alert-Info") for i in invites) or all(
        "autoanswer" in i.header("Alert-Info") for i in invites
    )


def test_it_picks_up_by_number_and_by_group(house: House) -> None:
    north = house.world.nordbel
    with as_everyone("test"):
        ringing = house.extension(north.customer, "205", pickup_group="office")
        picker = house.extension(north.customer, "206", pickup_group="office")
        stranger = house.extension(north.customer, "207")
    caller = house.phone(north.extension)
    taker, other = house.phone(picker), house.phone(stranger)
    with house.phone(ringing).answering("ring") as bell:
        for count, code in enumerate(("*88205", "*88"), start=1):
            call = caller.call("205", talk=3)
            wait_for(lambda count=count: len(invited(bell)) == count)
            refused = other.call("*88")
            assert refused.wait() == 0
            assert refused.statuses()[-1] >= 400
            taken = taker.call(code, talk=2)
            assert taken.wait() == 0
            assert taken.statuses()[-1] == 200
            wait_for(lambda call=call: 200 in call.statuses())
            call.process.kill()  # it was hung up on
            call.process.wait()
