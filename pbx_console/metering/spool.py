"""The journal's files on disk. No Django, no database.

Asterisk appends to `cel.csv`; rotation renames it to `cel.csv.<anything>` and Asterisk
makes a new one at its next record. A file is recognised by its content, so renaming,
copying, restoring and reusing an inode are all harmless.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pbx_console.asterisk.journal import MAX_RECORD, Item, parse

LIVE_NAME: Final = "cel.csv"
CHUNK: Final = 4 * 1024 * 1024
"""Bytes read at once: about 10,000 records, well under a second of work."""

TAIL: Final = 4096
_HEAD: Final = MAX_RECORD + 4096


@dataclass(frozen=True, slots=True)
class SpoolFile:
    """A file as it was seen: where, how large, when written last."""

    path: Path
    device: int
    inode: int
    size: int
    mtime_ns: int

    @property
    def is_live(self) -> bool:
        """Say whether Asterisk appends to it."""
        return self.path.name == LIVE_NAME


def files(directory: Path) -> list[SpoolFile]:
    """Return the journal's files, rotated ones first (oldest first), the live one last.

    Raises OSError if the directory cannot be read.
    """
    found = list(_seen(directory))
    return sorted(found, key=lambda f: (f.is_live, f.mtime_ns, f.path.name))


def _seen(directory: Path) -> Iterator[SpoolFile]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name == LIVE_NAME or entry.name.startswith(LIVE_NAME + "."):
                with suppress(FileNotFoundError):
                    found = entry.stat()
                    yield SpoolFile(
                        Path(entry.path),
                        found.st_dev,
                        found.st_ino,
                        found.st_size,
                        found.st_mtime_ns,
                    )


class OpenSpool:
    """One open file; what is read comes from the same inode whatever its name becomes."""

    def __init__(self, path: Path) -> None:
        """Open for reading. Raises OSError."""
        self._handle = path.open("rb")

    def __enter__(self) -> OpenSpool:
        return self

    def __exit__(self, *args: object) -> None:
        self._handle.close()

    @property
    def size(self) -> int:
        """Return the bytes in the file now."""
        return os.fstat(self._handle.fileno()).st_size

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`."""
        return os.pread(self._handle.fileno(), length, offset)

    def identity(self, *, final: bool) -> str | None:
        """Return the SHA-256 of the first record; None while there is no whole one."""
        head = self.read(0, _HEAD)
        items, _consumed = parse(head, final=final and len(head) < _HEAD)
        if not items:
            return None
        return hashlib.sha256(head[: items[0].length]).hexdigest()

    def tail(self, offset: int) -> str:
        """Return the SHA-256 of the last bytes before `offset`; empty at the beginning."""
        if offset == 0:
            return ""
        start = max(0, offset - TAIL)
        return hashlib.sha256(self.read(start, offset - start)).hexdigest()

    def records(self, offset: int, *, final: bool) -> tuple[list[Item], int]:
        """Return the next records from `offset` (theirs count from there), bytes taken."""
        data = self.read(offset, CHUNK)
        return parse(data, final=final and offset + len(data) >= self.size)
