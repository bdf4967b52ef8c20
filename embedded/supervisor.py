"""Starts services, shows what they say, restarts what dies, stops what it started."""

from __future__ import annotations

import collections
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from embedded import say, waiting
from embedded.paths import set_aside
from embedded.say import Refusal
from embedded.service import Backoff, Service, now
from embedded.state import Mark, State

_COLOURS = (36, 33, 35, 32, 34, 96, 93, 95, 92, 94)


@dataclass
class Running:
    """A service and its process of the moment."""

    service: Service
    process: subprocess.Popen[bytes]
    since: float
    backoff: Backoff = field(default_factory=Backoff)
    due: float | None = None
    tail: collections.deque[str] = field(
        default_factory=lambda: collections.deque(maxlen=12)
    )
    reader: threading.Thread | None = None


class Supervisor:
    """All services of one instance. One thread calls `start`, `watch` and `stop`."""

    def __init__(self, state: State, logs: Path, *, show: bool) -> None:
        """`show` repeats what the processes say on the terminal."""
        self.state = state
        self.logs = logs
        self.show = show
        self.running: dict[str, Running] = {}
        self.stopping = threading.Event()
        logs.mkdir(parents=True, exist_ok=True)
        set_aside(logs)

    # --- start -------------------------------------------------------------

    def start(self, service: Service) -> None:
        """Start one service and wait until it is ready."""
        self.launch(service)
        self.wait_ready(service)

    def launch(self, service: Service) -> None:
        """Start one service."""
        self.running[service.name] = Running(service, service.start(), now())
        self._started(self.running[service.name])

    def wait_ready(self, service: Service) -> None:
        """Return when it is ready; refuse when it dies or takes too long."""
        entry = self.running[service.name]
        waiting.until(
            lambda: entry.process.poll() is not None or service.ready(),
            seconds=service.ready_seconds,
        )
        if entry.process.poll() is not None or not service.ready():
            self._refuse(entry)

    def _refuse(self, entry: Running) -> None:
        code = entry.process.poll()
        name = entry.service.name
        for text in entry.tail:
            say.detail(text)
        what = (
            "is not ready after its time" if code is None else f"ended with code {code}"
        )
        raise Refusal(f"{name} {what}; what it said is in {self.logs / name}.log")

    def _started(self, entry: Running) -> None:
        """`show` repeats what the processes say on the terminal."""
        self.state.processes[entry.service.name] = Mark.of(entry.process.pid)
        self.state.save()
        entry.reader = threading.Thread(target=self._read, args=(entry,), daemon=True)
        entry.reader.start()

    def _read(self, entry: Running) -> None:
        stream = entry.process.stdout
        assert stream is not None
        with (self.logs / f"{entry.service.name}.log").open("ab") as log:
            for raw in stream:
                log.write(raw)
                log.flush()
                self._heard(entry, raw.decode("utf-8", "replace").rstrip())

    def _heard(self, entry: Running, text: str) -> None:
        entry.tail.append(text)
        if self.show:
            say.line(self._prefix(entry.service.name) + text)

    def _prefix(self, name: str) -> str:
        if not say.coloured():
            return f"{name:<9}| "
        colour = _COLOURS[list(self.running).index(name) % len(_COLOURS)]
        return f"\033[{colour}m{name:<9}|\033[0m "

    # --- watch -------------------------------------------------------------

    def watch(self, *, also: Callable[[], bool] = lambda: False) -> None:
        """Restart what dies until `stopping` is set or `also` says so."""
        while not self.stopping.wait(0.2) and not also():
            for entry in list(self.running.values()):
                self._look_at(entry)

    def _look_at(self, entry: Running) -> None:
        code = entry.process.poll()
        if code is None:
            return
        if entry.due is None:
            self._plan_restart(entry, code)
        elif now() >= entry.due:
            self._restart(entry)

    def _plan_restart(self, entry: Running, code: int) -> None:
        # What its group left behind would hold its port.
        self._kill_group(entry)
        pause = entry.backoff.next(now() - entry.since)
        entry.due = now() + pause
        say.line(
            f"{entry.service.name} ended with code {code}; "
            f"starting it again in {pause:.0f} s"
        )

    def _restart(self, entry: Running) -> None:
        entry.due, entry.since = None, now()
        entry.process = entry.service.start()
        self._started(entry)

    # --- stop --------------------------------------------------------------

    def stop(self) -> None:
        """End everything, last started first; only what this object started."""
        self.stopping.set()
        for entry in reversed(list(self.running.values())):
            self._end(entry)
        self.running.clear()
        self.state.processes.clear()
        self.state.save()

    def _end(self, entry: Running) -> None:
        # To the leader alone: a worker lets its children finish their tasks.
        entry.process.send_signal(entry.service.stop_signal)
        try:
            entry.process.wait(entry.service.stop_seconds)
        except subprocess.TimeoutExpired:
            say.line(f"{entry.service.name} does not end by itself; ending it now")
        self._kill_group(entry)
        entry.process.wait()
        if entry.reader is not None:
            entry.reader.join(timeout=2)

    def _kill_group(self, entry: Running) -> None:
        """A dead leader may leave children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(entry.process.pid, signal.SIGKILL)
