"""kill -9, cut connections, two at once: nothing billed twice, nothing never.

Every scenario gets a new database and runs as a program (`tests.faults.scenarios`), since
what is killed must be a process and what it wrote must be committed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import schema
from tests.conftest import owner_connection

pytestmark = pytest.mark.slow
Run = Callable[[str], dict[str, Any]]


def at_database(url: str, name: str) -> str:
    """Return the address with another database."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Run:
    """Return a function: scenario name -> its result, on a database of its own."""
    name = f"{urlsplit(os.environ['DATABASE_URL']).path[1:]}_faults"
    env = {**os.environ, "PBX_LOG_LEVEL": "ERROR"}
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        env[variable] = at_database(os.environ[variable], name)

    def scenario(which: str) -> dict[str, Any]:
        with owner_connection(dbname="postgres") as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}"')
            request.addfinalizer(lambda: drop(name))
        schema.migrate(env)
        seed = str(random.randrange(10**6))
        command = [sys.executable, "-m", "tests.faults.scenarios", which]
        command += ["--seed", seed, "--folder", str(tmp_path)]
        sys.stdout.write(f"repeat with: {command}\n")
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        sys.stdout.write(f"{result}\n")
        return result

    return scenario


def drop(name: str) -> None:
    with owner_connection(dbname="postgres") as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.mark.parametrize("scenario", ["kill_loop", "two_followers", "cut_connections"])
def test_it_counts_every_call_once_however_the_follower_dies(
    run: Run, scenario: str
) -> None:
    found = run(scenario)
    calls = found["wanted"]
    assert found["rated"] == found["legs"] == calls
    assert found["events"] == found["counted"] == 6 * calls
    assert found["charges"] == 2 * calls
    assert found["amount"] == found["rolled_up"] == calls * (6_000 + 9_000)
    assert (found["bad"], found["differences"]) == (0, 0)


def test_it_seals_the_same_files_however_often_it_is_killed(run: Run) -> None:
    found = run("killed_exports")
    assert found["kills"] > 20
    assert (found["exports"], found["faults"]) == (15, [])
    assert found["same_bytes"]
    assert found["parts_left"] == []
    assert found["rows"] == found["charges"] == found["exported"] == 15 * 20 * 2
    assert found["amount"] == found["sum_of_files"]
