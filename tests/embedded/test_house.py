"""The whole house as `make up` runs it: start, answer, mend itself, stop, start again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from embedded import state, waiting
from embedded.house import demo_file
from embedded.paths import PROJECT, Instance
from embedded.processes import CONSOLE
from embedded.session import forget_data

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]
INSTANCE = Instance("test-house")


def embedded(command: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "embedded", command, "--instance", INSTANCE.name]
    environ = {**os.environ, "PBX_DEMO_HISTORY_DAYS": "1"}
    # A test's own settings of Django are not the house's.
    environ.pop("PBX_DB_LOGIN", None)
    return subprocess.run(
        line, cwd=PROJECT, env=environ, capture_output=True, text=True
    )


@pytest.fixture
def house() -> Iterator[dict[str, Any]]:
    embedded("down")
    forget_data(INSTANCE)
    done = embedded("up")
    assert done.returncode == 0, done.stdout + done.stderr
    yield world()
    embedded("down")


def world() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(demo_file(INSTANCE).read_text("utf-8"))
    return loaded


def page(brand: str) -> str:
    """The brand's first page; not every resolver knows `*.localhost`, so by address."""
    host, base = world()["hosts"][brand], world()["base_url"]
    request = urllib.request.Request(f"{base}sign-in/", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=20) as answer:
        text: str = answer.read().decode()
    return text


@pytest.mark.timeout(600)
def test_it_starts_answers_mends_itself_and_keeps_its_data(
    house: dict[str, Any],
) -> None:
    names = {process.name for process in CONSOLE}
    names |= {"postgres", "redis", "asterisk", "catcher"}
    assert set(state.load(INSTANCE).processes) == names
    for brand in ("nordbel", "zuidlijn"):
        assert brand.title() in page(brand)
    assert all(user["password"] for user in house["users"])

    worker = state.load(INSTANCE).processes["worker"]
    os.kill(worker.pid, signal.SIGKILL)
    assert waiting.until(
        lambda: state.load(INSTANCE).processes["worker"] != worker, seconds=30
    )

    assert embedded("down").returncode == 0
    again = embedded("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Loading the demo" not in again.stdout
    assert world()["users"] == house["users"]
    assert "Nordbel" in page("nordbel")
    assert embedded("status").returncode == 0
