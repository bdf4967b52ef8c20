from __future__ import annotations

import base64

import pytest

from embedded.commands.code import totp

# RFC 6238, appendix B, SHA-1; the last six of the eight digits there.
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_it_shows_the_code_of_the_authenticator_app(at: int, code: str) -> None:
    assert totp(SECRET, at) == code
