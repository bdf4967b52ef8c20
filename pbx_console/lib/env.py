"""Settings from the environment, twelve-factor, loud when something is missing.

Every variable `X` may be given as `X_FILE`, the path of a file that holds the value
(container secrets).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class MissingSetting(SystemExit):
    """A setting without which the process must not start."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable, the content of its `_FILE`, or the default."""
    value = os.environ.get(name)
    if value is None and (path := os.environ.get(f"{name}_FILE")):
        value = _content(name, path)
    value = default if value is None else value
    if value is None:
        raise MissingSetting(
            f"{name} is not set. Set it (or {name}_FILE) in the environment; "
            "`make demo` makes all settings by itself."
        )
    return value


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise MissingSetting(f"{name}_FILE cannot be read: {error}") from error


def integer(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise MissingSetting(f"{name} must be a whole number, not {value!r}.") from None


def boolean(name: str, *, default: bool) -> bool:
    """Return the variable as yes or no: 1, true, yes, on count as yes."""
    value = text(name, "1" if default else "0").strip().lower()
    return value in {"1", "true", "yes", "on"}


def listing(name: str) -> list[str]:
    """Return the variable as a list; commas or spaces stand between its entries."""
    return text(name, "").replace(",", " ").split()


def database(name: str) -> dict[str, Any]:
    """Return Django's connection parts of a `postgresql://user:pw@host:port/db` URL."""
    parts = urlsplit(text(name))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise MissingSetting(f"{name} must be a postgresql:// address.")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def mapping(name: str) -> dict[str, Any]:
    """Return the variable as a JSON object; empty when it is not set."""
    try:
        value = json.loads(text(name, "{}") or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise MissingSetting(f"{name} must be a JSON object, such as {{}}.")
    return value


def smtp(name: str) -> dict[str, Any]:
    """Return the parts of `smtp://user:pw@host:port`; an empty host when it is not set.

    `smtp` asks for STARTTLS (port 587), `smtps` speaks TLS from the start (465), and
    `smtp+plain` does neither (25): for a server on this machine only.
    """
    parts = urlsplit(text(name, ""))
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25, "": 25}
    try:
        port = parts.port or ports[parts.scheme]
    except (KeyError, ValueError):
        raise MissingSetting(
            f"{name} must be smtp://user:password@host:port."
        ) from None
    return {
        "host": parts.hostname or "",
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "starttls": parts.scheme == "smtp",
        "tls": parts.scheme == "smtps",
    }
