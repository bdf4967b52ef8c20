"""The virtual environment `.venv`, installed from the lock files by hash."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from embedded import debian, shell
from embedded.paths import PROJECT, VENV
from embedded.say import Refusal
from embedded.stamps import Stamp, digest

OLDEST = (3, 11)
# dev.in includes base.in and build.in, so "test" is all of "demo" and more.
PROFILES = {"demo": ("base", "build"), "test": ("dev",)}
_COVERS = {"demo": ("demo",), "test": ("demo", "test")}
_PYTHON = VENV / "bin" / "python"


def lock_files(profile: str) -> list[Path]:
    """The lock files of one profile."""
    names = PROFILES[profile]
    return [PROJECT / "requirements" / f"{name}.txt" for name in names]


def _digest(profile: str) -> str:
    return digest(lock_files(profile), extra=f"{sys.version_info[:2]}")


def _stamp(profile: str) -> Stamp:
    return Stamp(f"pbx-{profile}", VENV)


def packages() -> list[str]:
    """Debian's part of Python that a bare machine lacks."""
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    absent = subprocess.run(probe, capture_output=True).returncode != 0
    return ["python3-venv"] if absent and not _PYTHON.exists() else []


def ensure(profile: str) -> None:
    """Make `.venv` hold what the lock files of `profile` say."""
    if _PYTHON.exists() and _stamp(profile).holds(_digest(profile)):
        return
    _check_version()
    _create()
    _install(profile)
    for covered in _COVERS[profile]:
        _stamp(covered).set(_digest(covered))


def _check_version() -> None:
    if sys.version_info < OLDEST:
        raise Refusal(
            f"Python 3.11 or newer is needed and this is {sys.version.split()[0]}; "
            "use Debian 12 or 13."
        )


def _works() -> bool:
    if not _PYTHON.exists():
        return False
    return bool(shell.output([str(_PYTHON), "-m", "pip", "--version"]))


def _create() -> None:
    if _works():
        return
    debian.install(packages(), why="the Python environment")
    if VENV.exists() and not _PYTHON.exists():
        shutil.rmtree(VENV)
    shell.run(
        [sys.executable, "-m", "venv", str(VENV)],
        title="Making the Python environment (.venv)",
        refusal="the Python environment could not be made; remove .venv and start again",
    )


def _install(profile: str) -> None:
    files = [part for path in lock_files(profile) for part in ("-r", str(path))]
    shell.run(
        [
            *(str(_PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps"),
            *("--disable-pip-version-check", "--progress-bar", "off", *files),
        ],
        title=f"Installing the Python packages ({' and '.join(PROFILES[profile])})",
        refusal="pip could not install the Python packages; check the network and pip's "
        "own settings",
        env={"PIP_ROOT_USER_ACTION": "ignore"},
    )
