"""docs/feature-tests.md names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"((?:tests/\w+/)?test_\w+\.py)?(?:::(test_\w+))?")


def test_every_named_test_is_there() -> None:
    named, missing = 0, []
    for line in (PROJECT / "docs" / "feature-tests.md").read_text().splitlines():
        path = Path()
        for file, test in NAMED.findall(line):
            if file:
                path = PROJECT / (file if "/" in file else f"tests/asterisk/{file}")
                named += 1
            text = path.read_text() if path.is_file() else ""
            if (file or test) and f"def {test}" not in text:
                missing.append(f"{path.name}::{test}")
    assert named > 60
    assert missing == []
