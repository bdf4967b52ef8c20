"""A step is skipped when nothing that it reads has changed since it last succeeded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from embedded.paths import PROJECT, VAR


def digest(paths: Iterable[Path], *, extra: str = "") -> str:
    """A digest of the names and contents of files; directories are walked."""
    total = hashlib.sha256(extra.encode())
    for path in sorted(_files(paths)):
        total.update(str(path.relative_to(PROJECT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (found for found in path.rglob("*") if found.is_file())
        elif path.exists():
            yield path


class Stamp:
    """The digest of the last success of one step."""

    def __init__(self, name: str, directory: Path = VAR / "stamps") -> None:
        """`name` is the step's."""
        self.path = directory / name

    def holds(self, value: str) -> bool:
        """Did the step succeed with these very inputs?"""
        return self.path.exists() and self.path.read_text() == value

    def set(self, value: str) -> None:
        """The step has succeeded."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(value)
