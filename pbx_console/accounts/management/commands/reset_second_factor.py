"""The last resort when nobody is left who may reset a lost second factor."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.second_factor import reset_second_factor


class Command(BaseCommand):
    """`manage.py reset_second_factor --email me@example.org --reason "…" --by "…"`."""

    help = "Reset the second factor of a person; see docs/lost-second-factor.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the person, who asks and why; the realm where it is not the platform."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--reseller", help="short name; without it platform staff")
        parser.add_argument("--by", required=True, help="who types this")
        parser.add_argument("--reason", required=True, help="how you made sure")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say that it stands in the audit log."""
        actor = Actor(user=None, name=options["by"][:100], level="system")
        with as_everyone("second factor reset at the command line"):
            user = User.objects.filter(
                email=options["email"].lower(), reseller__slug=options["reseller"]
            ).first()
            if user is None:
                raise CommandError("Nobody has this address there.")
            try:
                reset_second_factor(actor, user=user, reason=options["reason"])
            except ValidationError as error:
                raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{user.email}: reset, and written into the audit log.")
