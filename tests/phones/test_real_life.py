"""What a phone does at the real Asterisk, and what the console then says of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import reader
from pbx_console.live.listener import Listener
from pbx_console.pbx import ban_list, refresh
from pbx_console.pbx.models import Ban, BanTarget
from pbx_console.pbx.services.bans import ban_by_hand, lift
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.provisioning.models import Phone, PhoneEvent, Registration
from pbx_console.provisioning.services import telling
from pbx_console.provisioning.services.notify import reboot, resync
from pbx_console.provisioning.states import states_of
from pbx_console.provisioning.timeline import timeline_of
from tests.asterisk.conftest import House, moved_in, street
from tests.asterisk.sipp import Agent, wait_for
from tests.asterisk.voice import Voice
from tests.phones.cast import make_phone

pytestmark = pytest.mark.asterisk
STRANGER = "127.0.0.9"
__all__ = ["street"]


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    yield from moved_in(street, tmp_path)


@contextmanager
def listening() -> Iterator[None]:
    """The listener in a thread of its own, until the end of the block."""
    loop, ended = asyncio.new_event_loop(), threading.Event()
    tasks: list[asyncio.Task[None]] = []

    async def follow() -> None:
        async with reader() as client:
            listener = Listener(client)
            tasks.append(asyncio.current_task())  # type: ignore[arg-type]
            with suppress(asyncio.CancelledError):
                await listener.rounds()
            await listener.redis.aclose()

    def run() -> None:
        loop.run_until_complete(follow())
        ended.set()

    threading.Thread(target=run, daemon=True).start()
    wait_for(lambda: tasks)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(tasks[0].cancel)
        ended.wait(10)


def events(kind: str, **wanted: Any) -> list[PhoneEvent]:
    with as_everyone("test"):
        return list(PhoneEvent.objects.filter(kind=kind, **wanted))


def test_a_phones_life_is_told(house: House) -> None:
    first = house.world.nordbel.extension
    key = first.endpoint_id
    shown = make_phone(house.world.nordbel, "snom-d785", "000413aa0001")
    with listening():
        desk = house.phone(first)
        wait_for(lambda: events("registered", endpoint=key))
        wait_for(lambda: 0 < (latency_of(shown) or 0) < 5000)  # of the sign-in
        with as_everyone("test"):
            assert states_of([shown])[shown.pk].address == "127.0.0.1"
        assert house.agent(key, "wrong", host=STRANGER).register() == 401
        (refused,) = wait_for(lambda: events("refused", endpoint=key))
        assert (refused.address, refused.detail["reason"]) == (STRANGER, "password")
        talk(house, desk)
        (heard,) = wait_for(lambda: events("heard", endpoint=key))
        assert (heard.detail["loss"], heard.phone_id) == (0, shown.pk)
        assert desk.register(expires=0) == 200
        (lost,) = wait_for(lambda: events("lost", endpoint=key))
        assert lost.detail["reason"] == "signed_off"
    with as_everyone("test"):
        kinds = {line.kind for line in timeline_of(phone=shown)}
        assert {"registered", "refused", "heard", "lost"} <= kinds
        assert states_of([shown])[shown.pk].word == "lost"


def latency_of(phone: Phone) -> int | None:
    with as_everyone("test"):
        return states_of([phone])[phone.pk].latency


def talk(house: House, desk: Agent) -> None:
    other = house.phone(house.extension(house.world.nordbel.customer, "202"))
    with other.answering():
        speaking = Voice(desk, "202", seconds=1)
        speaking.speak(0.4)
        speaking.call.wait()


def test_a_phone_is_told_to_fetch_and_to_start_again(house: House) -> None:
    first = house.world.nordbel.extension
    shown = make_phone(house.world.nordbel, "snom-d785", "000413aa0002")
    with as_everyone("test"), pytest.raises(ValidationError):
        resync(SYSTEM, shown)
    desk = house.phone(first)
    with as_everyone("test"):
        Registration.objects.create(
            endpoint=first.endpoint_id, customer=first.customer, address="127.0.0.1"
        )
    with desk.answering() as taking, as_everyone("test"):
        resync(SYSTEM, shown)
        reboot(SYSTEM, shown)
        told = wait_for(lambda: notified(taking))
        verbs = AuditEntry.objects.filter(object_key=str(shown.pk))
        found = set(verbs.values_list("verb", flat=True))
    assert told == {"check-sync;reboot=false", "check-sync;reboot=true"}
    assert {"phone.resynced", "phone.rebooted"} <= found


def test_a_phone_is_asked_to_fetch_when_its_file_changes(house: House) -> None:
    first, customer = house.world.nordbel.extension, house.world.nordbel.customer
    shown = make_phone(house.world.nordbel, "snom-d785", "000413aa0003")
    desk = house.phone(first)
    with as_everyone("test"):
        fetched = {"fetched_at": timezone.now(), "file_digest": "0" * 64}
        Phone.objects.filter(pk=shown.pk).update(**fetched)
        Registration.objects.create(
            endpoint=first.endpoint_id, customer=customer, agent="snomD785-SIP 10.1"
        )
    with desk.answering() as taking:
        telling.run()
        wait_for(lambda: asked(taking, 1))
        with as_everyone("test"):  # its account goes, and with it its registration
            save_extension(SYSTEM, customer=customer, extension=first, number="221")
            refresh.run()
        wait_for(lambda: asked(taking, 2))
    assert house.agent(f"{customer.code}-201", str(first.secret)).register() == 401


def asked(taking: Any, times: int) -> bool:
    found = [m for m in taking.messages() if "check-sync;reboot=false" in m.text]
    return len({m.header("Call-ID") for m in found}) == times


def notified(taking: Any) -> set[str] | None:
    told = {m.header("Event") for m in taking.messages() if "check-sync" in m.text}
    return told if len(told) == 2 else None


def test_who_tries_passwords_is_refused_until_somebody_lifts_it(house: House) -> None:
    first, customer = house.world.nordbel.extension, house.world.nordbel.customer
    with override_settings(BAN_POINTS=3), listening():
        wrong = house.agent(first.endpoint_id, "wrong", host=STRANGER)
        for _time in range(3):
            wrong.register()
        wait_for(lambda: events("banned", endpoint=first.endpoint_id))
    with as_everyone("test"):
        held = Ban.objects.get(address=STRANGER, lifted_at=None)
        assert (held.reason, held.attempts) == ("passwords", 3)
        target = BanTarget.objects.get(ban=held)
        assert (target.reseller_id, target.attempts) == (customer.reseller_id, 3)
    right = house.agent(first.endpoint_id, str(first.secret), host=STRANGER)
    assert right.register() == 403
    assert house.phone(first).register() == 200
    with as_everyone("test"):
        lift(SYSTEM, held)
    assert right.register() == 200
    with as_everyone("test"):
        again = ban_by_hand(SYSTEM, STRANGER)
        Ban.objects.filter(pk=again.pk).delete()
    assert right.register() == 403
    ban_list.mend()
    assert right.register() == 200
