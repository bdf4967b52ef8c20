"""How much lies on the disk for each customer: messages, and whatever else is added here.

Every room that keeps files of customers has one directory with a folder per customer,
named by its code. Sizes are remembered for a minute, because pages ask often and a
reseller has many customers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.cache import cache

FOLDERS: Final = ["VOICEMAIL_DIR", "RECORDINGS_DIR"]
"""Settings that name such directories; one that does not exist counts nothing."""
REMEMBERED: Final = 60  # seconds


def total(codes: Iterable[str]) -> int:
    """Return the bytes of all files of these customers."""
    keys = {_key(code): code for code in codes}
    known = cache.get_many(keys)
    fresh = {key: _walked(code) for key, code in keys.items() if key not in known}
    if fresh:
        cache.set_many(fresh, REMEMBERED)
    return sum(known.values()) + sum(fresh.values())


def forget(code: str) -> None:
    """Look at the disk the next time that somebody asks for this customer."""
    cache.delete(_key(code))


def _key(code: str) -> str:
    return f"stored-files:{code}"


def _walked(code: str) -> int:
    tops = [Path(getattr(settings, name, "") or "/nonexistent") for name in FOLDERS]
    return sum(_bytes(top / code) for top in tops)


def _bytes(folder: Path) -> int:
    found = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            try:
                found += os.lstat(os.path.join(place, name)).st_size
            except OSError:  # moved on meanwhile
                continue
    return found
