"""`servers`: PostgreSQL, Redis and Asterisk for a developer, in the background."""

from __future__ import annotations

import argparse

from embedded import (
    asterisk,
    asterisk_root,
    background,
    debian,
    environment,
    say,
    state,
)
from embedded import servers as private
from embedded.paths import VAR, Instance
from embedded.session import opened


def start(arguments: argparse.Namespace) -> int:
    """Install what is missing, start all three, write `var/<instance>/env`."""
    instance = Instance(arguments.instance)
    if not state.load(instance).runs():
        prepare()
        code = background.start(instance, "serve")
        if code:
            return code
    say.line(f"Up. For every variable:  . var/{instance.name}/env")
    return 0


def prepare() -> None:
    """Packages of the servers and Asterisk's root."""
    given = environment.external()
    needed = tuple(private.packages(given))
    with state.lock(VAR / "prepare.lock", wait=True):
        debian.install(needed, why="the private servers")
        if not given.asterisk:
            asterisk_root.ensure()


def serve(arguments: argparse.Namespace) -> int:
    """The same in the foreground, until a signal comes."""
    with opened(Instance(arguments.instance), show=False) as session:
        private.write_environment(session.settings)
        private.start_databases(session.supervisor, session.settings)
        private.start_asterisk(session.supervisor, session.settings)
        session.up()
        session.supervisor.watch()
    return 0


def cli(arguments: argparse.Namespace) -> int:
    """One command on the Asterisk console of an instance."""
    settings = environment.known(Instance(arguments.instance))
    where = asterisk.place(settings, asterisk_root.ensure())
    print(asterisk.cli(where, " ".join(arguments.rest)), end="")
    return 0
