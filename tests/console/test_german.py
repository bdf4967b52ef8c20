"""German is complete: every message id of our code and templates has its translation."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from django.conf import settings

CATALOGUE = Path("pbx_console/locale/de/LC_MESSAGES/django.po")


def test_it_is_complete_and_never_guessed() -> None:
    path = settings.BASE_DIR / CATALOGUE
    for wanted in ("--untranslated", "--only-fuzzy"):
        found = subprocess.run(
            ["msgattrib", wanted, "--no-obsolete", "--no-wrap", str(path)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert [m for m in re.findall(r'^msgid "(.+)"$', found, re.M) if m] == []


def test_it_has_every_message_id_of_the_code(tmp_path: Path) -> None:
    copy = tmp_path / "pbx_console"
    ignored = shutil.ignore_patterns("static", "__pycache__", "*.mo")
    shutil.copytree(settings.BASE_DIR / "pbx_console", copy, ignore=ignored)
    shutil.copy(settings.BASE_DIR / "manage.py", tmp_path)
    before = _ids(copy.parent / CATALOGUE)
    subprocess.run(
        ["python", "../manage.py", "makemessages", "-l", "de", "--no-wrap"],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    assert _ids(copy.parent / CATALOGUE) - before == set()


def _ids(path: Path) -> set[str]:
    return set(re.findall(r'^msgid "(.+)"$', path.read_text("utf-8"), re.M))


def test_it_keeps_the_places_for_values() -> None:
    result = subprocess.run(
        [
            "msgfmt",
            "--check-format",
            "-o",
            "/dev/null",
            str(settings.BASE_DIR / CATALOGUE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
