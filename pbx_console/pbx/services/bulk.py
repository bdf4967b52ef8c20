"""Many objects of one noun from a CSV file and back: looked at first, then all or none.

Each noun is a `Codec`: its columns, what is there already, what a row wishes, how rows are
written. Nothing here asks the database per row. A file that was exported changes nothing
when it is read again, from a spreadsheet or not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import audit
from pbx_console.lib.csv import CsvError, Row, RowError, decode, neutral, read
from pbx_console.lib.texts import gettext_noop

SHOWN = 20
YES = {"yes", "ja", "1", "true", "x"}
NO = {"no", "nein", "nee", "0", "false", ""}


@dataclass(slots=True)
class Wish:
    """What one row wants: an object that is there, or a new one, and its new values."""

    row: int
    obj: Any
    is_new: bool
    values: dict[str, Any]
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return what people will know it by."""
        names = ("number", "name")
        found = (self.values.get(n) or getattr(self.obj, n, "") for n in names)
        return " ".join(str(part) for part in found if part)

    @property
    def changes(self) -> bool:
        """Say whether anything would be different afterwards."""
        return self.is_new or any(
            getattr(self.obj, name) != value for name, value in self.values.items()
        )


@dataclass(slots=True)
class Plan:
    """What a file would do, or what is wrong where."""

    created: list[Wish] = field(default_factory=list)
    changed: list[Wish] = field(default_factory=list)
    same: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return how many rows are fine."""
        return len(self.created) + len(self.changed) + self.same

    @property
    def shown(self) -> list[tuple[bool, str]]:
        """Return the first changes: is it new, and what."""
        both = [*self.created, *self.changed][:SHOWN]
        return [(wish.is_new, wish.label) for wish in both]


class Known:
    """What an owner has already, asked once for a whole file. Codecs add to it."""

    def __init__(self, owner: Any) -> None:
        """Keep the owner and where each key of the file stood first."""
        self.owner = owner
        self.seen: dict[Any, int] = {}

    def once(self, row: Row, key: Any, column: str) -> Iterator[RowError]:
        """Yield a complaint when `key` stood in an earlier row."""
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            twice = gettext_noop("The same one stands in row %(first)s.")
            yield RowError(row.number, column, twice, "", {"first": first})


class Codec(ABC):
    """One noun as a table. Subclasses say the columns and the four steps."""

    name = ""
    columns: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    most = 10_000
    titles: dict[str, str] = {}  # field -> column, where they differ

    @abstractmethod
    def load(self, owner: Any) -> Any:
        """Return what is there already (`Known`)."""

    @abstractmethod
    def rows(self, owner: Any) -> Iterable[Any]:
        """Return what an export contains."""

    @abstractmethod
    def cells(self, obj: Any) -> list[str]:
        """Return one row of an export, in the order of the columns."""

    @abstractmethod
    def wish(self, row: Row, known: Any) -> Iterator[Wish | RowError]:
        """Yield what a row wants, and what is wrong with it."""

    @abstractmethod
    def write(self, actor: Actor, owner: Any, plan: Plan) -> None:
        """Write the plan; the values of its wishes are set already."""

    def faults(self, wish: Wish, *, exclude: Iterable[str] = ()) -> Iterator[RowError]:
        """Yield what the model says of the new values, field by field."""
        fields = {f.name for f in wish.obj._meta.fields}
        unchanged = fields - {name.removesuffix("_id") for name in wish.values}
        trial = wish.obj.__class__(
            **{
                f.attname: wish.values.get(f.attname, getattr(wish.obj, f.attname))
                for f in wish.obj._meta.concrete_fields
            }
        )
        try:
            trial.clean_fields(exclude=unchanged | set(exclude))
        except ValidationError as error:
            for name, texts in error.message_dict.items():
                reason = " ".join(texts).replace("%", "%%")
                yield RowError(wish.row, self.titles.get(name, name), reason)


def lines(codec: Codec, rows: Iterable[Any]) -> Iterator[list[str]]:
    """Yield the header and the rows of an export."""
    yield list(codec.columns)
    for obj in rows:
        yield codec.cells(obj)


def look(codec: Codec, *, owner: Any, data: bytes) -> Plan:
    """Read a file and compare it with what is there. Changes nothing."""
    plan = Plan()
    known = codec.load(owner)
    try:
        for row in read(decode(data), columns=codec.columns, required=codec.required):
            _take(codec, row, known, plan)
    except CsvError as error:
        plan.errors.insert(0, error.error)
    if not plan.rows and not plan.errors:
        plan.errors.append(RowError(0, "", gettext_noop("The file has no rows.")))
    return plan


def _take(codec: Codec, row: Row | RowError, known: Any, plan: Plan) -> None:
    if isinstance(row, RowError):
        plan.errors.append(row)
        return
    if plan.rows >= codec.most:
        too_many = gettext_noop("The file has more than %(limit)s rows.")
        split = gettext_noop("Split it into several files.")
        raise CsvError(RowError(0, "", too_many, split, {"limit": codec.most}))
    plain = {name: plain_text(value) for name, value in row.values.items()}
    for found in codec.wish(Row(row.number, plain), known):
        if isinstance(found, RowError):
            plan.errors.append(found)
        elif not found.changes:
            plan.same += 1
        else:
            (plan.created if found.is_new else plan.changed).append(found)


def plain_text(value: str) -> str:
    """Return a cell without the apostrophe that our spreadsheet files put there."""
    bare = value[1:] if value.startswith("'") else value
    return bare if neutral(bare) == value else value


@transaction.atomic
def apply(codec: Codec, actor: Actor, *, owner: Any, data: bytes) -> Plan:
    """Do what the file says; nothing when one row is wrong."""
    held = owner.__class__.objects.select_for_update(no_key=True)
    held.get(pk=owner.pk)
    plan = look(codec, owner=owner, data=data)
    if plan.errors:
        return plan
    for wish in [*plan.created, *plan.changed]:
        for name, value in wish.values.items():
            setattr(wish.obj, name, value)
    try:
        with transaction.atomic():
            codec.write(actor, owner, plan)
    except ValidationError as error:
        reason = " ".join(error.messages).replace("%", "%%")
        return Plan(errors=[RowError(0, "", reason)])
    return plan


def truth(row: Row, column: str) -> bool | RowError:
    """Return yes or no of a cell, in the languages of the console."""
    text = row.values.get(column, "").lower()
    if text in YES:
        return True
    if text in NO:
        return False
    return RowError(row.number, column, gettext_noop("Write yes or no."))


def choice(row: Row, column: str, known: type[models.TextChoices]) -> str | RowError:
    """Return one of the values of `known`."""
    text = row.values.get(column, "").lower()
    if text in known.values:
        return text
    mend = gettext_noop("Use one of these: %(known)s.")
    params = {"known": ", ".join(known.values)}
    wrong = gettext_noop("There is no such value.")
    return RowError(row.number, column, wrong, mend, params)


def log_each(
    actor: Actor, customer: Customer, plan: Plan, noun: str, fields: list[str], key: str
) -> None:
    """Write one audit entry per object, as single saves would, in one statement."""
    entries = []
    for wish in [*plan.created, *plan.changed]:
        verb = f"{noun}.{'created' if wish.is_new else 'saved'}"
        entries.append(
            audit.entry(
                actor,
                verb,
                wish.obj,
                key=str(getattr(wish.obj, key)),
                customer=customer,
                before=wish.before,
                after=audit.snapshot(wish.obj, fields),
            )
        )
    AuditEntry.objects.bulk_create(entries, batch_size=500)
