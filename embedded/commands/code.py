"""`code`: the one-time code of a demo account, as an authenticator app shows it."""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import struct
import time

from embedded import house, say
from embedded.paths import Instance
from embedded.say import Refusal

STEP = 30
DIGITS = 6


def totp(secret: str, at: float) -> str:
    """RFC 6238 with SHA-1, 30 s and six digits; `secret` is base32."""
    padded = secret + "=" * (-len(secret) % 8)
    counter = struct.pack(">Q", int(at) // STEP)
    digest = hmac.new(base64.b32decode(padded), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def run(arguments: argparse.Namespace) -> int:
    """Print the code of each named account, or of every account that has one."""
    path = house.demo_file(Instance(arguments.instance))
    if not path.exists():
        raise Refusal(f"{path} is not there; run `make up` first.")
    users = json.loads(path.read_text("utf-8"))["users"]
    wanted = [user for user in users if user["totp_secret"] and _named(user, arguments)]
    if not wanted:
        raise Refusal("No demo account of that address has a second factor.")
    for user in wanted:
        say.line(f"{totp(user['totp_secret'], time.time())}  {user['email']}")
    return 0


def _named(user: dict[str, str], arguments: argparse.Namespace) -> bool:
    return not arguments.rest or user["email"] in arguments.rest
