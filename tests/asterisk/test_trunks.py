"""Trunks on the real Asterisk: accounts, several per route, room, test calls."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Any

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.pbx.models import Trunk, TrunkHealth
from pbx_console.pbx.services.test_calls import Result, result_of, start_test_call
from pbx_console.pbx.services.trunks import delete_trunk, save_route, save_trunk
from tests.asterisk.conftest import CARRIER, House
from tests.asterisk.sipp import Agent, wait_for
from tests.asterisk.test_call_limits import talking
from tests.asterisk.test_calls import OUTSIDE, invited
from tests.conftest import owner_connection

pytestmark = pytest.mark.asterisk
DIALLED = "03023125999"


def add_trunk(house: House, slug: str, host: str, **values: Any) -> Agent:
    """A second carrier of the platform, and the agent that plays it."""
    agent = house.agent(host=host)
    position = values.pop("position", 2)
    with as_everyone("test"):
        trunk = save_trunk(
            SYSTEM, slug=slug, name=slug, host=host, port=agent.port, **values
        )
        save_route(SYSTEM, prefix="+", trunk=trunk, position=position)
    return agent


def change(house: House, **values: Any) -> None:
    with as_everyone("test"):
        save_trunk(SYSTEM, trunk=house.world.trunk, **values)


def registration(slug: str) -> str:
    (answer,) = ask_all([{"Action": "PJSIPShowRegistrationsOutbound"}])
    for event in answer["events"]:
        if event.get("ObjectName") == f"trunk-{slug}" and "Status" in event:
            return str(event["Status"])
    return ""


def test_it_registers_without_a_reload_and_stops_when_it_should(house: House) -> None:
    registrar = house.agent(host="127.0.0.5")
    with registrar.answering("registrar") as carrier, as_everyone("test"):
        trunk = save_trunk(
            SYSTEM,
            slug="account",
            name="Account",
            host="127.0.0.5",
            port=registrar.port,
            registers=True,
            username="nordbel-7",
            secret="registrar;se^41cret",
            watch_seconds=0,
        )
        wait_for(lambda: registration("account") == "Registered")
        asked = [m for m in carrier.messages() if m.line.startswith("REGISTER")]
        answer = asked[-1].header("Authorization")
        assert 'username="nordbel-7"' in answer
        assert digest_of(answer, "registrar;se^41cret") in answer
        save_trunk(SYSTEM, trunk=trunk, registers=False)
        wait_for(lambda: registration("account") != "Registered")
        assert "Expires: 0" in carrier.messages()[-2].text


def test_a_deleted_trunk_is_gone_for_asterisk_at_once(house: House) -> None:
    """Its registration ends, and its carrier brings no more calls; the past stays."""
    north, registrar = house.world.nordbel, house.agent(host="127.0.0.5")
    caller = house.agent(host="127.0.0.5")
    phone = house.phone(north.extension)
    account = {"registers": True, "username": "nordbel-7", "secret": "registrar-secret"}
    place = {"host": "127.0.0.5", "port": registrar.port, "watch_seconds": 0}
    with as_everyone("test"), registrar.answering("registrar") as carrier:
        old = save_trunk(SYSTEM, slug="old", name="Old", **place, **account)
        wait_for(lambda: registration("old") == "Registered")
        with phone.answering() as ringing:
            assert bring_call(caller, north.number) == [200, 200]
            assert len(invited(ringing)) == 1
            delete_trunk(SYSTEM, old)
            wait_for(lambda: registration("old") == "")
            assert "Expires: 0" in carrier.messages()[-2].text
            assert bring_call(caller, north.number) == [401]
            assert len(invited(ringing)) == 1
    assert [leg.userfield for leg in house.carrier_legs()] == [
        f"v1|in|old|{north.number}"
    ]


def bring_call(carrier: Agent, number: str) -> list[int]:
    call = carrier.run(
        "call_account",
        *("-s", "nordbel-7", "-m", "1", "-d", "200", "-timeout", "20"),
        number=number,
    )
    assert call.wait() == 0
    return [m.status for m in call.messages() if m.status >= 200]


def digest_of(header: str, secret: str) -> str:
    """What a registration with this password answers (RFC 2617), out of its header."""
    part = dict(re.findall(r'(\w+)="?([^",]+)', header))
    ha1 = _md5(f"{part['username']}:{part['realm']}:{secret}")
    ha2 = _md5(f"REGISTER:{part['uri']}")
    quality = (part["nc"], part["cnonce"], part["qop"]) if "qop" in part else ()
    return _md5(":".join((ha1, part["nonce"], *quality, ha2)))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_a_call_for_the_account_reaches_the_number_in_to(house: House) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    change(house, registers=True, username="nordbel-7", secret="registrar-secret")
    with phone.answering() as ringing:
        call = house.carrier.run(
            "call_account",
            *("-s", "nordbel-7", "-m", "1", "-d", "200", "-timeout", "20"),
            number=north.number,
        )
        assert call.wait() == 0
        assert len(invited(ringing)) == 1
    (leg,) = house.carrier_legs()
    assert leg.userfield == f"v1|in|carrier|{north.number}"


def test_it_goes_through_three_carriers_until_one_takes_the_call(house: House) -> None:
    second = add_trunk(house, "second", "127.0.0.6", position=2)
    third = add_trunk(house, "third", "127.0.0.7", position=3, number_format="national")
    phone = house.phone(house.world.nordbel.extension)
    with (
        house.carrier.answering("refuse", code="503", contact="x") as a,
        second.answering("refuse", code="500", contact="x") as b,
        third.answering() as c,
    ):
        assert phone.call(DIALLED).wait() == 0
        assert [len(invited(x)) for x in (a, b, c)] == [1, 1, 1]
        (invite,) = invited(c)
    assert invite.line.startswith("INVITE sip:03023125999@127.0.0.7")
    assert "sip:030231256@" in invite.header("P-Asserted-Identity")
    assert [leg.userfield for leg in house.carrier_legs() if "third" in leg.userfield]


def test_a_full_trunk_is_passed_over(house: House) -> None:
    change(house, max_calls=1)
    second = add_trunk(house, "second", "127.0.0.6")
    one = house.phone(house.world.nordbel.extension)
    two = house.phone(house.extension(house.world.nordbel.customer, "210"))
    with house.carrier.answering() as first, second.answering() as other:
        with talking(one.call(DIALLED, talk=5.0)):
            assert two.call(DIALLED).wait() == 0
            assert (len(invited(first)), len(invited(other))) == (1, 1)
        house.carrier_legs()
        assert two.call(DIALLED).wait() == 0
        assert len(invited(first)) == 2


def test_trunks_of_one_order_share_by_weight(house: House) -> None:
    with as_everyone("test"):
        light = save_trunk(SYSTEM, slug="light", name="Light", host="192.0.2.8")
        save_route(SYSTEM, prefix="+", trunk=light, position=1, weight=1)
        save_route(SYSTEM, prefix="+", trunk=house.world.trunk, position=1, weight=9)
        drawn = Counter(first_trunks(house, 100))
    assert drawn["carrier"] > 4 * drawn["light"] > 0


def test_a_trunk_that_is_known_to_be_away_is_tried_last(house: House) -> None:
    with as_everyone("test"):
        second = save_trunk(SYSTEM, slug="second", name="Second", host="192.0.2.9")
        save_route(SYSTEM, prefix="+", trunk=second, position=9)
        assert first_trunks(house, 1) == ["carrier"]
        TrunkHealth.objects.create(trunk=house.world.trunk, state="down")
        assert first_trunks(house, 1) == ["second"]


def first_trunks(house: House, times: int) -> list[str]:
    """The trunk that each of so many calls would try first."""
    asked = "SELECT split_part((asterisk.route_from_extension(%s, %s)).trunks, ',', 1)"
    phone = house.world.nordbel.extension.endpoint_id
    with owner_connection() as owner:
        rows = [
            owner.execute(asked, [phone, DIALLED]).fetchone() for _n in range(times)
        ]
    return [row[0] for row in rows if row]


def test_a_test_call_says_in_words_how_it_went(house: House) -> None:
    trunk = house.world.trunk
    with as_everyone("test"), house.carrier.answering() as carrier:
        key = start_test_call(SYSTEM, trunk=trunk, number="+49 30 23125999")
        told = wait_for(lambda: result_of(key), seconds=20)
        assert told == Result(True, "It was answered. The trunk works.")
        assert result_of(key) == told  # the page is looked at again
        assert not result_of("0" * 16).good  # and does not ask for ever
        (invite,) = invited(carrier)
    assert invite.line.startswith(f"INVITE sip:{OUTSIDE}@{CARRIER}")
    assert house.carrier_legs() == []  # nobody pays for it
    with (
        as_everyone("test"),
        house.carrier.answering("refuse", code="403", contact="x"),
    ):
        key = start_test_call(SYSTEM, trunk=trunk, number=OUTSIDE)
        told = wait_for(lambda: result_of(key), seconds=20)
    assert not told.good
    assert "refused" in told.words


@pytest.mark.parametrize(
    ("header", "there", "missing"),
    [
        ("pai", "P-Asserted-Identity", "Remote-Party-ID"),
        ("rpid", "Remote-Party-ID", "P-Asserted-Identity"),
        ("from", "From", "P-Asserted-Identity"),
    ],
)
def test_the_number_stands_where_the_carrier_reads_it(
    house: House, header: str, there: str, missing: str
) -> None:
    change(house, caller_header=header, number_format="digits")
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering() as carrier:
        assert phone.call(DIALLED).wait() == 0
        (invite,) = invited(carrier)
    assert f"sip:{house.world.nordbel.number[1:]}@" in invite.header(there)
    assert invite.header(missing) == ""
    assert Trunk.CallerHeader(header).label
