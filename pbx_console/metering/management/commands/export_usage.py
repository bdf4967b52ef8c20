"""Seal the usage export of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.exports import DayNotOver, export_day


class Command(BaseCommand):
    """Running it twice, or beside the nightly run, gives the same files."""

    help = "Seal the usage export of a day, for all resellers or one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --day and --reseller."""
        parser.add_argument("--day", required=True, type=_day, help="YYYY-MM-DD")
        parser.add_argument("--reseller", help="short name; all active ones without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal and say what was sealed."""
        with as_everyone("usage export by command"):
            try:
                sealed = export_day(options["day"], reseller=_reseller(options))
            except DayNotOver as error:
                raise CommandError(str(error)) from error
            for each in sealed:
                trouble = ", ".join(each.reconciliation["problems"]) or "reconciled"
                self.stdout.write(
                    f"{each.reseller.slug} {each.day} #{each.sequence}:"
                    f" {each.rows} rows, {each.late_rows} late, {trouble}, {each.sha256}"
                )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _reseller(options: dict[str, Any]) -> Reseller | None:
    slug = options["reseller"]
    if slug is None:
        return None
    found = Reseller.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no reseller {slug!r}.")
    return found
