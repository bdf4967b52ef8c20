"""Reading a price list from CSV: every value checked, every error placed. No database.

The columns are those of `COLUMNS`; `prefix`, `name` and `per_minute` are required. Dates
are days in the list's time zone (`2026-12-31` or `31.12.2026`): valid from their first
moment, until their last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from pbx_console.lib import csv
from pbx_console.lib.csv import RowError
from pbx_console.lib.money import MoneyError, parse_micro
from pbx_console.lib.texts import Explained, gettext_noop

COLUMNS: Final = [
    *("prefix", "name", "class", "per_minute", "off_peak_per_minute", "setup"),
    *("minimum", "first_increment", "next_increment", "valid_from", "valid_until"),
]
REQUIRED: Final = ["prefix", "name", "per_minute"]
MAX_ERRORS: Final = 100
MAX_INCREMENT_S: Final = 3600

T = TypeVar("T")
_PREFIX: Final = re.compile(r"[1-9][0-9]{0,14}")
_DATES: Final = (
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), (0, 1, 2)),
    (re.compile(r"(\d{2})\.(\d{2})\.(\d{4})"), (2, 1, 0)),
)


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A checked row. `valid_from` is None where the file leaves it open."""

    number: int
    prefix: str
    name: str
    destination_class: str
    per_minute_micro: int
    off_peak_per_minute_micro: int | None
    setup_micro: int
    minimum_micro: int
    first_increment: int
    next_increment: int
    valid_from: datetime | None
    valid_until: datetime | None

    @property
    def terms(self) -> tuple[object, ...]:
        """Return everything but the place in the file, the key and the start."""
        return (
            self.name,
            self.destination_class,
            self.per_minute_micro,
            self.off_peak_per_minute_micro,
            self.setup_micro,
            self.minimum_micro,
            self.first_increment,
            self.next_increment,
            self.valid_until,
        )


def parse(text: str, zone: ZoneInfo) -> tuple[list[PriceRow], list[RowError]]:
    """Return all rows and all errors (at most `MAX_ERRORS`); with an error use no row."""
    rows: list[PriceRow] = []
    errors: list[RowError] = []
    seen: dict[tuple[str, datetime | None], int] = {}
    try:
        for item in csv.read(text, columns=COLUMNS, required=REQUIRED):
            found = item if isinstance(item, RowError) else _row(item, zone)
            if isinstance(found, PriceRow):
                found = _unless_seen(found, seen)
            _sort_in(found, rows, errors)
            if len(errors) >= MAX_ERRORS:
                break
    except csv.CsvError as error:
        errors.append(error.error)
    if not rows and not errors:
        errors.append(RowError(0, "", gettext_noop("The file has no prices.")))
    return rows, errors


def _sort_in(
    found: PriceRow | RowError | list[RowError],
    rows: list[PriceRow],
    errors: list[RowError],
) -> None:
    if isinstance(found, PriceRow):
        rows.append(found)
    else:
        errors.extend(found if isinstance(found, list) else [found])


def _unless_seen(
    row: PriceRow, seen: dict[tuple[str, datetime | None], int]
) -> PriceRow | RowError:
    first = seen.setdefault((row.prefix, row.valid_from), row.number)
    if first == row.number:
        return row
    return RowError(
        row.number,
        "prefix",
        gettext_noop(
            "The prefix %(prefix)s with this start is already in row %(row)s."
        ),
        gettext_noop("Remove one of the two, or give them different starts."),
        {"prefix": row.prefix, "row": first},
    )


def _row(row: csv.Row, zone: ZoneInfo) -> PriceRow | list[RowError]:
    """Check one record; every wrong value of it is reported, not only the first."""
    reader = _Values(row)
    found = PriceRow(
        row.number,
        reader.take("prefix", _prefix),
        reader.take("name", _name),
        reader.take("class", _class),
        reader.take("per_minute", _amount),
        reader.take("off_peak_per_minute", _optional_amount),
        reader.take("setup", _amount_or_zero),
        reader.take("minimum", _amount_or_zero),
        reader.take("first_increment", _increment),
        reader.take("next_increment", _increment),
        reader.take("valid_from", lambda text: _day(text, zone)),
        reader.take("valid_until", lambda text: _day(text, zone, after=1)),
    )
    if reader.errors:
        return reader.errors
    if found.valid_from and found.valid_until and found.valid_until <= found.valid_from:
        reason = gettext_noop("The price ends before it begins.")
        return [RowError(row.number, "valid_until", reason)]
    return found


class _Values:
    """Takes values out of a record and collects what is wrong with them."""

    def __init__(self, row: csv.Row) -> None:
        self.row = row
        self.errors: list[RowError] = []

    def take(self, column: str, convert: Callable[[str], T]) -> T:
        try:
            return convert(self.row.values.get(column, ""))
        except Explained as error:
            place = (self.row.number, column)
            self.errors.append(RowError(*place, error.reason, "", error.params))
        return None  # type: ignore[return-value]  # the row is refused anyway


def _prefix(text: str) -> str:
    digits = text.replace(" ", "").removeprefix("+")
    if not _PREFIX.fullmatch(digits):
        raise Explained(
            gettext_noop(
                "“%(text)s” is not a prefix. Write the country code and the digits that"
                " follow, without 00, as in 4930; at most 15 digits."
            ),
            text=text[:30],
        )
    return digits


def _name(text: str) -> str:
    if not text or len(text) > 80 or not text.isprintable():
        raise Explained(
            gettext_noop("Write the destination's name, at most 80 letters.")
        )
    return text


def _class(text: str) -> str:
    if len(text) > 40 or not text.isprintable():
        raise Explained(gettext_noop("A class has at most 40 printable letters."))
    return text


def _amount(text: str) -> int:
    micro = parse_micro(text)
    if micro < 0:
        raise MoneyError(gettext_noop("A price is never negative."))
    return micro


def _optional_amount(text: str) -> int | None:
    return _amount(text) if text else None


def _amount_or_zero(text: str) -> int:
    return _amount(text) if text else 0


def _increment(text: str) -> int:
    if not text:
        return 60
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MAX_INCREMENT_S:
        raise Explained(
            gettext_noop("“%(text)s” is not a number of seconds from 1 to 3600."),
            text=text[:30],
        )
    return int(text)


def _day(text: str, zone: ZoneInfo, *, after: int = 0) -> datetime | None:
    """Return the first moment of the day, or of the one `after` days later, as UTC."""
    if not text:
        return None
    for form, (year, month, day) in _DATES:
        if (match := form.fullmatch(text)) is not None:
            parts = [int(part) for part in match.groups()]
            found = _date(parts[year], parts[month], parts[day], text)
            later = found + timedelta(days=after)
            return datetime(later.year, later.month, later.day, tzinfo=zone)
    raise Explained(_NO_DAY, text=text[:30])


_NO_DAY: Final = gettext_noop("“%(text)s” is not a day such as 2026-12-31.")


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        if not 2000 <= year <= 2199:
            raise ValueError
        return date(year, month, day)
    except ValueError as error:
        raise Explained(_NO_DAY, text=text[:30]) from error


def template() -> Iterator[str]:
    """Yield the lines of an example file."""
    yield csv.machine_line(COLUMNS)
    example = (
        "49",
        "Germany",
        "national",
        "0.0090",
        "",
        "",
        "",
        60,
        1,
        "2026-01-01",
        "",
    )
    yield csv.machine_line(example)
