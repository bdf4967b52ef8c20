"""Putting a directory in another's place without a moment in which there is none."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_HERE = -100  # AT_FDCWD: paths are as they stand
_EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h


def put(fresh: Path, target: Path) -> None:
    """Let `fresh` be `target`; what was there lies at `fresh` afterwards, if anything.

    Raises OSError where the two are on different file systems.
    """
    if not target.exists():
        fresh.rename(target)
        return
    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(fresh), os.fsencode(target)
    if library.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(target))
