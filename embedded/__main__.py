"""`python3 -m embedded <command>`; the Makefile's targets are these."""

from __future__ import annotations

import argparse
import sys

from embedded import asterisk_root, say


def _asterisk_root(_: argparse.Namespace) -> int:
    say.done(f"Asterisk's root: {asterisk_root.ensure()}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m embedded")
    commands = parser.add_subparsers(required=True, metavar="command")
    root = commands.add_parser("asterisk-root", help="make Asterisk's private root")
    root.set_defaults(run=_asterisk_root)
    return parser


def main() -> int:
    """Exit 2 with one sentence when a piece cannot be had."""
    arguments = _parser().parse_args()
    try:
        code: int = arguments.run(arguments)
    except say.Refusal as refusal:
        say.refuse(str(refusal))
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
