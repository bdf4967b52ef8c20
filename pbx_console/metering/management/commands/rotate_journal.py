"""Give Asterisk a new journal file, and remove old ones that are completely read.

Run it daily (Celery beat, cron or logrotate's `postrotate` need nothing more): Asterisk
opens the journal anew for each record, so a rename is all it takes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.models import JournalFile
from pbx_console.metering.spool import LIVE_NAME, OpenSpool, files


class Command(BaseCommand):
    """A file is removed only when every byte of it is in the database."""

    help = "Rotate the channel event journal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --keep-days."""
        parser.add_argument("--keep-days", type=int, default=30)

    def handle(self, *args: Any, **options: Any) -> None:
        """Rename the live file, then tidy up."""
        now = datetime.now(UTC)
        live = settings.JOURNAL_DIR / LIVE_NAME
        if live.exists() and live.stat().st_size:
            rotated = live.with_name(f"{LIVE_NAME}.{now:%Y%m%dT%H%M%SZ}")
            live.rename(rotated)
            self.stdout.write(f"rotated to {rotated.name}")
        with as_everyone("rotation of the journal"):
            self._remove_old(now.timestamp() - options["keep_days"] * 86_400)

    def _remove_old(self, before: float) -> None:
        for spool in files(settings.JOURNAL_DIR):
            if spool.is_live or spool.mtime_ns / 1e9 > before:
                continue
            with OpenSpool(spool.path) as opened:
                identity = opened.identity(final=True)
            read = JournalFile.objects.filter(identity=identity, offset=spool.size)
            if read.filter(node=settings.NODE).exists():
                spool.path.unlink()
                self.stdout.write(f"removed {spool.path.name}")
