"""Write all realtime rows anew, or with --check name what has drifted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx import projection, refresh
from pbx_console.pbx.models import Extension, Trunk


class Command(BaseCommand):
    """`manage.py project [--check]`."""

    help = "Project the desired state into Asterisk's realtime tables."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --check."""
        parser.add_argument("--check", action="store_true", help="only report drift")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Report drift and fail when there is some; or mend it."""
        found = projection.drift()
        for row in found:
            self.stdout.write(f"{row.table} {row.id} {row.reason}")
        if check and found:
            raise CommandError(f"{len(found)} rows have drifted")
        if found:
            self._mend(found)
        self.stdout.write("The PBX's tables are as they should be.")

    @transaction.atomic
    def _mend(self, found: list[projection.Drift]) -> None:
        """Write everything; have the PBX forget what it cached of the drifted rows."""
        with as_everyone("projection"):
            extensions = list(Extension.objects.select_related("customer"))
            trunks = list(Trunk.objects.all())
            projection.remove([r.id for r in found if r.reason == "is too many"])
            projection.project_extensions(extensions)
            projection.project_trunks(trunks)
            drifted = {row.id for row in found}
            objects: list[Extension | Trunk] = [*extensions, *trunks]
            refresh.request([obj for obj in objects if obj.endpoint_id in drifted])
