"""Write the table of dial ranges anew, after an update of the library phonenumbers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pbx_console.pbx import dial_ranges


class Command(BaseCommand):
    """`manage.py dial_ranges`: then look at the difference, and add a migration."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        self.stdout.write(f"{dial_ranges.write()} ranges")
