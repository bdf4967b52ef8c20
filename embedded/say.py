"""What a person reads: steps, progress, refusals."""

from __future__ import annotations

import sys
import threading
import time

_lock = threading.Lock()
_DIM, _BOLD, _RED, _GREEN, _OFF = (
    "\033[2m",
    "\033[1m",
    "\033[31m",
    "\033[32m",
    "\033[0m",
)


class Refusal(Exception):
    """A piece cannot be had: one sentence that says which and what to do."""


def coloured() -> bool:
    """Colours only where a terminal shows them."""
    return sys.stdout.isatty()


def _paint(text: str, code: str) -> str:
    return f"{code}{text}{_OFF}" if coloured() else text


def line(text: str = "") -> None:
    """Print one whole line; threads never mix inside a line."""
    with _lock:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def step(text: str) -> None:
    """The start of something that may take a while."""
    line(_paint(f"==> {text}", _BOLD))


def done(text: str) -> None:
    """The end of a step."""
    line(_paint(f"    {text}", _GREEN))


def detail(text: str) -> None:
    """Progress inside a step."""
    line(_paint(f"    {text[:160]}", _DIM))


def refuse(text: str) -> None:
    """Print a refusal where errors belong."""
    with _lock:
        sys.stderr.write(_paint(f"pbx: {text}", _RED) + "\n")
        sys.stderr.flush()


class Pace:
    """Lets a line of progress through every `seconds`."""

    def __init__(self, seconds: float = 3.0) -> None:
        """The first line waits for the interval too."""
        self.seconds = seconds
        self.last = time.monotonic()

    def due(self) -> bool:
        """True at most once per interval."""
        now = time.monotonic()
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True
