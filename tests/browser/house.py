"""The running console of the browser tests: a real uvicorn on a database of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests import schema
from tests.conftest import owner_connection

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / "pbx_console" / "console" / "static" / "build" / "app.css"


@dataclass(frozen=True)
class House:
    """Where the console is, and who may come in."""

    port: int
    world: Mapping[str, Any]

    def url(self, brand: str, path: str = "/") -> str:
        """Return an address on the host of a brand (or of `platform`)."""
        return f"http://{self.world['hosts'][brand]}:{self.port}{path}"

    def person(self, brand: str, role: str) -> dict[str, str]:
        """Return the login of somebody: email, password, totp_secret."""
        host = self.world["hosts"][brand]
        rows = (
            r for r in self.world["users"] if (r["host"], r["role"]) == (host, role)
        )
        return dict(next(rows))


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def environment(name: str, folder: Path, port: int) -> dict[str, str]:
    """Return this environment with another database and folders of its own."""
    journal, data, static = (folder / x for x in ("journal", "data", "static"))
    for place in (journal, data, static):
        place.mkdir()
    return {
        **os.environ,
        "DATABASE_URL": _renamed(os.environ["DATABASE_URL"], name),
        "DATABASE_OWNER_URL": _renamed(os.environ["DATABASE_OWNER_URL"], name),
        "PBX_JOURNAL_DIR": str(journal),
        "PBX_DATA_DIR": str(data),
        "PBX_STATIC_DIR": str(static),
        "PBX_PUBLIC_SCHEME": "http",
        "PBX_PUBLIC_PORT": str(port),
        "PBX_DEBUG": "0",
    }


def _renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def running(folder: Path) -> Iterator[House]:
    """Make database, world and static files new, and serve them while it lasts."""
    assert BUILT.exists(), "run `npm ci --ignore-scripts && npm run build` first"
    name = urlsplit(os.environ["DATABASE_URL"]).path.strip("/") + "_browser"
    port = free_port()
    env = environment(name, folder, port)
    with owner_connection(dbname="postgres") as owner:
        owner.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        owner.execute(f'CREATE DATABASE "{name}"')
    schema.migrate(env)
    run(env, "manage.py", "collectstatic", "-v0", "--noinput")
    words = ["compilemessages", "-v0", "-l", "de", "-i", ".venv", "-i", "node_modules"]
    run(env, "manage.py", *words)
    world = ["--out", str(folder / "world.json"), "--history-days", "1"]
    run(env, "manage.py", "load_demo", *world)
    text = (folder / "world.json").read_text(encoding="utf-8")
    with serving(env, port, folder / "web.log"):
        yield House(port, json.loads(text))


def run(env: dict[str, str], *arguments: str, **more: str) -> None:
    subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**env, **more}, check=True
    )


@contextmanager
def serving(env: dict[str, str], port: int, log: Path) -> Iterator[None]:
    """Serve the console while it lasts."""
    command = [sys.executable, "-m", "uvicorn", "pbx_console.asgi:application"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-server-header"]
    with log.open("w") as out:
        web = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/health/ready", web, log)
            yield
        finally:
            web.terminate()
            web.wait(timeout=20)


def _wait_for(url: str, web: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert web.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"the console does not answer: {log.read_text()[-2000:]}")
