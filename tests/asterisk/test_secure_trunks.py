"""Carriers over TLS with SRTP and by host name: what travels, and what is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx import names, watch
from pbx_console.pbx.models import Trunk, TrunkHealth
from pbx_console.pbx.services.trunks import save_route, save_trunk
from tests.asterisk import tls_carrier
from tests.asterisk.conftest import House
from tests.asterisk.sipp import Agent, wait_for
from tests.asterisk.test_calls import invited
from tests.dns import DnsServer

pytestmark = pytest.mark.asterisk
DIALLED = "03023125999"


@pytest.fixture(scope="module")
def carrier() -> Iterator[tls_carrier.Carrier]:
    """The second Asterisk, with a good certificate and one for somebody else."""
    authority = tls_carrier.certificate("Some authority")
    own = tls_carrier.certificate("tls.carrier.example", signed_by=authority)
    other = tls_carrier.certificate("elsewhere.example", signed_by=authority)
    with tls_carrier.trusted(authority), tls_carrier.running(own, other) as made:
        yield made


@pytest.fixture
def zone(settings: Any) -> Iterator[DnsServer]:
    """Name servers that the console and Asterisk ask."""
    with DnsServer() as server, tls_carrier.asks(server.address):
        settings.DNS_SERVERS = [server.address]
        yield server


def secure(house: House, host: str, port: int | None, **values: Any) -> Trunk:
    """A trunk over TLS with SRTP that takes every call first."""
    values = {"transport": "tls", "srtp": True, "watch_seconds": 60, **values}
    with as_everyone("test"):
        trunk = save_trunk(
            SYSTEM, slug="tls", name="TLS", host=host, port=port, **values
        )
        save_route(SYSTEM, prefix="+", trunk=trunk, position=0)
    return trunk


def test_both_directions_are_encrypted_and_the_certificate_is_for_the_name(
    house: House, carrier: tls_carrier.Carrier, zone: DnsServer
) -> None:
    north = house.world.nordbel
    zone.set("_sips._tcp.tls.carrier.example", "SRV", f"0 0 {carrier.port} a.example.")
    zone.set("a.example", "A", tls_carrier.HOST)
    secure(house, "tls.carrier.example", None)
    phone = house.phone(north.extension)
    call = phone.run(
        "call",
        *("-s", DIALLED, "-m", "1", "-d", "1500", "-timeout", "20", "-rtp_echo"),
        *("-au", phone.user, "-ap", phone.secret),
        **{"from": phone.user, "display": ""},
    )
    assert call.wait() == 0
    log = carrier.log()
    invite = log[log.index("INVITE sip:+493023125999@tls.carrier.example") :]
    assert "RTP/SAVP" in invite.split("SIP/2.0 200")[0]
    assert "a=crypto:1 AES_CM_128_HMAC_SHA1" in invite
    assert "Via: SIP/2.0/TLS" in invite
    (seen,) = media(log)
    assert seen["secure"] == "1"
    assert int(seen["received"]) > 10
    with phone.answering() as ringing:
        carrier.call(north.number)
        wait_for(lambda: len(media(carrier.log())) == 2, seconds=15)
        (rung,) = invited(ringing)
        carrier.tell("channel request hangup all")
        wait_for(house.quiet)
    assert "RTP/AVP" in rung.text
    assert "crypto" not in rung.text  # the phone's own leg is as the phone wants it
    seen = media(carrier.log())[1]
    assert (seen["secure"], int(seen["received"]) > 10) == ("1", True)
    fields = {leg.userfield for leg in house.carrier_legs()}
    assert fields == {f"v1|in|tls|{north.number}", "v1|out|tls|+493023125999"}


def media(log: str) -> list[dict[str, str]]:
    """What the carrier saw of the media of each call."""
    seen = re.findall(r"NOTICE.* media secure=(\d*) received=(\d*)", log)
    return [{"secure": secure, "received": got} for secure, got in seen]


def test_a_wrong_certificate_ends_the_call_and_is_told_in_words(
    house: House, carrier: tls_carrier.Carrier, zone: DnsServer
) -> None:
    zone.set("other.carrier.example", "A", tls_carrier.HOST)
    trunk = secure(house, "other.carrier.example", carrier.other)
    phone = house.phone(house.world.nordbel.extension)
    before = carrier.log().count("Received SIP request")
    with house.carrier.answering() as second:
        assert phone.call(DIALLED).wait() == 0
        assert len(invited(second)) == 1  # over the next trunk
    assert carrier.log().count("Received SIP request") == before
    with as_everyone("test"):
        Trunk.objects.exclude(pk=trunk.pk).update(watch_seconds=0, registers=False)
        OutgoingMail.objects.all().delete()
        now = timezone.now()
        for place in range(3):
            watch.look(now + place * dt.timedelta(seconds=61))
        health = TrunkHealth.objects.get(trunk=trunk)
        assert (health.state, health.trouble) == ("down", "wrong_name")
        told = OutgoingMail.objects.get(kind="trunk_down")
        assert told.to == house.world.operator.email
        save_trunk(SYSTEM, trunk=trunk, checks_certificate=False)
        watch.look(now + dt.timedelta(minutes=10))
        watch.look(now + dt.timedelta(minutes=20))
        health.refresh_from_db()
        assert (health.state, health.trouble) == ("up", "")
    assert phone.call(DIALLED).wait() == 0
    assert carrier.log().count("Received SIP request") > before


def test_a_carriers_new_address_is_followed(house: House, zone: DnsServer) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    zone.set("sip.mover.example", "A", "127.0.0.21")
    took = house.agent(host="127.0.0.21")
    old, new = (house.agent(host=f"127.0.0.2{n}") for n in (1, 2))
    with as_everyone("test"):
        trunk = save_trunk(
            SYSTEM, slug="mover", name="M", host="sip.mover.example", port=took.port
        )
        save_route(SYSTEM, prefix="+", trunk=trunk, position=0)
    with took.answering() as first:
        assert phone.call(DIALLED).wait() == 0
        called = f"@sip.mover.example:{took.port} SIP/2.0"
        assert invited(first)[0].line.endswith(called)
    with phone.answering() as ringing:
        assert (rings(old, north.number), rings(new, north.number)) == (True, False)
        zone.set("sip.mover.example", "A", "127.0.0.22")
        with as_everyone("test"):
            assert (names.look_again(), names.look_again()) == (1, 0)
        assert (rings(old, north.number), rings(new, north.number)) == (False, True)
        assert len(invited(ringing)) == 2


def rings(carrier: Agent, number: str) -> bool:
    """Is a call from here taken, and not asked who it is?"""
    call = carrier.call(number, shown="+493099887766")
    assert call.wait() == 0
    return 200 in call.statuses()
