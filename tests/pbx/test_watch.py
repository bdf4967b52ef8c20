"""Carriers that come and go: what the page shows and who gets a mail."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import OutgoingMail
from pbx_console.lib.sip_options import Answer, probe
from pbx_console.pbx import watch
from pbx_console.pbx.models import Trunk, TrunkHealth
from pbx_console.pbx.services.test_calls import callable_number
from pbx_console.pbx.services.trunks import save_trunk
from pbx_console.pbx.watch import note
from tests.conftest import World

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)


def looks(trunk: Trunk, states: str, *, minutes: int = 1) -> list[str]:
    """Note one look per letter (u up, d down) and return the kinds of mails after it."""
    for place, letter in enumerate(states):
        seen = {"u": "up", "d": "down"}[letter]
        trouble = "silent" if seen == "down" else ""
        at = START + place * dt.timedelta(minutes=minutes)
        note(trunk, seen, trouble, "", 20, at)
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def own_trunk(world: World) -> Trunk:
    return Trunk.objects.get(slug="own-nordbel")


def test_one_lost_answer_tells_nobody_and_two_tell_the_owner(world: World) -> None:
    with as_everyone("test"):
        trunk = own_trunk(world)
        OutgoingMail.objects.all().delete()
        assert looks(trunk, "uuudu") == []
        assert trunk_state(trunk) == "up"
        assert looks(trunk, "dd") == ["trunk_down"]
        to = OutgoingMail.objects.get().to
        assert to == world.nordbel.people["owner"].email
        assert trunk_state(trunk) == "down"
        assert looks(trunk, "uu") == ["trunk_down", "trunk_back"]


def trunk_state(trunk: Trunk) -> str:
    return TrunkHealth.objects.get(trunk=trunk).state


def test_a_flapping_carrier_is_told_once_in_a_quarter_of_an_hour(world: World) -> None:
    with as_everyone("test"):
        trunk = own_trunk(world)
        OutgoingMail.objects.all().delete()
        told = looks(trunk, "uu" + "dduu" * 3)
    assert told.count("trunk_down") == 1


def test_a_shared_trunk_is_the_platforms_business(world: World) -> None:
    with as_everyone("test"):
        OutgoingMail.objects.all().delete()
        looks(world.trunk, "uudd")
        assert {m.to for m in OutgoingMail.objects.all()} == {world.operator.email}


def test_a_refused_registration_is_an_alarm_although_somebody_answers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answers(_trunk: Trunk) -> Answer:
        return Answer(20)

    monkeypatch.setattr(watch, "_probe", answers)
    said = {"trunk-own-nordbel": "Rejected"}
    monkeypatch.setattr(watch, "_registrations", lambda: said)
    with as_everyone("test"):
        Trunk.objects.update(watch_seconds=0)
        Trunk.objects.filter(slug="own-nordbel").update(registers=True)
        OutgoingMail.objects.all().delete()
        for minute in (0, 5, 10):
            watch.look(START + dt.timedelta(minutes=minute))
        health = TrunkHealth.objects.get(trunk=own_trunk(world))
        assert (health.state, health.trouble) == ("down", "registration")
        assert str(health.registration_words) == "refused by the carrier"
        assert OutgoingMail.objects.get().kind == "trunk_down"
        said["trunk-own-nordbel"] = "Registered"
        for minute in (20, 25):
            watch.look(START + dt.timedelta(minutes=minute))
        health.refresh_from_db()
        assert (health.state, health.trouble) == ("up", "")


@pytest.fixture
def answering_port() -> Any:
    """A UDP port where every datagram is answered as a refusing carrier would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as carrier:
        carrier.bind(("127.0.0.1", 0))
        carrier.settimeout(5)

        def answer() -> None:
            _data, address = carrier.recvfrom(4096)
            carrier.sendto(b"SIP/2.0 403 Forbidden\r\n\r\n", address)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield carrier.getsockname()[1]
        thread.join(6)


def test_a_refusal_is_an_answer_and_silence_is_none(answering_port: int) -> None:
    answer = asyncio.run(probe("127.0.0.1", answering_port))
    assert answer.milliseconds is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        answer = asyncio.run(probe("127.0.0.1", port, seconds=0.2))
        assert answer == Answer(None, "silent")


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.77"])
def test_a_reseller_cannot_take_another_owners_carrier(world: World, host: str) -> None:
    with as_everyone("test"):
        owner = world.nordbel.people["owner"]
        person = Actor(user=owner, name="Owner", level="reseller")
        shared = world.trunk
        Trunk.objects.filter(pk=shared.pk).update(host="192.0.2.77")
        with pytest.raises(ValidationError):
            save_trunk(person, slug="mine", name="Mine", host=host)
        mine = save_trunk(person, slug="mine", name="Mine", host="192.0.2.78")
    assert mine.reseller == world.nordbel.reseller


@pytest.mark.parametrize(
    "number", ["112", "+49112", "09001234567", "+499001234567", "+1"]
)
def test_no_test_call_to_numbers_that_cost_or_alarm(number: str) -> None:
    with pytest.raises(ValidationError):
        callable_number(number)
