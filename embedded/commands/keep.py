"""`down`, `status`, `logs`, `secrets`, `clean`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from embedded import background, deployment, say, state
from embedded.paths import PROJECT, VAR, VENV, Instance
from embedded.say import Refusal


def down(arguments: argparse.Namespace) -> int:
    """Stop an instance; fine when nothing runs."""
    return background.stop(Instance(arguments.instance))


def status(arguments: argparse.Namespace) -> int:
    """What runs."""
    return background.status(Instance(arguments.instance))


def logs(arguments: argparse.Namespace) -> int:
    """Follow every log file of an instance."""
    instance = Instance(arguments.instance)
    found = [*instance.home.glob("*.log"), *sorted(instance.logs.glob("*.log"))]
    if not found:
        raise Refusal(
            f"{arguments.instance} has said nothing yet; run `make up` first."
        )
    sys.stdout.flush()
    os.execvp(  # noqa: S606 - becomes `tail`, which needs no shell
        "tail", ["tail", "-n", "20", "-F", *map(str, found)]
    )


def secrets(_: argparse.Namespace) -> int:
    """Make the missing files of `deploy/secrets/`."""
    for name in deployment.make_secrets():
        say.line(f"made {name}")
    say.done(f"Every secret is in {deployment.SECRETS.relative_to(PROJECT)}/.")
    return 0


def clean(_: argparse.Namespace) -> int:
    """Stop every instance, then remove all that was made here, data too."""
    for home in sorted(VAR.glob("*/run.json")):
        background.stop(Instance(home.parent.name))
    for home in sorted(VAR.glob("*/run.json")):
        if state.load(Instance(home.parent.name)).runs():
            raise Refusal(f"{home.parent.name} still runs; stop it first.")
    for link in VAR.glob("*/postgres"):
        shutil.rmtree(link.resolve(), ignore_errors=True)
    for path in (VAR, VENV, PROJECT / "node_modules"):
        shutil.rmtree(path, ignore_errors=True)
    say.done("Removed var/, .venv/ and node_modules/.")
    return 0
