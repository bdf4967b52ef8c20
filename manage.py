#!/usr/bin/env python3
"""Django's command line for this project."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run one management command; `migrate` logs in as the owner of the tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbx_console.settings")
    if sys.argv[1:2] == ["migrate"]:
        os.environ.setdefault("PBX_DB_LOGIN", "owner")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
