"""`test`: the suite with servers of its own, from nothing."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Mapping

from embedded import assets, prepare, say, servers
from embedded.commands import halves
from embedded.paths import PROJECT, VENV, Instance
from embedded.session import Session, opened

# No telephone, no browser, nothing slow: under a minute.
QUICK = "not asterisk and not browser and not slow"


def run(arguments: argparse.Namespace) -> int:
    """All tests (in two houses, one per core), or those named in one."""
    prepare.ensure("test")
    if not arguments.rest:
        return halves.run(arguments.instance)
    return _with_servers(arguments, ["pytest", *arguments.rest])


def quick(arguments: argparse.Namespace) -> int:
    """The tests that need neither a phone nor a browser."""
    prepare.ensure("test")
    rest = arguments.rest or ["tests"]
    return _with_servers(arguments, ["pytest", "-m", QUICK, *rest])


def bench(arguments: argparse.Namespace) -> int:
    """Every benchmark; each prints one JSON line."""
    prepare.ensure("test")
    return _with_servers(arguments, ["tests.bench", *arguments.rest])


def _with_servers(arguments: argparse.Namespace, module: list[str]) -> int:
    instance = Instance(arguments.instance)
    with opened(instance, show=False, fresh=True) as session:
        env = assets.console_environment(session.settings.console())
        assets.translate()
        servers.write_environment(session.settings)
        servers.start_databases(session.supervisor, session.settings)
        servers.start_asterisk(session.supervisor, session.settings)
        session.up()
        return _run(session, module, env)


def _run(session: Session, module: list[str], env: Mapping[str, str]) -> int:
    command = [str(VENV / "bin" / "python"), "-m", *module]
    say.step(" ".join(command[1:]))
    process = subprocess.Popen(command, cwd=PROJECT, env=dict(env))
    try:
        # A server that a test has killed comes back.
        session.supervisor.watch(also=lambda: process.poll() is not None)
    finally:
        _end(process)
    return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
