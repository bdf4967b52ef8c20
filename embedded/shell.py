"""Run a command with visible progress and a log that stays."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from embedded import say
from embedded.paths import PROJECT, VAR

_running: set[subprocess.Popen[str]] = set()


def stop_all() -> None:
    """End the commands of other threads; ours are over when we get here."""
    for process in list(_running):
        process.terminate()


def output(command: Sequence[str], **extra: str) -> str:
    """Standard output of a quick command; empty when it fails or is missing."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, **extra}
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _log_path(title: str) -> Path:
    logs = VAR / "log"
    logs.mkdir(parents=True, exist_ok=True)
    name = "".join(c if c.isalnum() else "-" for c in title.lower())
    return logs / f"{name}.log"


def _follow(process: subprocess.Popen[str], log: Path) -> list[str]:
    pace, tail = say.Pace(), [""]
    assert process.stdout is not None
    with log.open("w") as sink:
        for text in process.stdout:
            sink.write(text)
            tail = [*tail[-14:], text.rstrip()]
            if text.strip() and pace.due():
                say.detail(text.strip())
    return tail


def run(
    command: Sequence[str],
    *,
    title: str,
    refusal: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = PROJECT,
) -> None:
    """Run to the end; on failure print the last lines and raise `Refusal`."""
    say.step(title)
    started = time.monotonic()
    log = _log_path(title)
    code, tail = _run_logged(command, log, {**os.environ, **(env or {})}, cwd)
    if code != 0:
        for text in tail:
            say.detail(text)
        raise say.Refusal(f"{refusal} (exit {code}; everything it said: {log})")
    say.done(f"{title}: done in {time.monotonic() - started:.0f} s")


def _run_logged(
    command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path
) -> tuple[int, list[str]]:
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=env,
            cwd=cwd,
        )
    except FileNotFoundError:
        return 127, [f"{command[0]} is not installed"]
    _running.add(process)
    try:
        tail = _follow(process, log)
        return process.wait(), tail
    except BaseException:
        process.terminate()
        raise
    finally:
        _running.discard(process)
