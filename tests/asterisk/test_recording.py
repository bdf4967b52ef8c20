"""Recording on the real telephone system: whose, when, what is heard before."""

from __future__ import annotations

import io
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import numpy
import pytest
import soundfile  # type: ignore[import-untyped]
from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx import recording_files, recording_spool
from pbx_console.pbx.models import Extension
from pbx_console.pbx.models.recordings import Recording
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.recordings import save_rules
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import Agent, Process, _bound, wait_for
from tests.asterisk.test_calls import seconds, spoken
from tests.asterisk.test_queues import make_queue, place
from tests.asterisk.voice import _PLACE, FRAME, Voice

pytestmark = pytest.mark.asterisk
OUTSIDE = "+493023125999"
CALLER = "+491701234567"
LOW = bytes(([0x34] * 8 + [0xB4] * 8) * (FRAME // 16))  # A-law, 500 Hz
HIGH, DEEP = 2000, 500


@dataclass
class Answerer:
    """A phone or a carrier that answers, listens and speaks in a deeper voice."""

    agent: Agent
    call: Process = field(init=False)
    heard: bytes = b""
    sequence: int = 1

    def __post_init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.agent.host, 0))
        self.socket.setblocking(False)
        port = str(self.socket.getsockname()[1])
        self.call = self.agent.run("answer_voice", voice_port=port)
        wait_for(lambda: _bound(self.agent.host, self.agent.port))

    def place(self) -> tuple[str, int] | None:
        """Where Asterisk takes our audio: the INVITE says it."""
        for message in self.call.messages():
            found = _PLACE.search(message.text) if "INVITE" in message.line else None
            if found:
                return found[1], int(found[2])
        return None

    def speak(self, seconds: float) -> None:
        """A deep tone, in real time; what comes meanwhile is kept."""
        place = wait_for(self.place)
        for _frame in range(int(seconds * 50)):
            head = struct.pack(
                "!BBHII", 0x80, 8, self.sequence, self.sequence * FRAME, 815
            )
            self.socket.sendto(head + LOW, place)
            self.sequence += 1
            time.sleep(0.02)
            self.listen()

    def listen(self) -> bytes:
        """All the sound that came so far, A-law."""
        try:
            while packet := self.socket.recv(2048):
                self.heard += packet[12:]
        except BlockingIOError:
            pass
        return self.heard


@contextmanager
def answering(agent: Agent) -> Iterator[Answerer]:
    """Take one call until the end of the block."""
    found = Answerer(agent)
    try:
        yield found
    finally:
        found.call.process.terminate()
        found.call.process.wait(10)


def record(extension: Extension, recorded: str) -> None:
    """Set what is recorded of an extension, as the page does."""
    with as_everyone("test"):
        extension.refresh_from_db()
        save_extension(
            SYSTEM,
            customer=extension.customer,
            extension=extension,
            recorded=recorded,
        )


def taken(house: House) -> list[Recording]:
    """The customer's recordings, once the spool is empty."""
    top = Path(settings.RECORDING_SPOOL_DIR)

    def empty() -> bool:
        recording_spool.sweep()
        return not list(top.glob("*/*.txt"))

    wait_for(empty, seconds=15)
    with as_everyone("test"):
        rows = Recording.objects.select_related("customer", "extension")
        return list(rows.filter(customer=house.world.nordbel.customer))


def pitches(recording: Recording) -> dict[int, float]:
    """How much of the sound is our two tones, each in parts of all."""
    path = recording_files.path_of(recording.customer.code, recording.key)
    samples, rate = soundfile.read(io.BytesIO(path.read_bytes()))
    power = numpy.abs(numpy.fft.rfft(samples)) ** 2
    steps = numpy.fft.rfftfreq(len(samples), 1 / rate)
    near = {pitch: numpy.abs(steps - pitch) < 20 for pitch in (HIGH, DEEP)}
    return {pitch: float(power[near[pitch]].sum() / power.sum()) for pitch in near}


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test, in one house."""
    yield from moved_in(street, tmp_path)


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, settings: object) -> None:
    """Recordings are kept where the test ends with them."""
    settings.RECORDINGS_DIR = tmp_path / "recordings"  # type: ignore[attr-defined]


def loud(heard: bytes) -> int:
    """How many samples are not silence."""
    return sum((byte ^ 0x55) & 0x7F > 0x30 for byte in heard)


def hears_announcement(side: Answerer) -> bool:
    """Wait until it was told something and is told nothing more."""
    wait_for(lambda: loud(side.listen()) > 1000)
    length = -1
    while length != len(side.listen()):
        length = len(side.listen())
        time.sleep(0.3)
    return True


def talk(voice: Voice, other: Answerer, seconds: float) -> None:
    """Both speak at once."""
    speaker = Thread(target=other.speak, args=(seconds,))
    speaker.start()
    voice.speak(seconds)
    speaker.join()


def test_an_outside_call_has_both_sides_and_was_announced(house: House) -> None:
    own = house.world.nordbel.extension
    record(own, "outside")
    phone = house.phone(own)
    other = house.phone(house.extension(own.customer, "202"))
    with answering(house.carrier) as carrier:
        voice = Voice(phone, OUTSIDE, seconds=5)
        assert hears_announcement(carrier)
        assert voice.heard()  # so does who called
        talk(voice, carrier, 1.5)
        assert voice.call.wait() == 0
    with house.carrier.answering():
        assert phone.call("110").wait() == 0
        assert other.call(OUTSIDE).wait() == 0
    (kept,) = taken(house)
    assert (kept.customer, kept.extension) == (own.customer, own)
    assert (kept.direction, kept.other_number) == ("out", OUTSIDE)
    assert (kept.reason, kept.announced) == ("rule", True)
    assert 1 <= kept.seconds <= 4
    assert min(pitches(kept).values()) > 0.1
    legs = house.carrier_legs()
    assert abs(spoken(house.journal(), legs[0]) - seconds(voice.call)) < 0.3
    assert kept.linkedid == legs[0].linkedid


def test_a_call_in_is_announced_to_the_caller_and_ends_with_the_phone(
    house: House,
) -> None:
    own = house.world.nordbel.extension
    other = house.phone(house.extension(own.customer, "202"))
    record(own, "outside")
    phone = house.phone(own)
    with phone.answering("transfer", target="202"), other.answering():
        assert call_in(house, talk=4).wait() == 0
    with answering(phone) as held:
        call = call_in(house, talk=5)
        assert hears_announcement(held)
        held.speak(1.5)
        assert call.wait() == 0
    with phone.answering():  # a colleague's call is none from outside
        assert other.call("201").wait() == 0
    (kept,) = taken(house)  # the first ended when the phone left, before anybody spoke
    assert (kept.direction, kept.other_number) == ("in", CALLER)
    assert pitches(kept)[DEEP] > 0.5


def call_in(house: House, *, talk: float = 3.0) -> Process:
    """Somebody calls the customer's number."""
    number = house.world.nordbel.number
    return house.agent(host="127.0.0.2").call(number, shown=CALLER, talk=talk)


def test_a_key_begins_and_ends_it(house: House) -> None:
    own = house.world.nordbel.extension
    record(own, "demand")
    with answering(house.carrier) as carrier:
        voice = Voice(house.phone(own), OUTSIDE, seconds=9)
        talk(voice, carrier, 0.5)
        before = loud(carrier.listen())
        voice.press("*1")
        talk(voice, carrier, 4)
        voice.press("*1")
        talk(voice, carrier, 1.5)
        assert voice.call.wait() == 0
    assert loud(carrier.listen()) > before + 4000
    (kept,) = taken(house)
    assert (kept.reason, kept.direction) == ("demand", "out")
    assert kept.other_number == OUTSIDE
    assert 1 <= kept.seconds <= 3


def test_queues_record_whom_they_ring(house: House) -> None:
    own = house.world.nordbel.extension
    record(own, "outside")
    make_queue(house, own)
    phone = house.phone(own)
    with answering(phone) as held:
        call = call_in(house, talk=5)
        assert hears_announcement(held)
        held.speak(1.5)
        assert call.wait() == 0
    (kept,) = taken(house)
    assert (kept.extension, kept.other_number) == (own, CALLER)
    assert pitches(kept)[DEEP] > 0.5


def test_groups_record_whom_they_ring(house: House) -> None:
    own = house.world.nordbel.extension
    record(own, "outside")
    other = house.extension(own.customer, "202")
    with as_everyone("test"):
        group = save_group(
            SYSTEM,
            customer=own.customer,
            number="600",
            name="Both",
            members=[place(other), place(own)],
            strategy="order",
        )
        did = own.customer.dids.get(is_main=True)
        save_did(SYSTEM, did=did, destination=group.destination)
    phones = house.phone(other), house.phone(own)
    with phones[0].answering():
        assert call_in(house, talk=1).wait() == 0
    with (
        phones[0].answering("refuse", code="486", contact="x"),
        answering(phones[1]) as held,
    ):
        call = call_in(house, talk=5)
        assert hears_announcement(held)
        held.speak(1.5)
        assert call.wait() == 0
    (kept,) = taken(house)
    assert kept.extension == own


def test_what_was_agreed_inside_ends_when_somebody_outside_is_handed_over(
    house: House,
) -> None:
    own = house.world.nordbel.extension
    record(own, "all")
    with as_everyone("test"):
        save_rules(SYSTEM, customer=own.customer, announce=False)
    phone = house.phone(own)
    other = house.phone(house.extension(own.customer, "202"))
    with (
        other.answering("transfer_attended", target=OUTSIDE, account=other.user),
        answering(house.carrier) as carrier,
    ):
        voice = Voice(phone, "202", seconds=5)
        voice.speak(1)
        wait_for(lambda: carrier.place())
        talk(voice, carrier, 2)
        assert voice.call.wait() == 0
        assert loud(carrier.listen()) > 4000  # they did speak
    (kept,) = taken(house)
    assert (kept.direction, kept.other_number, kept.announced) == (
        "inside",
        "202",
        False,
    )
    assert kept.seconds <= 3
    assert pitches(kept)[DEEP] < 0.05
