"""Writing an export's files so that they are whole or absent, and always the same bytes.

Each file is written under a temporary name, flushed to the disk, hashed while it is
written and renamed. Nothing in them depends on when or how often they are written.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final, Self

import xlsxwriter

from pbx_console.lib import csv
from pbx_console.metering.export_schema import FIELDS, NAMES, Value, as_object

RENDERINGS: Final = ("csv", "jsonl", "xlsx")
XLSX_ROWS: Final = 1_000_000
_PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is on disk, whole."""

    name: str
    bytes: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """Return what manifest and database keep."""
        return {"name": self.name, "bytes": self.bytes, "sha256": self.sha256}


class _Hashed:
    """A binary file that knows the hash and length of what went through it."""

    def __init__(self, handle: IO[bytes]) -> None:
        self.handle = handle
        self.hash = hashlib.sha256()
        self.length = 0

    def write(self, data: bytes) -> None:
        self.handle.write(data)
        self.hash.update(data)
        self.length += len(data)


@contextmanager
def _whole(directory: Path, name: str) -> Iterator[_Hashed]:
    """Write a file: after the block it is there under its name, or not at all."""
    handle, part = tempfile.mkstemp(prefix=f"{name}.", suffix=_PART, dir=directory)
    try:
        with os.fdopen(handle, "wb") as opened:
            yield _Hashed(opened)
            opened.flush()
            os.fsync(opened.fileno())
        os.chmod(part, 0o640)
        os.replace(part, directory / name)
        _sync_directory(directory)
    finally:
        Path(part).unlink(missing_ok=True)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_parts(directory: Path, stem: str) -> None:
    """Remove what a killed run left behind of this export."""
    for part in directory.glob(f"{stem}.*{_PART}"):
        part.unlink(missing_ok=True)


class Writer:
    """Writes all renderings in one pass over the lines."""

    def __init__(self, directory: Path, stem: str, *, made_at: datetime) -> None:
        """Keep where to write; `made_at` stands in the XLSX's properties."""
        self.directory = directory
        self.stem = stem
        self.made_at = made_at
        directory.mkdir(parents=True, exist_ok=True)
        remove_parts(directory, stem)

    def write(self, lines: Iterable[list[Value]]) -> dict[str, Written]:
        """Write CSV, JSON Lines and XLSX; return them by rendering."""
        with (
            tempfile.TemporaryDirectory(dir=self.directory, suffix=_PART) as scratch,
            _whole(self.directory, f"{self.stem}.csv") as machine,
            _whole(self.directory, f"{self.stem}.jsonl") as objects,
        ):
            sheet = _Spreadsheet(Path(scratch), self.made_at)
            machine.write(csv.machine_line(NAMES).encode())
            for values in lines:
                machine.write(csv.machine_line(values).encode())
                objects.write(_json_line(as_object(values)))
                sheet.add(values)
            with _whole(self.directory, f"{self.stem}.xlsx") as book:
                for chunk in sheet.finish():
                    book.write(chunk)
        found = {"csv": machine, "jsonl": objects, "xlsx": book}
        return {
            key: Written(f"{self.stem}.{key}", made.length, made.hash.hexdigest())
            for key, made in found.items()
        }

    def manifest(self, content: dict[str, Any]) -> Written:
        """Write the manifest, last: where it is, everything else is."""
        name = f"{self.stem}.manifest.json"
        with _whole(self.directory, name) as made:
            text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
            made.write(text.encode() + b"\n")
        return Written(name, made.length, made.hash.hexdigest())


def _json_line(content: dict[str, Any]) -> bytes:
    return (
        json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    )


class _Spreadsheet:
    """The rendering for people: numbers as numbers, texts that never run as formulas."""

    def __init__(self, scratch: Path, made_at: datetime) -> None:
        self.path = scratch / "book.xlsx"
        options = {"constant_memory": True, "tmpdir": str(scratch)}
        self.book = xlsxwriter.Workbook(str(self.path), options)
        self.book.set_properties({"created": made_at.replace(tzinfo=None)})
        self.money = self.book.add_format({"num_format": "0.000000"})
        self.bold = self.book.add_format({"bold": True})
        self.rows = 0
        self.sheet: Any = None
        self._new_sheet()

    def _new_sheet(self) -> None:
        self.sheet = self.book.add_worksheet()
        self.sheet.freeze_panes(1, 0)
        for column, name in enumerate(NAMES):
            self.sheet.write_string(0, column, name, self.bold)

    def add(self, values: list[Value]) -> Self:
        if self.rows and self.rows % XLSX_ROWS == 0:
            self._new_sheet()
        row = self.rows % XLSX_ROWS + 1
        for column, (field, value) in enumerate(zip(FIELDS, values, strict=True)):
            self._cell(row, column, field.type, value)
        self.rows += 1
        return self

    def _cell(self, row: int, column: int, kind: str, value: Value) -> None:
        if kind == "integer":
            self.sheet.write_number(row, column, value)
        elif kind == "amount" and value:
            self.sheet.write_number(row, column, Decimal(value), self.money)
        elif value:
            self.sheet.write_string(row, column, csv.neutral(str(value)))

    def finish(self) -> Iterator[bytes]:
        self.book.close()
        with self.path.open("rb") as handle:
            while chunk := handle.read(1 << 20):
                yield chunk


_SAFE_STEM: Final = re.compile(r"[a-z0-9-]+")


def stem(slug: str, day: str, sequence: int, version: int) -> str:
    """Return the files' name without ending: `usage-nordbel-2026-11-20-000017-v1`."""
    name = f"usage-{slug}-{day}-{sequence:06d}-v{version}"
    if not _SAFE_STEM.fullmatch(name):
        raise ValueError(f"{name!r} is no file name")
    return name
