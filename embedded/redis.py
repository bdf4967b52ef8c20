"""A private Redis: loopback, with a password, nothing written to disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from embedded import waiting
from embedded.account import account
from embedded.environment import LOOPBACK, Settings
from embedded.say import Refusal
from embedded.service import Service

PACKAGES = ("redis-server",)


def program() -> str | None:
    """The server's path."""
    return shutil.which("redis-server")


def service(settings: Settings) -> Service:
    """The server; its settings come by standard input, so the password is in no file."""
    found = program()
    if found is None:
        raise Refusal(
            "Redis is not installed; run `apt-get install redis-server` as root, "
            "or set REDIS_URL."
        )
    return Service(
        name="redis",
        command=[found, "-"],
        stdin=_configuration(settings),
        env={"PATH": os.environ.get("PATH", "")},
        account=account("redis", "nobody"),
        cwd=Path("/"),
        ready=lambda: _answers(settings),
    )


def _configuration(settings: Settings) -> str:
    lines = {
        "bind": LOOPBACK,
        "port": settings.ports["redis"],
        "requirepass": settings.secrets["redis_password"],
        "save": '""',
        "appendonly": "no",
        "dir": "/",
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def _answers(settings: Settings) -> bool:
    login = f"AUTH {settings.secrets['redis_password']}\r\nPING\r\n".encode()
    return waiting.ask(LOOPBACK, settings.ports["redis"], login, expect=b"+PONG")
