"""The usage export's published schema, version 1. Pure; documented in docs/usage-export.md.

A change that a reader could notice (a field, its form, its meaning, their order) makes a
new version; the old one stays available.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from pbx_console.lib.money import to_exact

SCHEMA_NAME: Final = "usage"
SCHEMA_VERSION: Final = 1
Value = str | int


class ChargeRow(NamedTuple):
    """A charge as the export reads it; `corrects_…` name the line that it takes back."""

    export_line: int
    kind: str
    corrects_sequence: int | None
    corrects_line: int | None
    late: bool
    level: str
    node: str
    uniqueid: str
    linkedid: str
    customer_code: str
    extension_number: str
    direction: str
    number: str
    answered_at: datetime
    hung_up_at: datetime
    duration_ms: int
    billed_ms: int
    rule: str
    destination: str
    destination_class: str
    prefix: str
    period: str
    per_minute_micro: int | None
    setup_micro: int | None
    minimum_micro: int | None
    first_increment: int | None
    next_increment: int | None
    price_list_name: str
    amount_micro: int
    currency: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What of the file itself the lines need, fixed when the charges were claimed.

    `customers` is `{code: [customer number, name]}` as they were at that moment.
    """

    sequence: int
    zone: ZoneInfo
    customers: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, its type (text, integer, amount) and how it is made."""

    name: str
    type: str
    make: Callable[[ChargeRow, FileFacts], Value]


def _corrects(row: ChargeRow, _file: FileFacts) -> str:
    if row.corrects_sequence is None:
        return ""
    return f"{row.corrects_sequence}-{row.corrects_line}"


def _reference(*parts: str) -> str:
    """Return a short name that says nothing about how much else there is."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(row: ChargeRow, file: FileFacts) -> str:
    return row.hung_up_at.astimezone(file.zone).date().isoformat()


def _amount(micro: int | None) -> str:
    return "" if micro is None else to_exact(micro)


def _increments(row: ChargeRow, _file: FileFacts) -> str:
    if row.first_increment is None:
        return ""
    return f"{row.first_increment}/{row.next_increment}"


FIELDS: Final = [
    Field("line", "integer", lambda r, f: r.export_line),
    Field("id", "text", lambda r, f: f"{f.sequence}-{r.export_line}"),
    Field("kind", "text", lambda r, f: r.kind),
    Field("corrects", "text", _corrects),
    Field("late", "integer", lambda r, f: int(r.late)),
    Field("level", "text", lambda r, f: r.level),
    Field("leg", "text", lambda r, f: _reference(r.node, r.uniqueid)),
    Field("call", "text", lambda r, f: _reference(r.node, r.linkedid)),
    Field("customer", "text", lambda r, f: r.customer_code),
    Field("customer_number", "text", lambda r, f: f.customers[r.customer_code][0]),
    Field("customer_name", "text", lambda r, f: f.customers[r.customer_code][1]),
    Field("extension", "text", lambda r, f: r.extension_number),
    Field("direction", "text", lambda r, f: r.direction),
    Field("number", "text", lambda r, f: r.number.removeprefix("+")),
    Field("day", "text", _day),
    Field("answered_at", "text", lambda r, f: _moment(r.answered_at)),
    Field("ended_at", "text", lambda r, f: _moment(r.hung_up_at)),
    Field("duration_ms", "integer", lambda r, f: r.duration_ms),
    Field("billed_ms", "integer", lambda r, f: r.billed_ms),
    Field("rule", "text", lambda r, f: r.rule),
    Field("destination", "text", lambda r, f: r.destination),
    Field("class", "text", lambda r, f: r.destination_class),
    Field("prefix", "text", lambda r, f: r.prefix),
    Field("period", "text", lambda r, f: r.period),
    Field("per_minute", "amount", lambda r, f: _amount(r.per_minute_micro)),
    Field("setup", "amount", lambda r, f: _amount(r.setup_micro)),
    Field("minimum", "amount", lambda r, f: _amount(r.minimum_micro)),
    Field("increments", "text", _increments),
    Field("price_list", "text", lambda r, f: r.price_list_name),
    Field("amount", "amount", lambda r, f: _amount(r.amount_micro)),
    Field("currency", "text", lambda r, f: r.currency),
]
NAMES: Final = [field.name for field in FIELDS]


def line(row: ChargeRow, file: FileFacts) -> list[Value]:
    """Return the values of one charge in the order of `FIELDS`."""
    return [field.make(row, file) for field in FIELDS]


def as_object(values: list[Value]) -> dict[str, Any]:
    """Return a line for JSON Lines: `late` as a truth, everything else as it is."""
    made: dict[str, Any] = dict(zip(NAMES, values, strict=True))
    made["late"] = bool(made["late"])
    return made
