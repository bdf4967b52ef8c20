"""When a session last saw a password, a code or a passkey of its person.

Sensitive acts ask for a proof that is not older than `GOOD_FOR` (OWASP ASVS 5, 7.5.3):
an open screen is not enough to change how somebody signs in.
"""

from __future__ import annotations

import time
from typing import Any

PROVED = "proved_at"
GOOD_FOR = 600  # seconds


def note_proof(request: Any) -> None:
    """Remember that the person has just proved who they are."""
    request.session[PROVED] = int(time.time())


def is_fresh(request: Any) -> bool:
    """Say whether the last proof of this session is young enough."""
    at = request.session.get(PROVED)
    return isinstance(at, int) and 0 <= time.time() - at < GOOD_FOR
