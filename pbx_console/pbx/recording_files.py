"""Where recordings are kept: below `settings.RECORDINGS_DIR`, which nothing serves.

Files and folders are the console's own and nobody else's; names are random.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

ENDING = ".mp3"
CONTENT_TYPE = "audio/mpeg"


def path_of(code: str, key: UUID) -> Path:
    """Return the file of a customer's recording."""
    return Path(settings.RECORDINGS_DIR, code, f"{key}{ENDING}")


def keep(code: str, key: UUID, data: bytes) -> None:
    """Write a recording so that nobody ever reads half of it, and only we read it."""
    path = path_of(code, key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def part(path: Path, first: int, last: int) -> Iterator[bytes]:
    """Return the bytes `first` to `last` of a file, both included, in pieces."""
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(left, 1 << 16))):
            left -= len(piece)
            yield piece
