"""Speech and keys of a test's phone: RTP from a socket of our own, beside sipp's SIP."""

from __future__ import annotations

import re
import socket
import struct
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tests.asterisk.sipp import Agent, Process, wait_for

FRAME = 160  # samples of 20 ms at 8 kHz
TONE = bytes([0x34, 0x34, 0xB4, 0xB4] * (FRAME // 4))  # A-law, a loud 2 kHz square
_PLACE = re.compile(r"^c=IN IP4 (\S+).*?^m=audio (\d+)", re.M | re.S)


def _linear(byte: int) -> int:
    """A-law to 16 bit (ITU-T G.711)."""
    byte ^= 0x55
    power, part = (byte & 0x70) >> 4, (byte & 0x0F) << 4
    size = part + 8 if power == 0 else (part + 0x108) << (power - 1)
    return size if byte & 0x80 else -size


_LINEAR = [_linear(byte) for byte in range(256)]


def _tone(turns: int) -> int | None:
    """Return the pitch of a tone that crosses zero so often in 20 ms, or None."""
    hertz = turns * 25
    near = round(hertz / 500) * 500
    return near if near and abs(hertz - near) <= 50 else None


@dataclass
class Voice:
    """A call whose audio is ours. `heard` counts the packets that came."""

    agent: Agent
    number: str
    seconds: float = 20
    scenario: str = "call_voice"
    call: Process = field(init=False)
    sequence: int = 1
    stamp: int = 0

    def __post_init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.agent.host, 0))
        self.socket.setblocking(False)
        self.call = self._begin()
        self.place = wait_for(self._place)

    def _begin(self) -> Process:
        agent = self.agent
        return agent.run(
            self.scenario,
            *("-s", self.number, "-m", "1", "-d", str(int(self.seconds * 1000))),
            *("-au", agent.user, "-ap", agent.secret, "-timeout", "40"),
            **{"from": agent.user, "display": ""},
            voice_port=self.port,
        )

    @property
    def port(self) -> str:
        """Where our audio is."""
        return str(self.socket.getsockname()[1])

    def _place(self) -> tuple[str, int] | None:
        """Where Asterisk takes the audio: its last description says it."""
        for message in reversed(self.call.messages()):
            told = _PLACE.search(message.text)
            asked = message.line.startswith("INVITE") or message.status in (183, 200)
            if told and asked and message.way == "received":
                return told[1], int(told[2])
        return None

    def speak(self, seconds: float) -> None:
        """A tone, in real time as speech is."""
        for _frame in range(int(seconds * 50)):
            self._send(8, TONE)
            self.stamp += FRAME
            time.sleep(0.02)

    def press(self, keys: str) -> None:
        """Keys as telephone events (RFC 4733)."""
        for key in keys:
            event = "0123456789*#".index(key)
            for place in range(1, 9):
                last = place >= 6
                body = struct.pack(
                    "!BBH", event, 0x8A if last else 10, min(place, 6) * FRAME
                )
                self._send(101, body)
                time.sleep(0.01)
            self.stamp += 8 * FRAME
            time.sleep(0.05)

    def heard(self) -> int:
        """How many packets came since it was asked before."""
        count = 0
        try:
            while self.socket.recv(2048):
                count += 1
        except BlockingIOError:
            pass
        return count

    def listen(self, seconds: float) -> array[int]:
        """Return the samples (16 bit, 8 kHz) that come within some seconds."""
        samples: array[int] = array("h")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                packet = self.socket.recv(2048)
            except BlockingIOError:
                time.sleep(0.005)
                continue
            if packet[1] & 0x7F == 8:
                samples.extend(_LINEAR[byte] for byte in packet[12:])
        return samples

    def pitches(
        self, *, until: Callable[[list[int | None]], bool], seconds: float = 15
    ) -> list[int | None]:
        """What is heard until something is, a value per 20 ms: a whole hundred of Hz
        for a tone, None for anything else; silence is left out. The bit of the sign is
        enough: how often a tone crosses zero is its pitch."""
        found: list[int | None] = []

        def listen() -> bool:
            for frame in self._frames():
                signs = [byte & 0x80 for byte in frame]
                turns = sum(a != b for a, b in pairwise(signs))
                if turns > 2:
                    found.append(_tone(turns))
            return until(found)

        wait_for(listen, seconds=seconds)
        return found

    def _frames(self) -> Iterator[bytes]:
        try:
            while packet := self.socket.recv(2048):
                if packet[1] & 0x7F == 8 and len(packet) == 12 + FRAME:
                    yield packet[12:]
        except BlockingIOError:
            return

    def quiet(self) -> None:
        """Wait until nothing is played: Asterisk listens."""
        self.heard()
        wait_for(lambda: bool(self.heard()), seconds=5)
        silent = time.monotonic()
        while time.monotonic() - silent < 0.4:
            if self.heard():
                silent = time.monotonic()
            time.sleep(0.05)

    def _send(self, kind: int, body: bytes) -> None:
        head = struct.pack("!BBHII", 0x80, kind, self.sequence, self.stamp, 4711)
        self.sequence = (self.sequence + 1) % 65536
        self.socket.sendto(head + body, self.place)


@dataclass
class Called(Voice):
    """A phone that is called: it answers, and its audio is ours once it did."""

    number: str = ""

    def __post_init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.agent.host, 0))
        self.socket.setblocking(False)
        # Any number of calls: what a phone is told after registering would be one, too.
        self.call = self.agent.run("answer_voice", voice_port=self.port)

    def answered(self) -> None:
        """Wait until a call came."""
        self.place = wait_for(self._place)
