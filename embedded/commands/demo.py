"""`demo` in the foreground, `up` in the background: the whole house."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from embedded import background, house, prepare, say, state, summary
from embedded.paths import Instance
from embedded.session import opened


def demo(arguments: argparse.Namespace) -> int:
    """Install, start everything, show what it says, until Ctrl-C."""
    started = time.monotonic()
    instance = _not_running(arguments)
    if instance is None:
        return 2
    prepare.ensure("demo")
    with opened(instance, show=True) as session:
        world = house.start(session)
        session.up()
        summary.show(world, seconds=time.monotonic() - started)
        say.line("Ctrl-C stops all of it.")
        session.supervisor.watch()
    return 0


def _not_running(arguments: argparse.Namespace) -> Instance | None:
    instance = Instance(arguments.instance)
    if not state.load(instance).runs():
        return instance
    say.refuse("it runs in the background already; `make down` ends that.")
    return None


def up(arguments: argparse.Namespace) -> int:
    """The same in the background; returns when it runs."""
    started = time.monotonic()
    instance = Instance(arguments.instance)
    if not state.load(instance).runs():
        prepare.ensure("demo")
        code = background.start(instance, "supervise")
        if code:
            return code
    summary.show(_world(instance), seconds=time.monotonic() - started)
    say.line("`make status` shows it, `make logs` what it says, `make down` stops it.")
    return 0


def _world(instance: Instance) -> dict[str, Any]:
    world: dict[str, Any] = json.loads(house.demo_file(instance).read_text("utf-8"))
    return world


def supervise(arguments: argparse.Namespace) -> int:
    """What `up` runs in the background."""
    with opened(Instance(arguments.instance), show=False) as session:
        house.start(session)
        session.up()
        session.supervisor.watch()
    return 0
