"""`lint`: every check of the source tree; all of them run, then the verdict."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Mapping

from embedded import assets, environment, passwords, prepare, say
from embedded.environment import Settings
from embedded.paths import PROJECT, VENV, Instance
from embedded.ports import NAMES

# What pre-commit runs, too: its one hook is `make lint`.
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("python", "manage.py", "check"),
    ("python", "manage.py", "makemigrations", "--check", "--dry-run"),
)


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 when any check has something to say."""
    prepare.tools()
    env = _environment(Instance(arguments.instance))
    failed = [check for check in CHECKS if not _passes(check, env)]
    for check in failed:
        say.refuse(f"{' '.join(check)} has something to say (above)")
    if not failed:
        say.done("Nothing to complain about.")
    return 1 if failed else 0


def _environment(instance: Instance) -> dict[str, str]:
    """Settings that let Django load its models; no server stands behind them."""
    instance.prepare()
    ports = {**dict.fromkeys(NAMES, 9), "rtp_start": 40000}
    secrets = passwords.ensure(instance.secrets)
    settings = Settings(instance, ports, secrets, environment.External())
    quiet = {"PYTHONWARNINGS": "ignore::RuntimeWarning"}
    return assets.console_environment(settings.console()) | quiet


def _passes(check: tuple[str, ...], env: Mapping[str, str]) -> bool:
    say.step(" ".join(check))
    program = str(VENV / "bin" / check[0])
    return subprocess.run([program, *check[1:]], cwd=PROJECT, env=env).returncode == 0
