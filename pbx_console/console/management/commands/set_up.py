"""The first account and the first host name of an empty installation."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.people import add_person
from pbx_console.branding.services.brands import DEFAULT_PACK, load_pack


class Command(BaseCommand):
    """`manage.py set_up --host console.example.org --email me@example.org --name Me`."""

    help = "Make the platform's own host name and the first staff account."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the host name and the person."""
        parser.add_argument("--host", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do both or nothing; the password is shown once."""
        password = secrets.token_urlsafe(15)
        try:
            with as_everyone("set up"), transaction.atomic():
                load_pack(DEFAULT_PACK, None, domains=[options["host"]])
                add_person(
                    SYSTEM,
                    email=options["email"],
                    name=options["name"],
                    password=password,
                    role="operator",
                )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"Sign in at {options['host']} as {options['email']}")
        self.stdout.write(f"Password (shown once): {password}")
