"""Phones and carriers for the tests: sipp processes on loopback and their message logs.

sipp says what went over the wire and when; that is the oracle for calls and metering.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

SCENARIOS = Path(__file__).parent / "scenarios"
T = TypeVar("T")
_STAMP = re.compile(r"^-{20,} (\d{4}-\d\d-\d\d)[ \t](\d\d:\d\d:\d\d\.\d+)", re.M)
_LINE = re.compile(r"^(SIP/2\.0 \d{3}.*|[A-Z]+ sip:.* SIP/2\.0)$", re.M)


@dataclass(frozen=True)
class Sent:
    """One SIP message: when, which way (`sent` or `received`), its first line, all."""

    at: datetime
    way: str
    line: str
    text: str

    @property
    def status(self) -> int:
        """The status code of a response, 0 for a request."""
        return int(self.line.split()[1]) if self.line.startswith("SIP/2.0") else 0

    def header(self, name: str) -> str:
        """The value of a header, empty when it is not there."""
        found = re.search(rf"^{name}: *(.*)$", self.text, re.M | re.I)
        return found[1].strip() if found else ""


def wait_for(question: Callable[[], T | None], *, seconds: float = 20) -> T:
    """Ask until the answer is true; fail after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"did not happen within {seconds} s")


def free_port(host: str = "127.0.0.1") -> int:
    """A UDP port that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """A running sipp and what it logged."""

    process: subprocess.Popen[bytes]
    log: Path
    screen: Path

    def messages(self) -> list[Sent]:
        """Everything on the wire so far, in order."""
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        marks = list(_STAMP.finditer(text))
        ends = [m.start() for m in marks[1:]] + [len(text)]
        found = (
            _sent(m, text[m.end() : end]) for m, end in zip(marks, ends, strict=False)
        )
        return [sent for sent in found if sent]

    def wait(self, seconds: float = 45) -> int:
        """The exit code: 0 when every call went as the scenario says."""
        return self.process.wait(seconds)

    def statuses(self) -> list[int]:
        """Final statuses received, without challenges."""
        got = [m.status for m in self.messages() if m.way == "received"]
        return [status for status in got if status >= 200 and status != 401]


def _sent(mark: re.Match[str], text: str) -> Sent | None:
    line = _LINE.search(text)
    if line is None:
        return None
    at = datetime.fromisoformat(f"{mark[1]}T{mark[2]}").replace(tzinfo=UTC)
    way = "sent" if "message sent" in text[:80] else "received"
    return Sent(at, way, line[1].strip(), text[line.start() :])


@dataclass
class Agent:
    """A SIP address on loopback: a phone with an account, or a carrier without."""

    server: tuple[str, int]
    directory: Path
    user: str = ""
    secret: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    started: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = self.port or free_port(self.host)

    def run(self, scenario: str, *options: str, **keys: str) -> Process:
        """Start sipp with a scenario; keys become `[key]` in it."""
        number = len(list(self.directory.iterdir()))
        log = self.directory / f"{number}-{scenario}.messages"
        screen = log.with_suffix(".screen")
        command = ["sipp", f"{self.server[0]}:{self.server[1]}", "-nostdin"]
        command += ["-sf", str(self._scenario(scenario, keys)), "-i", self.host]
        command += ["-p", str(self.port), "-trace_msg", "-message_file", str(log)]
        command += ["-mp", str(free_port(self.host)), "-timer_resol", "10", *options]
        for key, value in keys.items():
            command += ["-key", key, value]
        env = {**os.environ, "TZ": "UTC", "TERM": "dumb"}
        with screen.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, env=env)
        running = Process(process, log, screen)
        self.started.append(running)
        return running

    def _scenario(self, name: str, keys: dict[str, str]) -> Path:
        """The file; a status code cannot be a key, so it is written into a copy."""
        found = SCENARIOS / f"{name}.xml"
        if typed := keys.pop("typed", ""):
            copy = self.directory / f"{name}-{len(list(self.directory.iterdir()))}.xml"
            copy.write_text(_typing(found.read_text(), typed))
            return copy
        if code := keys.pop("code", ""):
            copy = self.directory / f"{name}-{code}.xml"
            copy.write_text(found.read_text().replace("[code]", code))
            return copy
        return found

    def register(self, *, secret: str | None = None, expires: int = 300) -> int:
        """Register and return the last status: 200, or 401 for a wrong secret."""
        secret = self.secret if secret is None else secret
        account = ("-au", self.user, "-ap", secret, "-s", self.user, "-m", "1")
        done = self.run("register", *account, "-timeout", "8", expires=str(expires))
        done.wait()
        got = [m.status for m in done.messages() if m.way == "received"]
        return got[-1] if got else 0

    def call(
        self,
        number: str,
        *,
        talk: float = 0.3,
        shown: str = "",
        display: str = "",
        typed: str = "",
    ) -> Process:
        """Dial; returns at once. `shown` is the From user of a caller without account;
        `typed` is pressed once the call is answered, a comma waits a second."""
        scenario = "call" if self.user else "call_open"
        options = ["-s", number, "-m", "1", "-d", str(int(talk * 1000))]
        if self.user:
            options += ["-au", self.user, "-ap", self.secret]
        return self.run(
            scenario,
            *options,
            "-timeout",
            "40",
            **{"from": self.user or shown},
            display=display,
            **({"typed": typed} if typed else {}),
        )

    @contextmanager
    def answering(
        self, scenario: str = "answer", *, echo: bool = True, **keys: str
    ) -> Iterator[Process]:
        """Take calls until the end of the block. Speech comes back as an echo; not where
        callers press keys: Asterisk answers an echoed digit with the digit, for ever."""
        account = ("-au", self.user, "-ap", self.secret) if self.user else ()
        options = ("-rtp_echo",) if echo else ()
        process = self.run(scenario, *options, *account, **keys)
        try:
            wait_for(lambda: _bound(self.host, self.port))
            yield process
        finally:
            process.process.terminate()
            process.process.wait(10)

    def end(self) -> None:
        """Stop whatever is still running."""
        for process in self.started:
            if process.process.poll() is None:
                process.process.kill()
                process.process.wait(10)


_INFO = """  <pause milliseconds="{wait}" />
  <send retrans="500"><![CDATA[

INFO sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [display]<sip:[from]@[local_ip]>;tag=[call_number]
To: <sip:[service]@[remote_ip]>[peer_tag_param]
Call-ID: [call_id]
CSeq: {place} INFO
Max-Forwards: 70
Content-Type: application/dtmf-relay
Content-Length: [len]

Signal={key}
Duration=100

]]></send>
  <recv response="200" />
"""


def _typing(scenario: str, typed: str) -> str:
    """Return the scenario of a caller who presses keys, each one an INFO request."""
    bye = re.search(r"CSeq: (\d+) BYE", scenario)
    assert bye is not None
    place, wait, steps = int(bye[1]), 400, ""
    for key in typed:
        if key == ",":
            wait += 1000
            continue
        steps += _INFO.format(wait=wait, place=place, key=key)
        place, wait = place + 1, 200
    scenario = scenario.replace("  <pause />", f"{steps}  <pause />", 1)
    return scenario.replace(bye[0], f"CSeq: {place} BYE")


def _bound(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
