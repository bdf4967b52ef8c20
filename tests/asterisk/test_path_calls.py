"""A test call from the page of a call path: the own phone rings and goes the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.console.call_paths import begins_at, shown
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.path_calls import start_path_call, state_of
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_calls import invited

pytestmark = pytest.mark.asterisk


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    yield from moved_in(street, tmp_path)


def begin(house: House, tester: Any, **values: Any) -> str:
    north = house.world.nordbel
    token = begins_at(north.customer, north.number)
    own = {"customer": north.customer, "shown": north.number, **values}
    return start_path_call(SYSTEM, extension=tester, token=token, **own)


def hang_up() -> None:
    ask_all([{"Action": "Hangup", "Channel": "/^PJSIP/"}])


def test_the_own_phone_rings_and_goes_the_way_of_an_outside_caller(
    house: House,
) -> None:
    north = house.world.nordbel
    tester = house.extension(north.customer, "205")
    phone, reception = house.phone(tester), house.phone(north.extension)
    with as_everyone("test"):
        to = north.extension.destination
        values = {"number": "600", "name": "Sales", "ring_seconds": 30}
        group = save_group(SYSTEM, customer=north.customer, members=[to], **values)
        did = north.customer.dids.get()
        save_did(SYSTEM, did=did, destination=group.destination)
        with phone.answering() as mine, reception.answering() as theirs:
            key = begin(house, tester)
            wait_for(lambda: invited(theirs))
            (heard,) = invited(theirs)
            assert heard.header("From").startswith('"Testanruf"')
            assert len(invited(mine)) == 1
            state = state_of(north.customer, key)
            assert (state.word, state.token) == ("walking", f"d{group.destination.pk}")
            drawn = shown(north.customer, north.number, here=state.token)
            assert [
                box.shown.title for box in drawn.picture.boxes if box.shown.here
            ] == ["Sales"]
            hang_up()
            wait_for(lambda: state_of(north.customer, key).word == "over")
        assert house.carrier_legs() == []  # no carrier, so nobody pays
        entry = AuditEntry.objects.filter(verb="customer.path_tested").latest("pk")
    assert entry.after == {"number": north.number, "extension": "205 Phone 205"}
    assert state_of(house.world.zuidlijn.customer, key).word != "walking"


def test_nobody_answers_and_what_leads_nowhere_is_refused(house: House) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    with as_everyone("test"), phone.answering("refuse", code="486", contact="x"):
        key = begin(house, north.extension)
        wait_for(lambda: state_of(north.customer, key).word == "nobody")
        assert state_of(north.customer, "0" * 16).word == "unknown"
        save_did(SYSTEM, did=north.customer.dids.get(), destination=None)
        with pytest.raises(ValidationError, match="leads nowhere"):
            begin(house, north.extension)
        foreign = house.world.zuidlijn.extension
        with pytest.raises(ValidationError, match="this customer's"):
            begin(house, foreign)
