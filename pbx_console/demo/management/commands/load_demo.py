"""Load the demo world once, and write its logins to a file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from pbx_console.accounts.scope import as_everyone
from pbx_console.demo import load
from pbx_console.lib import env
from pbx_console.pbx import refresh

HISTORY_DAYS = 14


class Command(BaseCommand):
    """`manage.py load_demo --out var/demo.json`. A second run keeps what is there."""

    help = "Load the demo world and write its logins, SIP accounts and hosts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and the place of the demo's carrier."""
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--trunk-host", default="127.0.0.2")
        port = env.integer("PBX_DEMO_TRUNK_PORT", 5070)
        parser.add_argument("--trunk-port", type=int, default=port)
        days = env.integer("PBX_DEMO_HISTORY_DAYS", HISTORY_DAYS)
        parser.add_argument("--history-days", type=int, default=days)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, unless the world exists."""
        with as_everyone("demo world"):
            if load.exists():
                self._keep(options["out"])
                return
            with transaction.atomic():
                loaded = load.load(
                    trunk_host=options["trunk_host"],
                    trunk_port=options["trunk_port"],
                    packs=Path(settings.BASE_DIR) / "branding",
                )
            self._write(options["out"], asdict(loaded))
            refresh.run()
            self.stdout.write(f"Writing {options['history_days']} days of calls …")
            load.history(options["history_days"])
        self.stdout.write("The demo world is loaded.")

    def _keep(self, out: Path) -> None:
        if not out.exists():
            raise CommandError(
                f"The demo world is in the database but {out} with its passwords is gone."
                " Delete var/demo (or drop the database) and start again."
            )
        self.stdout.write("The demo world is there already.")

    def _write(self, out: Path, world: dict[str, Any]) -> None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.touch(mode=0o600)
        out.write_text(
            json.dumps(world, indent=2, ensure_ascii=False), encoding="utf-8"
        )
