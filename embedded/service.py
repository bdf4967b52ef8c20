"""What the supervisor runs: a command, who runs it, and when it counts as ready."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded.account import Account
from embedded.paths import PROJECT


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Service:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    account: Account = field(default_factory=Account)
    cwd: Path = PROJECT
    ready: Callable[[], bool] = _always
    ready_seconds: float = 60
    stop_signal: int = 15
    stop_seconds: float = 15
    stdin: str = ""

    def start(self) -> subprocess.Popen[bytes]:
        """Start it in a session of its own: our terminal's Ctrl-C is not its."""
        process = subprocess.Popen(
            list(self.command),
            stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(self.env),
            cwd=self.cwd,
            start_new_session=True,
            **self.account.options(),
        )
        if process.stdin is not None:
            process.stdin.write(self.stdin.encode())
            process.stdin.close()
        return process


@dataclass
class Backoff:
    """The pause before a dead process starts again: 1, 2, 4 … 30 s; 1 after a good run."""

    good_run: float = 30
    longest: float = 30
    delay: float = 0

    def next(self, ran_for: float) -> float:
        """The pause after a run of `ran_for` seconds."""
        if ran_for >= self.good_run or not self.delay:
            self.delay = 1
        else:
            self.delay = min(self.delay * 2, self.longest)
        return self.delay


def now() -> float:
    """Seconds of a clock that never jumps."""
    return time.monotonic()
