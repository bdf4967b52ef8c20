"""Check the chain of sealed usage exports."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.exports import verify


class Command(BaseCommand):
    """Numbers without gaps, hashes that match, files that are there."""

    help = "Check every sealed usage export: sequence, hash chain, files and rows."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --reseller."""
        parser.add_argument("--reseller", help="short name; all of them without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check one reseller or all; fail if anything does not hold."""
        faults = 0
        only = {"slug": options["reseller"]} if options["reseller"] else {}
        with as_everyone("verification of exports"):
            for reseller in Reseller.objects.filter(**only).order_by("slug"):
                checked, found = verify(reseller)
                for fault in found:
                    self.stdout.write(
                        f"{reseller.slug} #{fault.export.sequence}: {fault.what}"
                    )
                self.stdout.write(
                    f"{reseller.slug}: {checked} exports, {len(found)} faults"
                )
                faults += len(found)
        if faults:
            raise CommandError(f"{faults} faults in the chain of exports.")
