"""Calls on the real Asterisk: who reaches whom, and what the journal says of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.asterisk.journal import JournalRecord
from pbx_console.pbx.services.trunks import save_route, save_trunk
from tests.asterisk.conftest import CARRIER, House
from tests.asterisk.sipp import Process, Sent

pytestmark = pytest.mark.asterisk
OUTSIDE = "+493023125999"


def invited(process: Process) -> list[Sent]:
    """The INVITEs that arrived."""
    return [
        m
        for m in process.messages()
        if m.way == "received" and m.line.startswith("INVITE")
    ]


def seconds(process: Process) -> float:
    """From the 200 to the INVITE until the BYE, as this side saw it."""
    messages = process.messages()
    answered = next(
        m for m in messages if m.status == 200 and "INVITE" in m.header("CSeq")
    )
    ended = next(m for m in messages if m.line.startswith("BYE"))
    return (ended.at - answered.at).total_seconds()


def spoken(records: list[JournalRecord], leg: JournalRecord) -> float:
    """Seconds from ANSWER to HANGUP of this leg's channel in the journal."""
    answer = next(
        r for r in records if r.uniqueid == leg.uniqueid and r.eventtype == "ANSWER"
    )
    return (leg.eventtime - answer.eventtime) / 1e6


def test_it_connects_two_colleagues(house: House) -> None:
    customer = house.world.nordbel.customer
    caller = house.phone(house.world.nordbel.extension)
    called = house.phone(house.extension(customer, "205", name="Büro, Süd"))
    with called.answering() as ringing:
        call = caller.call("205")
        assert call.wait() == 0
        (invite,) = invited(ringing)
    assert "201@" in invite.header("From")
    assert house.carrier_legs() == []


def test_it_keeps_two_customers_with_the_same_numbers_apart(house: House) -> None:
    north, south = house.world.nordbel, house.world.zuidlijn
    caller = house.phone(house.extension(north.customer, "202"))
    own, other = house.phone(north.extension), house.phone(south.extension)
    house.extension(south.customer, "203")
    with own.answering() as rings, other.answering() as silent:
        assert caller.call("201").wait() == 0
        assert len(invited(rings)) == 1
        call = caller.call("203")
        assert call.wait() == 0
        assert call.statuses() == [404]
        assert invited(silent) == []


def test_it_sends_an_outside_call_over_the_trunk_and_writes_it_down(
    house: House,
) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    with house.carrier.answering() as carrier:
        call = phone.call("03023125999", talk=1.0)
        assert call.wait() == 0
        house.carrier_legs()
    (invite,) = invited(carrier)
    assert invite.line.startswith(f"INVITE sip:{OUTSIDE}@{CARRIER}")
    assert f"sip:{north.number}@" in invite.header("From")
    assert "Reception" not in invite.text
    (leg,) = house.carrier_legs()
    assert leg.userfield == f"v1|out|carrier|{OUTSIDE}"
    assert (leg.tenantid, leg.accountcode) == (north.customer.code, "201")
    assert spoken(house.journal(), leg) == pytest.approx(seconds(carrier), abs=0.05)


def test_it_brings_an_inbound_call_to_the_extension_of_the_number(house: House) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    for written in (north.number, north.number[1:], "0" + north.number[3:]):
        with phone.answering() as ringing:
            call = house.carrier.call(written, shown="+491701234567")
            assert call.wait() == 0
            assert all("Reception" not in sent.text for sent in call.messages())
            (invite,) = invited(ringing)
            assert "+491701234567@" in invite.header("From")
    for leg in house.carrier_legs():
        assert leg.userfield == f"v1|in|carrier|{north.number}"
        assert (leg.tenantid, leg.accountcode) == (north.customer.code, "201")


def test_it_refuses_an_inbound_call_to_a_number_nobody_holds(house: House) -> None:
    call = house.carrier.call("+4930999999", shown="+491701234567")
    assert call.wait() == 0
    assert call.statuses() == [404]
    (leg,) = house.carrier_legs()
    assert (leg.tenantid, leg.userfield) == ("", "v1|in|carrier|")


def test_it_does_not_know_callers_that_are_neither_phone_nor_carrier(
    house: House,
) -> None:
    stranger = house.agent(host="127.0.0.9")
    for shown in ("+491701234567", "trunk-carrier", "anonymous"):
        call = stranger.call(house.world.nordbel.number, shown=shown)
        call.wait()
        assert [m.status for m in call.messages() if m.status >= 200] == [401]


def test_it_does_not_let_outside_callers_dial_out(house: House) -> None:
    with house.carrier.answering():
        for dialled in ("201", "+4915112345678", "112"):
            call = house.agent(host=CARRIER).call(dialled, shown="+491701234567")
            assert call.wait() == 0
            assert call.statuses() == [404]


def test_it_tries_the_second_trunk_when_the_first_carrier_fails(house: House) -> None:
    backup = house.agent(host="127.0.0.3")
    with as_everyone("test"):
        trunk = save_trunk(
            SYSTEM, slug="backup", name="Backup", host="127.0.0.3", port=backup.port
        )
        save_route(SYSTEM, prefix="+", trunk=trunk, position=2)
    phone = house.phone(house.world.nordbel.extension)
    with (
        house.carrier.answering("refuse", code="503", contact="x") as failing,
        backup.answering() as carrier,
    ):
        assert phone.call("03023125999").wait() == 0
        house.carrier_legs()
        assert len(invited(failing)) == len(invited(carrier)) == 1
    legs = {leg.userfield for leg in house.carrier_legs()}
    assert legs == {f"v1|out|{slug}|{OUTSIDE}" for slug in ("carrier", "backup")}


def test_it_does_not_try_the_second_trunk_when_the_called_party_is_busy(
    house: House,
) -> None:
    backup = house.agent(host="127.0.0.3")
    with as_everyone("test"):
        trunk = save_trunk(
            SYSTEM, slug="backup", name="Backup", host="127.0.0.3", port=backup.port
        )
        save_route(SYSTEM, prefix="+", trunk=trunk, position=2)
    phone = house.phone(house.world.nordbel.extension)
    with (
        house.carrier.answering("refuse", code="486", contact="x"),
        backup.answering() as carrier,
    ):
        call = phone.call("03023125999")
        assert call.wait() == 0
        assert call.statuses() == [486]
        assert invited(carrier) == []


def test_it_refuses_destinations_without_a_price_but_never_an_emergency(
    house: House,
) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering() as carrier:
        call = phone.call("0018005551212")
        assert call.wait() == 0
        assert call.statuses() == [403]
        assert invited(carrier) == []
        for dialled, sent in (("112", "112"), ("0110", "110")):
            assert phone.call(dialled).wait() == 0
            assert invited(carrier)[-1].line.startswith(f"INVITE sip:{sent}@")
    kinds = {leg.userfield for leg in house.carrier_legs()}
    assert kinds == {"v1|emergency|carrier|112", "v1|emergency|carrier|110"}
    assert {leg.tenantid for leg in house.carrier_legs()} == {
        house.world.nordbel.customer.code
    }


def test_it_does_not_follow_a_phone_that_redirects(house: House) -> None:
    customer = house.world.nordbel.customer
    caller = house.phone(house.world.nordbel.extension)
    called = house.phone(house.extension(customer, "206"))
    with (
        house.carrier.answering() as carrier,
        called.answering("refuse", code="302", contact="0018005551212"),
    ):
        call = caller.call("206")
        assert call.wait() == 0
        assert call.statuses()[0] >= 400
        assert invited(carrier) == []


HOSTILE = [
    "500&PJSIP/trunk-carrier/+4930111",
    "207&207",
    "207,30,tT",
    "207@from-trunk",
    "\r\nEvent: Cdr",
    "207\r\n",
    "${SHELL(id)}",
    "207)}",
    '" | 1 = 1 | "',
    "9" * 200,
    "207'--",
    "\0" + "207",
    "207\u202e",
    "２０７",
    "207 ",
]


def test_it_refuses_hostile_dialled_strings(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    colleague = house.phone(house.extension(house.world.nordbel.customer, "207"))
    with house.carrier.answering() as carrier, colleague.answering() as silent:
        for dialled in HOSTILE:
            call = phone.call(quote(dialled, safe="&/,"))
            call.wait()
            final = [m.status for m in call.messages() if m.status >= 400]
            assert final[-1] in (404, 484, 503), dialled
        assert invited(carrier) == invited(silent) == []


def test_saving_makes_no_reload(house: House) -> None:
    log = Path(settings.JOURNAL_DIR).parent / "log" / "messages.log"
    read, reloaded = len(log.read_bytes()), last_reload()
    house.phone(house.extension(house.world.nordbel.customer, "208"))
    assert b"reload" not in log.read_bytes()[read:].lower()
    assert last_reload() == reloaded


def last_reload() -> tuple[str, str]:
    """When Asterisk last read its files again: day and time."""
    (status,) = ask_all([{"Action": "CoreStatus"}])
    return status["CoreReloadDate"], status["CoreReloadTime"]
