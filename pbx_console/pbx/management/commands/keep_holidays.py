"""Write the public holidays of this year and the next two into their table."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pbx_console.pbx.services.holidays import keep_holidays


class Command(BaseCommand):
    """`manage.py keep_holidays`; beat does the same every day."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep all regions and say what changed."""
        self.stdout.write(f"{keep_holidays()} days changed")
