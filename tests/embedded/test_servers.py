"""The real servers, started and stopped as a developer does it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from embedded import state, waiting
from embedded.environment import known
from embedded.paths import PROJECT, Instance
from embedded.session import forget_data

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]
INSTANCE = Instance("test-embedded")
NAMES = {"postgres", "redis", "asterisk"}


def embedded(command: str, *rest: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "embedded", command, "--instance", INSTANCE.name]
    return subprocess.run([*line, *rest], cwd=PROJECT, capture_output=True, text=True)


@pytest.fixture
def servers() -> Iterator[None]:
    embedded("down")
    forget_data(INSTANCE)
    done = embedded("servers")
    assert done.returncode == 0, done.stdout + done.stderr
    yield
    embedded("down")


def marks() -> dict[str, state.Mark]:
    return state.load(INSTANCE).processes


def answers() -> bool:
    settings = known(INSTANCE)
    with psycopg.connect(settings.database_url("owner")) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    uptime = embedded("cli", "--", "core", "show", "uptime").stdout
    return row == ("pbx_owner",) and "System uptime" in uptime


def test_it_survives_a_killed_supervisor_and_stops_cleanly(servers: None) -> None:
    assert set(marks()) == NAMES
    assert embedded("status").returncode == 0
    assert answers()
    before = marks()
    supervisor = state.load(INSTANCE).supervisor
    assert supervisor is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    assert waiting.until(lambda: not supervisor.alive(), seconds=10)
    assert embedded("status").returncode == 3
    assert any(mark.alive() for mark in before.values())

    again = embedded("servers")

    assert again.returncode == 0, again.stdout + again.stderr
    assert "Ending what an earlier start left running" in again.stdout
    assert not any(mark.alive() for mark in before.values())
    assert answers()
    now = marks()
    assert "stopped" in embedded("down").stdout
    assert not any(mark.alive() for mark in now.values())
    assert "nothing runs" in embedded("down").stdout


def test_it_runs_no_server_as_root_and_listens_on_loopback_only(servers: None) -> None:
    for name, mark in marks().items():
        status = Path(f"/proc/{mark.pid}/status").read_text()
        uid = next(line for line in status.splitlines() if line.startswith("Uid"))
        assert os.geteuid() != 0 or uid.split()[1] != "0", name
    ports = set(known(INSTANCE).ports.values())
    ours = [host for host, port in listening() if port in ports]
    assert ours
    assert set(ours) == {"0100007F"}  # 127.0.0.1, as the kernel writes it


def listening() -> list[tuple[str, int]]:
    """Address and port of every listening TCP socket, IPv4 and IPv6 (proc(5))."""
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    lines = [line for table in tables for line in table.read_text().splitlines()[1:]]
    rows = [line.split() for line in lines]
    places = [row[1].partition(":") for row in rows if row[3] == "0A"]
    return [(host, int(port, 16)) for host, _, port in places]
