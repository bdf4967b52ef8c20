"""Generated passwords, one file each, mode 0600, made once per instance."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

NAMES = (
    "secret_key",
    "superuser_password",
    "owner_password",
    "console_password",
    "asterisk_password",
    "redis_password",
    "ami_reader_secret",
    "ami_writer_secret",
)


def ensure(directory: Path) -> dict[str, str]:
    """All secrets by name; the missing ones are made now."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    found = {name: _keep(directory / name, secrets.token_urlsafe(32)) for name in NAMES}
    return found | {"field_key": _keep(directory / "field_key", field_key())}


def field_key() -> str:
    """32 random bytes, urlsafe base64 with padding."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _keep(path: Path, fresh: str) -> str:
    if path.exists() and (kept := path.read_text().strip()):
        return kept
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(fresh + "\n")
    return fresh
