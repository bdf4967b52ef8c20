"""Check the chain of sealed usage exports."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.exports import verify


class Command(BaseCommand):
    """Numbers without gaps, hashes that match, files that are there."""

    help = "Check every sealed usage export: sequence, hash chain, files and rows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check all resellers; fail if anything does not hold."""
        faults = 0
        with as_everyone("verification of exports"):
            for reseller in Reseller.objects.order_by("slug"):
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
