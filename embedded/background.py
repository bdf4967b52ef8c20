"""A supervisor in the background: start it, wait for it, ask it, end it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from embedded import say, state, waiting
from embedded.paths import PROJECT, Instance
from embedded.state import State


def start(instance: Instance, command: str) -> int:
    """Run `python3 -m embedded <command>` detached; show what it says until it is up."""
    instance.prepare()
    log = instance.home / "supervisor.log"
    with log.open("w") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "embedded", command, "--instance", instance.name],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            start_new_session=True,
        )
    return _follow(instance, process, log)


def _follow(instance: Instance, process: subprocess.Popen[bytes], log: Path) -> int:
    with log.open(errors="replace") as text:
        while True:
            ended = process.poll()
            up = _phase(instance, process.pid) == "up"
            for line in text:
                say.line(line.rstrip())
            if ended is not None:
                return ended or 2
            if up:
                return 0
            waiting.until(lambda: process.poll() is not None, seconds=0.2)


def _phase(instance: Instance, pid: int) -> str:
    now = state.load(instance)
    mine = now.supervisor is not None and now.supervisor.pid == pid
    return now.phase if mine else ""


def stop(instance: Instance) -> int:
    """End the supervisor and what an earlier one left; fine when nothing runs."""
    found = state.load(instance)
    if not found.runs() and not any(mark.alive() for mark in found.processes.values()):
        say.line(f"{instance.name}: nothing runs.")
        return 0
    _end_supervisor(found)
    left = state.load(instance)
    state.clean_up(left)
    left.save()
    say.line(f"{instance.name}: stopped.")
    return 0


def _end_supervisor(found: State) -> None:
    mark = found.supervisor
    if mark is None or not mark.alive():
        return
    mark.tell(signal.SIGTERM)
    if not waiting.until(lambda: not mark.alive(), seconds=90):
        mark.tell(signal.SIGKILL)


def status(instance: Instance) -> int:
    """Print what runs; 0 when all of it does, 3 when not."""
    found = state.load(instance)
    if not found.runs():
        say.line(f"{instance.name}: down")
        return 3
    say.line(f"{instance.name}: {found.phase}")
    for name, mark in found.processes.items():
        say.line(f"  {name:<10} {mark.pid:>8}  {'runs' if mark.alive() else 'DEAD'}")
    dead = [name for name, mark in found.processes.items() if not mark.alive()]
    return 3 if dead or found.phase != "up" else 0
