"""Follow Asterisk's journal: the process that turns calls into charges."""

from __future__ import annotations

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.ingest import JournalFollower, run_once


class Command(BaseCommand):
    """Runs until it is told to stop; a second one by mistake is harmless."""

    help = "Import the channel event journal, derive legs and rate them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --once."""
        parser.add_argument(
            "--once", action="store_true", help="read everything that is there and end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow, or read once."""
        with as_everyone("journal follower"):
            if options["once"]:
                run_once()
                return
            follower = JournalFollower(settings.JOURNAL_DIR, node=settings.NODE)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_args: follower.stop())
            follower.run()
