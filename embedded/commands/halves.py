"""The whole suite on two cores: two houses side by side, each with half of the tests.

The half with telephones and browsers writes to our output, the other one to a file, which
is printed when both are done. The last line adds both closing lines of pytest up.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import BinaryIO

from embedded import say
from embedded.paths import PROJECT, Instance

FIRST = "asterisk or browser"
SECOND = "not asterisk and not browser"
_COUNT = re.compile(r"(\d+) ([a-z]+)")
_CLOSING = re.compile(r"^=+ (.*\d+ [a-z]+.*) in [\d.]+s.*=+$")


def run(instance: str) -> int:
    """Run both halves to their ends; the worse exit status counts."""
    began = time.monotonic()
    paths = [_output(f"{instance}{end}") for end in ("-a", "-b")]
    with paths[1].open("wb") as quiet:
        other = _start(f"{instance}-b", SECOND, quiet)
        try:
            status = _follow(_start(f"{instance}-a", FIRST), paths[0])
            status = max(status, other.wait())
        finally:
            _end(other)
    say.step(f"The half without telephones and browsers ({paths[1]})")
    texts = [path.read_text("utf-8", "replace") for path in paths]
    say.line(texts[1])
    say.line(closing(texts, time.monotonic() - began))
    return status


def _output(instance: str) -> Path:
    home = Instance(instance).home
    home.mkdir(parents=True, exist_ok=True)
    return home / "pytest.txt"


def _start(
    instance: str, marks: str, into: int | BinaryIO = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "embedded", "test", "--instance", instance]
    return subprocess.Popen(
        [*command, "--", "-m", marks, "--durations=30", "--durations-min=3", "tests"],
        cwd=PROJECT,
        stdout=into,
        stderr=subprocess.STDOUT,
    )


def _follow(process: subprocess.Popen[bytes], path: Path) -> int:
    """Show what a half says, as it says it, and keep it."""
    assert process.stdout is not None
    try:
        with path.open("wb") as kept:
            while piece := os.read(process.stdout.fileno(), 4096):
                kept.write(piece)
                sys.stdout.buffer.write(piece)
                sys.stdout.flush()
        return process.wait()
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        process.wait(60)


def closing(texts: list[str], seconds: float) -> str:
    """Add up pytest's closing lines: `=== 3 failed, 2461 passed in 700.10s ===`.

    A half that never came to its end counts as an error.
    """
    total: Counter[str] = Counter()
    for text in texts:
        total.update(_counts(text))
    order = ("failed", "passed", "skipped", "deselected", "warnings", "errors")
    words = [f"{total[word]} {word}" for word in order if total[word]]
    return f"=== {', '.join(words)} in {seconds:.2f}s ==="


def _counts(text: str) -> Counter[str]:
    for line in reversed(text.splitlines()):
        if found := _CLOSING.match(line):
            counts = Counter[str]()
            for number, word in _COUNT.findall(found.group(1)):
                name = {"warning": "warnings", "error": "errors"}.get(word, word)
                counts[name] += int(number)
            del counts["deselected"]
            return counts
    return Counter(errors=1)
