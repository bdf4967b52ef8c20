from __future__ import annotations

import base64
import stat
from pathlib import Path

from embedded import deployment, passwords


def test_it_makes_secrets_once_and_keeps_them(tmp_path: Path) -> None:
    first = passwords.ensure(tmp_path / "secrets")
    assert passwords.ensure(tmp_path / "secrets") == first
    assert len(set(first.values())) == len(first)


def test_it_lets_nobody_else_read_them(tmp_path: Path) -> None:
    passwords.ensure(tmp_path / "secrets")
    modes = {
        stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()
    }
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_it_makes_a_field_key_of_32_bytes() -> None:
    assert len(base64.urlsafe_b64decode(passwords.field_key())) == 32


def test_it_puts_the_same_passwords_into_addresses_and_files() -> None:
    files = deployment.contents()
    assert files["console_password"] in files["database_url"]
    assert files["owner_password"] in files["database_owner_url"]
    assert files["redis_password"] in files["redis_url"]
