"""The whole house as `make up` starts it: nothing here is of the test process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.asterisk.sipp import free_port
from tests.browser.conftest import ARGUMENTS, SHOTS
from tests.dns import DnsServer

ROOT = Path(__file__).resolve().parents[2]
INSTANCE = "story"
HERE = "--host-resolver-rules=MAP *.example 127.0.0.1"
CARRIER = "127.0.0.2"  # where the demo's trunk leads
OWN = ("PBX_", "DATABASE_", "REDIS_", "DJANGO_")


@dataclass
class Stack:
    """What `make up` printed, as in var/<instance>/demo.json."""

    facts: dict[str, Any]

    def url(self, brand: str, path: str = "/") -> str:
        """The address of a page on a brand's host."""
        return str(self.facts["urls"][brand]).rstrip("/") + path

    def person(self, email: str) -> dict[str, str]:
        """The login of a person."""
        found: dict[str, str] = next(
            u for u in self.facts["users"] if u["email"] == email
        )
        return found

    @property
    def server(self) -> tuple[str, int]:
        """Where telephones register."""
        return self.facts["sip"]["host"], self.facts["sip"]["port"]

    def environment(self) -> dict[str, str]:
        """The variables that its processes run with."""
        lines = Path(self.facts["environment"]).read_text("utf-8").splitlines()
        command = "; ".join([*lines, "env -0"])
        done = subprocess.run(
            ["bash", "-c", command], env=clean(), capture_output=True, check=True
        )
        pairs = [item.partition("=") for item in done.stdout.decode().split("\0")]
        return {key: value for key, _equals, value in pairs if key}


def clean() -> dict[str, str]:
    """This process's environment without the test servers' settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith(OWN)}


def embedded(command: str, **env: str) -> None:
    """Run `python3 -m embedded <command>` for our own instance."""
    call = [sys.executable, "-m", "embedded", command, "--instance", INSTANCE]
    done = subprocess.run(
        call, cwd=ROOT, env=clean() | env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.fixture(scope="session")
def names() -> Iterator[DnsServer]:
    """The DNS that the house asks; a test sets the records."""
    with DnsServer() as server:
        yield server


@pytest.fixture(scope="session")
def stack(names: DnsServer) -> Iterator[Stack]:
    """The running house; a new one, stopped and removed afterwards."""
    home = ROOT / "var" / INSTANCE
    embedded("down")
    shutil.rmtree(home, ignore_errors=True)
    port = free_port(CARRIER)
    embedded(
        "up",
        PBX_DEMO_HISTORY_DAYS="1",
        PBX_DEMO_TRUNK_PORT=str(port),
        PBX_DNS_SERVERS=names.address,
    )
    yield Stack(json.loads((home / "demo.json").read_text("utf-8")))
    embedded("down")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    SHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, HERE]
        )
        yield browser
        browser.close()
