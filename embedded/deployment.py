"""`deploy/secrets/`: one file per secret of docker-compose.yml, never in git."""

from __future__ import annotations

import secrets

from embedded import passwords
from embedded.paths import PROJECT
from embedded.say import Refusal

SECRETS = PROJECT / "deploy" / "secrets"
_PASSWORDS = ("superuser", "owner", "console", "asterisk", "redis")


def contents() -> dict[str, str]:
    """Every file with a fresh content; addresses carry the passwords they need."""
    word = {name: secrets.token_urlsafe(32) for name in _PASSWORDS}
    return {
        "secret_key": secrets.token_urlsafe(48),
        "field_key": passwords.field_key(),
        **{f"{name}_password": value for name, value in word.items()},
        "database_url": _database("console", word["console"]),
        "database_owner_url": _database("owner", word["owner"]),
        "redis_url": f"redis://default:{word['redis']}@redis:6379/0",
        "ami_reader_secret": secrets.token_urlsafe(32),
        "ami_writer_secret": secrets.token_urlsafe(32),
    }


def _database(role: str, password: str) -> str:
    return f"postgresql://pbx_{role}:{password}@postgres:5432/pbx"


def make_secrets() -> list[str]:
    """Write them all, or nothing when they are there; returns the names written.

    Addresses and passwords belong together, so a partial set is refused.
    """
    SECRETS.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = contents()
    there = [name for name in fresh if (SECRETS / name).exists()]
    if there and len(there) < len(fresh):
        absent = sorted(set(fresh) - set(there))
        raise Refusal(
            f"deploy/secrets lacks {', '.join(absent)}; restore them, or move the "
            "directory away to get a new set (and change the database's passwords)."
        )
    if there:
        return []
    for name, value in fresh.items():
        # Readable in the containers, whose users are not ours; the directory is not
        # open to anybody else here.
        (SECRETS / name).write_text(value + "\n")
        (SECRETS / name).chmod(0o644)
    return sorted(fresh)
