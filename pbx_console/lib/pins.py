"""PINs that people type on a phone: a few digits, kept as a salted digest.

PostgreSQL computes the same (`asterisk.pin_digest`, pbx migration 0008), because the
dialplan's function compares. What keeps a guesser out is the lock after a few wrong tries;
the rounds only make a stolen table slow to read.
"""

from __future__ import annotations

import hashlib
import secrets

ROUNDS = 2000


def digest(pin: str, salt: str) -> str:
    """Return SHA-256 over salt and PIN, `ROUNDS` times, as hex."""
    salted = salt.encode()
    value = salted + pin.encode()
    for _round in range(ROUNDS):
        value = hashlib.sha256(value + salted).digest()
    return value.hex()


def keep(pin: str) -> str:
    """Return what is stored of a PIN: `<salt>$<digest>`; empty stays empty."""
    salt = secrets.token_hex(8)
    return f"{salt}${digest(pin, salt)}" if pin else ""
