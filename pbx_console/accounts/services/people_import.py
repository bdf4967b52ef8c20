"""Inviting many people of a customer from a CSV file: all of them or nobody.

The file is looked at as a whole first; each mistake names row, column and reason. The
invitations are then written in one transaction without their mails: a task writes those
in small steps (`send_waiting`), so that ten thousand do not keep a page waiting.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Invitation, Membership, Role
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, reach
from pbx_console.accounts.services.invitations import (
    WAITING,
    open_invitations,
    write_mail,
)
from pbx_console.lib.csv import CsvError, Row, RowError, decode, read
from pbx_console.lib.texts import gettext_noop

COLUMNS = ("name", "mail", "extension", "role")
REQUIRED = ("name", "mail")
MOST = 10_000
STEP = 100  # mails per transaction of the task
# What people write into the column, in the languages of the console.
ROLES = {
    "": Role.END_USER,
    "user": Role.END_USER,
    "end_user": Role.END_USER,
    "benutzer": Role.END_USER,
    "gebruiker": Role.END_USER,
    "admin": Role.ADMIN,
    "administrator": Role.ADMIN,
    "beheerder": Role.ADMIN,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One person of the file."""

    name: str
    email: str
    extension_number: str
    role: Role

    @property
    def role_label(self) -> str:
        """Return the role in the language in force."""
        return str(self.role.label)


@dataclass(slots=True)
class Looked:
    """A file that was looked at: its people, or what is wrong where."""

    people: list[Wanted] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def look(actor: Actor, *, customer: Customer, data: bytes) -> Looked:
    """Read a file and compare it with who is there. Changes nothing."""
    found = Looked()
    known = _Known(actor, customer)
    try:
        for row in read(decode(data), columns=COLUMNS, required=REQUIRED):
            _take(row, known, found)
    except CsvError as error:
        found.errors.insert(0, error.error)
    if not found.people and not found.errors:
        found.errors.append(RowError(0, "", gettext_noop("The file names nobody.")))
    return found


def _take(row: Row | RowError, known: _Known, found: Looked) -> None:
    if isinstance(row, RowError):
        found.errors.append(row)
        return
    if len(found.people) >= MOST:
        too_many = gettext_noop("The file has more than %(limit)s rows.")
        split = gettext_noop("Split it into several files.")
        raise CsvError(RowError(0, "", too_many, split, {"limit": MOST}))
    wanted = _wanted(row)
    found.errors += known.complaints(row, wanted)
    found.people.append(wanted)


def _wanted(row: Row) -> Wanted:
    value = row.values
    return Wanted(
        name=value["name"],
        email=value["mail"].lower(),
        extension_number=value.get("extension", ""),
        role=ROLES.get(value.get("role", "").lower(), Role.END_USER),
    )


class _Known:
    """Who and what is there already, asked once for the whole file."""

    def __init__(self, actor: Actor, customer: Customer) -> None:
        """Read extensions, people and open invitations of the customer."""
        self.actor = actor
        self.extensions = set(customer.extensions.values_list("number", flat=True))
        here: Any = Membership.objects.filter(customer=customer)
        self.people = set(here.values_list("user__email", "role", "extension_number"))
        off = here.filter(user__is_active=False)
        self.deactivated = set(off.values_list("user__email", flat=True))
        waiting = open_invitations().filter(customer=customer)
        self.invited = set(waiting.values_list("email", "role"))
        self.seen: dict[tuple[str, str], int] = {}

    def complaints(self, row: Row, wanted: Wanted) -> Iterator[RowError]:
        """Yield what is wrong with a row."""
        yield from self._name(row, wanted)
        yield from self._mail(row, wanted)
        yield from self._extension(row, wanted)
        if row.values.get("role", "").lower() not in ROLES:
            unknown = gettext_noop("There is no such role.")
            use = gettext_noop("Use admin or user.")
            yield RowError(row.number, "role", unknown, use)
        elif not reach.gives(self.actor, wanted.role):
            yield RowError(
                row.number, "role", gettext_noop("You cannot give this role.")
            )

    def _name(self, row: Row, wanted: Wanted) -> Iterator[RowError]:
        if not wanted.name:
            yield RowError(row.number, "name", gettext_noop("The name is missing."))
        elif len(wanted.name) > 80 or not wanted.name.isprintable():
            reason = gettext_noop("Use at most 80 printable letters.")
            yield RowError(row.number, "name", reason)

    def _mail(self, row: Row, wanted: Wanted) -> Iterator[RowError]:
        if not _is_address(wanted.email):
            reason = gettext_noop("This is not a mail address.")
            mend = gettext_noop("Write it as name@example.com.")
            yield RowError(row.number, "mail", reason, mend)
            return
        reason = self._taken(wanted)
        if reason:
            yield RowError(row.number, "mail", reason)
        key = (wanted.email, wanted.role)
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            twice = gettext_noop("The same person stands in row %(first)s.")
            yield RowError(row.number, "mail", twice, "", {"first": first})

    def _taken(self, wanted: Wanted) -> str:
        held = (wanted.email, wanted.role, wanted.extension_number)
        if wanted.email in self.deactivated:
            return gettext_noop(
                "This person is deactivated. Activate the account instead."
            )
        if held in self.people:
            return gettext_noop("This person has this role already.")
        if (wanted.email, wanted.role) in self.invited:
            return gettext_noop("This person is invited already.")
        return ""

    def _extension(self, row: Row, wanted: Wanted) -> Iterator[RowError]:
        number = wanted.extension_number
        if number and number not in self.extensions:
            reason = gettext_noop("There is no extension %(number)s.")
            params = {"number": number[:20]}
            yield RowError(row.number, "extension", reason, "", params)
        elif not number and wanted.role == Role.END_USER:
            reason = gettext_noop("A user needs an extension.")
            yield RowError(row.number, "extension", reason)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 200


@transaction.atomic
def import_people(actor: Actor, *, customer: Customer, data: bytes) -> Looked:
    """Invite everybody in the file; nobody when one row is wrong."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    found = look(actor, customer=customer, data=data)
    if found.errors:
        return found
    Invitation.objects.bulk_create(
        (_waiting(actor, customer, wanted) for wanted in found.people), batch_size=1000
    )
    after = {"people": len(found.people)}
    audit.record(actor, "people.imported", customer, key=customer.code, after=after)
    return found


def _waiting(actor: Actor, customer: Customer, wanted: Wanted) -> Invitation:
    return Invitation(
        reseller=customer.reseller,
        customer=customer,
        email=wanted.email,
        name=wanted.name,
        role=wanted.role,
        extension_number=wanted.extension_number,
        language=customer.language,
        invited_by=actor.user,
        token_digest=WAITING + secrets.token_hex(28),
    )


def send_waiting() -> int:
    """Write the mails of invitations that wait for one; return how many."""
    done = 0
    with as_everyone("mails of invitations"):
        while step := _send_step():
            done += step
    return done


@transaction.atomic
def _send_step() -> int:
    rows = open_invitations().select_related("reseller", "customer", "invited_by")
    rows = rows.filter(token_digest__startswith=WAITING).order_by("pk")
    held = list(rows.select_for_update(of=("self",), skip_locked=True)[:STEP])
    for invitation in held:
        write_mail(invitation)
    return len(held)
