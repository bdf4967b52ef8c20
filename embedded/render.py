"""Asterisk's configuration templates -> its configuration directory.

`asterisk_conf/etc/*.conf` contain `@@NAME@@`. The supervisor renders them for the private
Asterisk, the container image's entry point renders the same files: one set of templates.
A name without a value is an error, and so is a value that would end its line early: a
line break or `;` (which begins a comment there).

    python3 render.py TEMPLATES TARGET      values from the environment (NAME or NAME_FILE)
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

_PLACEHOLDER = re.compile(r"@@([A-Z][A-Z0-9_]*)@@")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f;]")


class RenderError(ValueError):
    """A template names something that has no usable value."""


def text(template: str, values: Mapping[str, str], *, name: str) -> str:
    """Replace every placeholder of one template; `name` is for messages."""
    return _PLACEHOLDER.sub(lambda m: _value(values, m.group(1), name), template)


def _value(values: Mapping[str, str], key: str, name: str) -> str:
    if key not in values:
        raise RenderError(f"{name}: @@{key}@@ has no value; set {key}.")
    if _FORBIDDEN.search(values[key]):
        raise RenderError(f"{name}: the value of {key} contains a line break or `;`.")
    return values[key]


def directory(source: Path, target: Path, values: Mapping[str, str]) -> None:
    """Render every file of `source` into `target`; files that went away go there too.

    Everything is rendered before anything is written, so a mistake changes nothing.
    """
    files = sorted(path for path in source.iterdir() if path.is_file())
    rendered = {
        path.name: text(path.read_text("utf-8"), values, name=path.name)
        for path in files
    }
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.iterdir():
        if stale.is_file() and stale.name not in rendered:
            stale.unlink()
    for name, content in rendered.items():
        _write(target / name, content)


def _write(path: Path, content: str) -> None:
    """Readable by the owner and the group (Asterisk's) only: it holds passwords."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)


class Environment(Mapping[str, str]):
    """The environment, where `NAME_FILE` may name a file with the value."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """`environ` is `os.environ`, or a dictionary in tests."""
        self.environ = environ

    def __getitem__(self, key: str) -> str:
        if key in self.environ:
            return self.environ[key]
        return Path(self.environ[f"{key}_FILE"]).read_text("utf-8").strip()

    def __contains__(self, key: object) -> bool:
        return key in self.environ or f"{key}_FILE" in self.environ

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.environ)

    def __len__(self) -> int:
        return len(self.environ)


def main(arguments: list[str]) -> int:
    """Entry of the container image."""
    source, target = map(Path, arguments)
    try:
        directory(source, target, Environment(os.environ))
    except (RenderError, OSError) as error:
        sys.stderr.write(f"render: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
