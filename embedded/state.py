"""What runs, on disk: enough to find our own leftovers, and nobody else's processes."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded import say, waiting
from embedded.paths import Instance


def started_at(pid: int) -> int:
    """The start time of a process in clock ticks since boot; 0 when it is gone.

    A process number is used again some day, the pair with the start time is not.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    # The name in parentheses may contain anything, so count from its end (proc(5)).
    fields = text.rpartition(")")[2].split()
    return 0 if fields[0] in "ZX" else int(fields[19])


@dataclass(frozen=True)
class Mark:
    """One process, beyond doubt."""

    pid: int
    start: int

    @classmethod
    def of(cls, pid: int) -> Mark:
        """The process that has this number now."""
        return cls(pid, started_at(pid))

    def alive(self) -> bool:
        """Is it still that process?"""
        return self.start != 0 and started_at(self.pid) == self.start

    def tell(self, number: int) -> None:
        """Signal it alone if it is still that process."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def tell_group(self, number: int) -> None:
        """Signal its group (it leads one) if it is still that process."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)


@dataclass
class State:
    """`var/<instance>/run.json`."""

    path: Path
    phase: str = "down"
    message: str = ""
    supervisor: Mark | None = None
    processes: dict[str, Mark] = field(default_factory=dict)

    def save(self) -> None:
        """Write all of it at once."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self._plain(), indent=1) + "\n")
        fresh.replace(self.path)

    def _plain(self) -> dict[str, Any]:
        marks = {name: vars(mark) for name, mark in self.processes.items()}
        supervisor = vars(self.supervisor) if self.supervisor else None
        plain = {"phase": self.phase, "message": self.message}
        return plain | {"supervisor": supervisor, "processes": marks}

    def runs(self) -> bool:
        """Is there a living supervisor?"""
        return self.supervisor is not None and self.supervisor.alive()


def load(instance: Instance) -> State:
    """The stored state; an empty one when there is none."""
    path = instance.home / "run.json"
    try:
        plain = json.loads(path.read_text())
    except (OSError, ValueError):
        return State(path)
    marks = {name: Mark(**mark) for name, mark in plain["processes"].items()}
    supervisor = Mark(**plain["supervisor"]) if plain["supervisor"] else None
    return State(path, plain["phase"], plain["message"], supervisor, marks)


def clean_up(state: State) -> None:
    """End what a killed supervisor left running."""
    left = {name: mark for name, mark in state.processes.items() if mark.alive()}
    if left:
        say.line(f"Ending what an earlier start left running: {', '.join(left)}")
    for number, seconds in (
        (signal.SIGTERM, 10),
        (signal.SIGINT, 5),
        (signal.SIGKILL, 5),
    ):
        _end(left.values(), number, seconds)
    state.processes, state.supervisor, state.phase = {}, None, "down"


def _end(marks: Any, number: int, seconds: float) -> None:
    for mark in marks:
        mark.tell_group(number)
    waiting.until(lambda: not any(mark.alive() for mark in marks), seconds=seconds)


@contextlib.contextmanager
def lock(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a lock file; yields False when another process has it and `wait` is off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
