"""Calls when something is wrong: lookups that fail, transfers, forged events."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote

import psycopg
import pytest

from pbx_console.asterisk.ami.client import reader
from pbx_console.live import state
from pbx_console.live.listener import Listener
from pbx_console.pbx import presence
from tests.asterisk.conftest import House
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_calls import OUTSIDE, invited
from tests.conftest import owner_connection

pytestmark = pytest.mark.asterisk


@contextmanager
def no_lookups() -> Iterator[None]:
    """The dialplan's questions fail, as they do while the database is away."""
    names = ("route_from_extension", "route_from_trunk", "step")
    with owner_connection() as owner:
        for name in names:
            owner.execute(f"ALTER FUNCTION asterisk.{name} RENAME TO {name}_x")
        try:
            yield
        finally:
            for name in names:
                owner.execute(f"ALTER FUNCTION asterisk.{name}_x RENAME TO {name}")


@contextmanager
def locked_lookups() -> Iterator[None]:
    """Every question about an extension waits, as with a frozen database."""
    with owner_connection() as owner, owner.transaction():
        owner.execute("LOCK TABLE pbx_extension, asterisk.ps_endpoints")
        yield


def test_it_connects_colleagues_and_refuses_the_rest_while_lookups_fail(
    house: House,
) -> None:
    caller = house.phone(house.world.nordbel.extension)
    colleague = house.phone(house.extension(house.world.nordbel.customer, "220"))
    stranger = house.phone(house.extension(house.world.zuidlijn.customer, "221"))
    with (
        no_lookups(),
        colleague.answering() as rings,
        stranger.answering() as silent,
        house.carrier.answering() as carrier,
    ):
        assert caller.call("220").wait() == 0
        assert len(invited(rings)) == 1
        for dialled in ("221", "03023125999"):
            call = caller.call(dialled)
            assert call.wait() == 0
            assert call.statuses()[0] >= 400
        assert invited(silent) == invited(carrier) == []
        inbound = house.agent(host=house.carrier.host)
        call = inbound.call(house.world.nordbel.number, shown="+491701234567")
        assert call.wait() == 0
        assert call.statuses() == [503]


def test_it_asks_the_endpoint_and_the_fixed_trunk_for_an_emergency_without_lookups(
    house: House,
) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with no_lookups(), house.carrier.answering() as carrier:
        assert phone.call("112").wait() == 0
        (invite,) = invited(carrier)
        assert invite.line.startswith("INVITE sip:112@")
        assert f"{house.world.nordbel.number}@" in invite.header("From")
    (leg,) = house.carrier_legs()
    assert leg.userfield == "v1|emergency|carrier|112"
    assert (leg.tenantid, leg.accountcode) == (house.world.nordbel.customer.code, "201")


def test_it_goes_on_when_all_connections_to_the_database_were_cut(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering() as carrier:
        for calls in (1, 2, 3):
            assert phone.call("03023125999").wait() == 0
            assert len(invited(carrier)) == calls
            cut_asterisk_from_the_database()


def cut_asterisk_from_the_database() -> None:
    """End Asterisk's sessions, as a restart of the database does."""
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> %s"
    with psycopg.connect(os.environ["PBX_ASTERISK_DATABASE_URL"]) as own:
        mine = f"{cut} AND usename = current_user"
        assert own.execute(mine, [own.info.backend_pid]).fetchall()


def test_it_places_an_emergency_call_while_the_database_waits(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering() as carrier:
        assert phone.call("112").wait() == 0  # the endpoint is in the cache now
        with locked_lookups():
            assert phone.call("0110").wait() == 0
        assert invited(carrier)[-1].line.startswith("INVITE sip:110@")


def test_it_charges_a_transfer_to_the_extension_that_transfers(house: House) -> None:
    customer = house.world.nordbel.customer
    transferrer = house.phone(house.extension(customer, "230"))
    caller = house.phone(house.world.nordbel.extension)
    with (
        transferrer.answering("transfer", target="03023125999"),
        house.carrier.answering() as carrier,
    ):
        call = caller.call("230", talk=2.5)
        wait_for(lambda: invited(carrier))
        assert call.wait() == 0
        legs = house.carrier_legs()
    assert [leg.userfield for leg in legs] == [f"v1|out|carrier|{OUTSIDE}"]
    assert (legs[0].tenantid, legs[0].accountcode) == (customer.code, "230")


def test_it_charges_a_transferred_outside_caller_to_the_extension_that_transfers(
    house: House,
) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    outside = house.agent(host=house.carrier.host)
    with (
        phone.answering("transfer", target="03023125999"),
        house.carrier.answering() as carrier,
    ):
        call = outside.call(north.number, shown="+491701234567", talk=2.5)
        wait_for(lambda: invited(carrier))
        assert call.wait() == 0
        legs = {leg.userfield: leg for leg in house.carrier_legs()}
    assert set(legs) == {f"v1|in|carrier|{north.number}", f"v1|out|carrier|{OUTSIDE}"}
    assert {(x.tenantid, x.accountcode) for x in legs.values()} == {
        (north.customer.code, "201")
    }


FORGED = (
    "1\r\n\r\nEvent: Newchannel\r\nPrivilege: call,all\r\nSystemName: pbx1\r\n"
    "Channel: PJSIP/{endpoint}-0000ffff\r\nChannelState: 6\r\nChannelStateDesc: Up\r\n"
    "CallerIDNum: 1"
)


async def test_it_shows_no_call_that_a_caller_forged(house: House) -> None:
    presence.connection().flushdb()
    victim, code = house.world.zuidlijn.extension, house.world.zuidlijn.customer.code
    shown = quote(FORGED.format(endpoint=victim.endpoint_id), safe="")
    async with reader() as client:
        listener = Listener(client)
        task = asyncio.create_task(listener.rounds())
        await _until(lambda: state.listener_age() is not None)
        before = client.counts["malformed"]
        call = house.carrier.call(house.world.zuidlijn.number, shown=shown, talk=1)
        await _until(lambda: client.counts["malformed"] > before)
        await asyncio.to_thread(call.wait)
        await _until(lambda: not client.spoiled)
        assert not any("ffff" in channel for channel in listener.exchange.channels)
        assert all(found["number"] != "1" for found in state.calls(code) or []), (
            "the forged call is shown"
        )
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await listener.redis.aclose()
    for record in house.journal():
        assert record.channame != f"PJSIP/{victim.endpoint_id}-0000ffff"


async def _until(question: object, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(question):  # type: ignore[arg-type]
            await asyncio.sleep(0.02)
