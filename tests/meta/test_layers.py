"""The layers hold, and the check that holds them can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A file, the line that breaks a rule, and the rule's name in pyproject.toml.
BREACHES = [
    ("lib/e164.py", "import django", "Pure modules know no Django"),
    (
        "accounts/actor.py",
        "from pbx_console.pbx import projection",
        "Rooms import downwards only",
    ),
    (
        "console/paging.py",
        "from pbx_console.live import routing",
        "Rooms import downwards only",
    ),
    (
        "live/listener.py",
        "import panoramisk",
        "Only the AMI client knows panoramisk",
    ),
    (
        "pbx/services/dids.py",
        "from pbx_console.asterisk.models import PsAor",
        "Only the projection writes realtime rows",
    ),
    (
        "pbx/models/dids.py",
        "from pbx_console.pbx import tasks",
        "Inside a room",
    ),
]


def _check(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package and of its rules."""
    shutil.copytree(
        ROOT / "pbx_console",
        tmp_path / "pbx_console",
        ignore=shutil.ignore_patterns("__pycache__", "build", "*.mo"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold() -> None:
    done = _check(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("file", "line", "rule"), BREACHES)
def test_a_breach_is_caught(house: Path, file: str, line: str, rule: str) -> None:
    path = house / "pbx_console" / file
    path.write_text(path.read_text("utf-8") + f"\n{line}  # noqa\n", encoding="utf-8")
    done = _check(house)
    assert done.returncode == 1
    broken = [row for row in done.stdout.splitlines() if " BROKEN" in row]
    assert any(row.startswith(rule) for row in broken), done.stdout


@pytest.mark.slow
def test_a_new_room_must_be_placed(house: Path) -> None:
    (house / "pbx_console" / "cellar").mkdir()
    (house / "pbx_console" / "cellar" / "__init__.py").touch()
    assert _check(house).returncode == 1
