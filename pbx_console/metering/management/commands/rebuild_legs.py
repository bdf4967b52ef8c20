"""Compare the legs with the raw journal, or derive them again from it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.derive import differences, rebuild


class Command(BaseCommand):
    """Legs can always be made again from channel events; this proves or does it."""

    help = "Derive all legs again from the channel events."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument(
            "--check", action="store_true", help="only compare; fail on any difference"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare or rebuild."""
        with as_everyone("rebuild of legs"):
            if not options["check"]:
                self.stdout.write(f"{rebuild()} legs added or changed")
                return
            found = differences()
        for difference in found:
            self.stdout.write(
                f"{difference.node} {difference.uniqueid}: {difference.what}"
            )
        if found:
            raise CommandError(f"{len(found)} legs differ from their events.")
        self.stdout.write("Every leg is what its events say.")
