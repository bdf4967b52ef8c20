"""Host names of carriers: where they lead, what they may not lead to, and alarms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.models import PsAor, PsEndpointIdIp
from pbx_console.pbx import names, projection, watch
from pbx_console.pbx.models import Trunk, TrunkHealth
from pbx_console.pbx.services.trunks import save_trunk
from tests.conftest import World
from tests.dns import DnsServer

pytestmark = pytest.mark.django_db
NAME = "sip.carrier.example"


@pytest.fixture
def zone(settings: Any) -> Iterator[DnsServer]:
    with DnsServer() as server:
        settings.DNS_SERVERS = [server.address]
        yield server


def owner(world: World) -> Actor:
    """Somebody of the reseller, who may not name this machine."""
    return Actor(user=world.nordbel.people["owner"], name="Owner", level="reseller")


def named(world: World, **values: Any) -> Trunk:
    values = {"host": NAME, "watch_seconds": 0, **values}
    return save_trunk(owner(world), slug="named", name="Named", **values)


def matches() -> list[str]:
    row = PsEndpointIdIp.objects.filter(pk="trunk-named").first()
    return row.match.split(",") if row else []


def contact() -> str | None:
    return PsAor.objects.get(pk="trunk-named").contact


def test_calls_are_known_by_the_addresses_of_all_records(
    world: World, zone: DnsServer
) -> None:
    zone.set(f"_sip._udp.{NAME}", "SRV", "20 0 5070 b.example.", "10 0 5080 a.example.")
    zone.set("a.example", "A", "192.0.2.81")
    zone.set("b.example", "A", "192.0.2.82")
    zone.set("b.example", "AAAA", "2001:db8::82")
    zone.set(NAME, "A", "192.0.2.80")
    with as_everyone("test"):
        trunk = named(world, port=None, more_addresses="198.51.100.0/28")
        assert names.targets(trunk) == [
            ("192.0.2.81", 5080),
            ("192.0.2.82", 5070),
            ("2001:db8::82", 5070),
        ]
        assert (contact(), projection.drift()) == (f"sip:{NAME}", [])
        srv = {"192.0.2.81", "192.0.2.82", "2001:db8::82"}
        assert set(matches()) == srv | {"198.51.100.0/28"}
        save_trunk(owner(world), trunk=trunk, port=5062, transport="tcp")
        assert contact() == f"sip:{NAME}:5062^3Btransport=tcp"
        assert "192.0.2.80" in matches()  # with a port no SRV records are asked


def test_a_name_that_moves_is_followed_and_written_down(
    world: World, zone: DnsServer
) -> None:
    zone.set(NAME, "A", "192.0.2.80")
    with as_everyone("test"):
        trunk = named(world)
        assert names.look_again() == 0
        zone.set(NAME, "A", "192.0.2.91", "192.0.2.90")
        assert (names.look_again(), names.look_again()) == (1, 0)
        assert matches() == ["192.0.2.90", "192.0.2.91"]
        (entry,) = AuditEntry.objects.filter(verb="trunk.moved")
        assert entry.after == {"resolved": "192.0.2.90, 192.0.2.91"}
        zone.broken.add(NAME)
        assert names.look_again() == 0  # nobody can say: everything stays
        zone.broken.clear()
        zone.forget(NAME)
        assert names.look_again() == 0
        assert matches() == ["192.0.2.90", "192.0.2.91"]
        assert trouble(trunk) == ("down", "no_name")


def trouble(trunk: Trunk) -> tuple[str, str]:
    """What two looks say of it."""
    Trunk.objects.exclude(pk=trunk.pk).update(watch_seconds=0)
    Trunk.objects.filter(pk=trunk.pk).update(watch_seconds=60)
    TrunkHealth.objects.filter(trunk=trunk).delete()
    for minute in (0, 5):
        watch.look(dt.datetime(2026, 11, 22, 8, minute, tzinfo=dt.UTC))
    health = TrunkHealth.objects.get(trunk=trunk)
    return health.state, health.trouble


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.1.1", "192.0.2.77", "0.0.0.0", "::1"]
)
def test_a_reseller_is_led_neither_to_this_machine_nor_to_others_carriers(
    world: World, zone: DnsServer, address: str
) -> None:
    kind = "AAAA" if ":" in address else "A"
    with as_everyone("test"):
        Trunk.objects.filter(pk=world.trunk.pk).update(host="192.0.2.77")
        zone.set(NAME, kind, address)
        with pytest.raises(ValidationError):
            named(world)
        zone.forget(NAME)
        zone.set(NAME, "A", "192.0.2.80")
        trunk = named(world)
        zone.forget(NAME)
        zone.set(NAME, kind, address)  # good at first, then not
        assert names.look_again() == 1
        trunk.refresh_from_db()
        assert (matches(), contact(), trunk.resolved) == ([], None, "")
        assert trouble(trunk) == ("down", "not_ours")
        assert not [d for d in projection.drift() if d.id == "trunk-named"]
        zone.forget(NAME)
        zone.set(NAME, "A", "192.0.2.80")
        assert names.look_again() == 1
        assert (matches(), contact()) == (["192.0.2.80"], f"sip:{NAME}:5060")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "sip",
        "192.0.2.300",
        "1.2.3",
        "a b.example",
        "x@sip.example",
        "sip.example;transport=tcp",
        "sip.example:5060",
        "-a.example",
        "a..example",
        "a.example\n",
        "${SHELL(id)}.example",
        "a.example/",
        "x" * 90 + ".example",
    ],
)
def test_no_other_text_is_a_host(world: World, zone: DnsServer, host: str) -> None:
    with as_everyone("test"):
        with pytest.raises(ValidationError) as refused:
            named(world, host=host)
        assert "host" in refused.value.message_dict
        assert zone.asked == []


def test_an_unknown_name_is_refused_unless_the_trunk_is_off(
    world: World, zone: DnsServer
) -> None:
    with as_everyone("test"):
        with pytest.raises(ValidationError):
            named(world)
        zone.broken.add(NAME)
        with pytest.raises(ValidationError):
            named(world)
        assert named(world, is_active=False).resolved == ""
