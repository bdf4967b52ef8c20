"""CSV in and out (RFC 4180). One strict reader, two writers that are never mixed.

*Machine* files go to programs: the values as they are, lines end with CR LF.
*Spreadsheet* files are opened by people: a text that a spreadsheet would run as a formula
gets an apostrophe in front (OWASP "CSV Injection"), and a byte order mark tells Excel
that it is UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pbx_console.lib.texts import gettext_noop

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 200_000
MAX_FIELD: Final = 1_000

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SEPARATORS: Final = ";,\t"
BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one place of a file, and how to mend it.

    `row` counts as people see it: the header is row 1; 0 is the file itself. `column` is
    a column's name or empty when the whole row or file is meant. `reason` and `mend` are
    English message ids with `params` to fill in.
    """

    row: int
    column: str
    reason: str
    mend: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def texts(self, translate: Callable[[str], str] = str) -> tuple[str, str]:
        """Return reason and mend with their values, translated by e.g. gettext."""
        reason = translate(self.reason) % self.params
        return reason, translate(self.mend) % self.params if self.mend else ""

    def __str__(self) -> str:
        where = f"Row {self.row}" if self.row else "File"
        column = f", column {self.column}" if self.column else ""
        return f"{where}{column}: {' '.join(self.texts())}".rstrip()


class CsvError(ValueError):
    """A file that cannot be read as a table. `error` says where and why."""

    def __init__(self, error: RowError) -> None:
        """Keep the place and the reason."""
        super().__init__(str(error))
        self.error = error


_SAVE_AS_UTF8: Final = gettext_noop("In Excel choose “Save as: CSV UTF-8”.")
_SPLIT: Final = gettext_noop("Split it into several files.")
_KNOWN: Final = gettext_noop("The columns are %(known)s.")


def _file_error(reason: str, mend: str, **params: object) -> CsvError:
    return CsvError(RowError(0, "", reason, mend, params))


def decode(data: bytes, *, max_bytes: int = MAX_BYTES) -> str:
    """Return a file's text. UTF-8 only, with or without byte order mark.

    Raises CsvError for another encoding, a NUL byte or a file that is too large.
    """
    if len(data) > max_bytes:
        limit = max_bytes // 1024 // 1024
        too_large = gettext_noop("The file is larger than %(limit)s MB.")
        raise _file_error(too_large, _SPLIT, limit=limit)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        reason = gettext_noop("There is a letter that is not UTF-8.")
        raise CsvError(RowError(row, "", reason, _SAVE_AS_UTF8)) from error
    if "\0" in text:
        no_csv = gettext_noop("The file contains NUL bytes; it is not a CSV file.")
        raise _file_error(no_csv, _SAVE_AS_UTF8)
    return text


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its row number and its values by column name, stripped."""

    number: int
    values: Mapping[str, str]


def read(
    text: str, *, columns: Sequence[str], required: Sequence[str]
) -> Iterator[Row | RowError]:
    """Yield a Row or a RowError for each record below the header.

    The separator (semicolon, comma or tab) is taken from the header. Column names are
    compared in lower case; order is free; blank lines are skipped. A record's row number
    is that of its first line. Raises CsvError if the header is not usable.
    """
    text = text.removeprefix(BOM)
    header_line = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_separator(header_line), strict=True
    )
    header = _header(_records(reader), columns, required)
    for count, (number, record) in enumerate(_records(reader)):
        if count >= MAX_ROWS:
            too_many = gettext_noop("The file has more than %(limit)s rows.")
            raise _file_error(too_many, _SPLIT, limit=MAX_ROWS)
        yield _row(number, record, header)


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, values); a quoting error ends the file with a CsvError."""
    while True:
        number = reader.line_num + 1  # type: ignore[attr-defined]  # a csv reader
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = gettext_noop("This row cannot be read (%(error)s).")
            mend = gettext_noop("Check the double quotes in this row.")
            raise CsvError(
                RowError(number, "", reason, mend, {"error": error})
            ) from error
        if any(value.strip() for value in record):
            yield number, record


def _header(
    records: Iterator[tuple[int, list[str]]],
    columns: Sequence[str],
    required: Sequence[str],
) -> list[str]:
    first = next(records, None)
    if first is None:
        raise _file_error(
            gettext_noop("The file is empty."), _KNOWN, known=", ".join(columns)
        )
    names = [name.strip().lower() for name in first[1]]
    _refuse_header(names, columns, required)
    return names


def _refuse_header(
    names: list[str], columns: Sequence[str], required: Sequence[str]
) -> None:
    known = {"known": ", ".join(columns)}
    unknown = gettext_noop("There is no such column.")
    twice = gettext_noop("This column stands there twice. Remove one.")
    missing = gettext_noop("This column is missing.")
    for name in names:
        if name not in columns:
            raise CsvError(RowError(1, name[:40], unknown, _KNOWN, known))
        if names.count(name) > 1:
            raise CsvError(RowError(1, name, twice))
    for name in required:
        if name not in names:
            raise CsvError(RowError(1, name, missing, _KNOWN, known))


def _row(number: int, record: list[str], header: list[str]) -> Row | RowError:
    if len(record) != len(header):
        return RowError(
            number,
            "",
            gettext_noop("The row has %(found)s values, the header has %(wanted)s."),
            gettext_noop("Put texts that contain the separator in double quotes."),
            {"found": len(record), "wanted": len(header)},
        )
    for name, value in zip(header, record, strict=True):
        if len(value) > MAX_FIELD:
            too_long = gettext_noop("The value is longer than %(limit)s letters.")
            return RowError(number, name, too_long, "", {"limit": MAX_FIELD})
    values = {n: v.strip() for n, v in zip(header, record, strict=True)}
    return Row(number, values)


Value = str | int


def machine_line(values: Iterable[Value]) -> str:
    """Return one record for a program, values untouched, ended by CR LF."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()


def spreadsheet_line(values: Iterable[Value], *, separator: str = ";") -> str:
    """Return one record for a person's spreadsheet, formulas neutralised."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    writer.writerow([neutral(value) for value in values])
    return buffer.getvalue()


def neutral(value: Value) -> Value:
    """Return a text that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
