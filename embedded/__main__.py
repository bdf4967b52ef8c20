"""`python3 -m embedded <command>`; the Makefile's targets are these."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from embedded import asterisk_root, say
from embedded.commands import code, demo, keep, lint, servers, test
from embedded.session import Ended

Command = Callable[[argparse.Namespace], int]


def _asterisk_root(_: argparse.Namespace) -> int:
    say.done(f"Asterisk's root: {asterisk_root.ensure()}")
    return 0


COMMANDS: dict[str, tuple[str, str, Command]] = {
    "asterisk-root": ("", "make Asterisk's private root", _asterisk_root),
    "servers": ("dev", "PostgreSQL, Redis, Asterisk in the background", servers.start),
    "serve": ("dev", "the same in the foreground", servers.serve),
    "cli": ("dev", "one command on Asterisk's console", servers.cli),
    "demo": ("demo", "the whole house in the foreground", demo.demo),
    "up": ("demo", "the whole house in the background", demo.up),
    "supervise": ("demo", "what `up` runs in the background", demo.supervise),
    "test": ("test", "the whole suite with servers of its own", test.run),
    "test-quick": ("test", "without phones and browsers", test.quick),
    "lint": ("lint", "every check of the source tree", lint.run),
    "bench": ("test-bench", "every benchmark", test.bench),
    "down": ("demo", "stop an instance", keep.down),
    "status": ("demo", "what runs", keep.status),
    "logs": ("demo", "follow what the processes say", keep.logs),
    "code": ("demo", "one-time codes of the demo's accounts", code.run),
    "secrets": ("", "deploy/secrets/ for docker compose", keep.secrets),
    "clean": ("", "remove all that was made here", keep.clean),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m embedded")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (instance, text, run) in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run, rest=[])
        if instance:
            command.add_argument("--instance", default=instance)
        command.add_argument("rest", nargs="*")
    return parser


def main() -> int:
    """Exit 2 with one sentence when a piece cannot be had."""
    arguments = _parser().parse_args()
    try:
        return arguments.run(arguments)
    except say.Refusal as refusal:
        say.refuse(str(refusal))
        return 2
    except PermissionError as error:
        say.refuse(
            f"{error.filename} may not be used by this account ({error.strerror}); start "
            "as the account that made it, or as root."
        )
        return 2
    except BrokenPipeError:
        # Whoever read our output has left, for example `| head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (Ended, KeyboardInterrupt):
        say.line("Stopped.")
        return 0


if __name__ == "__main__":
    sys.exit(main())
