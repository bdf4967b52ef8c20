"""What SIP can throw at us: each row is defined, and afterwards everything still works.

| what                                   | what happens                                |
|----------------------------------------|---------------------------------------------|
| dialled strings that are no number     | refused with a status; nothing is dialled   |
| an INVITE from an unknown address      | a challenge that cannot be met              |
| a carrier that answers without SDP     | the call ends; the leg is closed            |
| a carrier that answers, never speaks   | goes on until somebody hangs up; metered as |
|                                        | on the wire (test_shapes.py)                |
| a carrier or phone that answers 302    | nobody is called there; the call fails      |
| a caller that hangs up while it rings  | the phone stops ringing; nobody pays        |
| a menu whose prompt has no sound       | goes on as if no key had been pressed       |
| twenty re-INVITEs without a pause      | answered or refused; the call goes on       |
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Prompt
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.menus import save_menu
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_calls import invited

pytestmark = pytest.mark.asterisk
DIALLED = "03023125999"
STRINGS = [
    "500&PJSIP/trunk-carrier/+4930111",
    "9" * 200,
    "201\x07\x1b[2J",
    "201\r\nEvent: Cdr\r\n",
    "0\r\n\r\nAction: Originate",
    "+49' OR '1'='1",
]


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def still_works(house: House) -> None:
    """An ordinary call goes through, and no channel is left over."""
    wait_for(house.quiet)
    phone = house.phone(house.extension(house.world.nordbel.customer, "298"))
    with house.carrier.answering() as carrier:
        assert phone.call(DIALLED).wait() == 0
        assert len(invited(carrier)) == 1


def test_strings_that_are_no_number_reach_nobody(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering() as carrier:
        for text in STRINGS:
            call = phone.call(quote(text, safe="&/"))
            call.wait()
            assert [m.status for m in call.messages() if m.status >= 400][-1] in (
                404,
                484,
                503,
            ), text
        assert invited(carrier) == []
    still_works(house)


def test_strings_in_the_number_that_a_carrier_calls_reach_nobody(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with phone.answering() as rings:
        for text in STRINGS:
            call = house.agent(host=house.carrier.host).call(
                quote(text, safe="&/"), shown="+491701234567"
            )
            call.wait()
            assert call.statuses()[0] >= 400, text
        assert invited(rings) == []
    still_works(house)


@pytest.mark.parametrize("shown", ["anonymous", "", "201"])
def test_an_unknown_address_gets_a_challenge_and_nothing_else(
    house: House, shown: str
) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with phone.answering() as rings:
        stranger = house.agent(host="127.0.0.99")
        call = stranger.call(house.world.nordbel.number, shown=shown or "x")
        call.wait()
        got = [m.status for m in call.messages() if m.way == "received"]
        assert got == [401]
        assert invited(rings) == []


def test_a_carrier_that_answers_without_media_ends_the_call(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering("answer_bare") as carrier:
        call = phone.call(DIALLED, talk=0.2)
        call.wait()
        assert len(invited(carrier)) == 1
        wait_for(house.quiet)
    still_works(house)


def test_a_redirect_leads_nowhere(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering(
        "refuse", code="302", contact="+4990012345"
    ) as carrier:
        call = phone.call(DIALLED)
        assert call.wait() == 0
        assert call.statuses()[0] >= 400
        assert len(invited(carrier)) == 1
    still_works(house)


def test_a_caller_who_hangs_up_while_it_rings_stops_it(house: House) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    with phone.answering("ring") as ringing:
        call = house.carrier.run(
            "call_cancel",
            *("-s", north.number, "-m", "1", "-timeout", "20"),
            **{"from": "+491701234567", "display": ""},
        )
        assert call.wait() == 0
        wait_for(lambda: any(m.line.startswith("CANCEL") for m in ringing.messages()))
    wait_for(house.quiet)
    answered = {r.uniqueid for r in house.journal() if r.eventtype == "ANSWER"}
    assert not answered


def test_a_menu_without_sound_goes_on(house: House) -> None:
    north = house.world.nordbel
    with as_everyone("test"):
        silent = Prompt.objects.create(
            customer=north.customer, name="No sound", digest="0" * 64
        )
        menu = save_menu(
            SYSTEM,
            customer=north.customer,
            name="Silent",
            prompt=silent,
            on_timeout=north.extension.destination,
        )
        Prompt.objects.filter(pk=silent.pk).update(digest="")
        main = north.customer.dids.get(is_main=True)
        save_did(SYSTEM, did=main, destination=menu.destination)
    with house.phone(north.extension).answering() as ringing:
        call = house.carrier.call(north.number, shown="+491701234567", talk=2)
        assert call.wait() == 0
        assert len(invited(ringing)) == 1


def test_twenty_new_offers_without_a_pause_do_no_harm(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering("storm") as carrier:
        call = phone.call(DIALLED, talk=3.0)
        assert call.wait() == 0
        asked = [m for m in carrier.messages() if m.line.startswith("INVITE")]
        assert len(asked) >= 20
    still_works(house)
