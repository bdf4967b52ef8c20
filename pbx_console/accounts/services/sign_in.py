"""Password, second factor, session. HTTP-free but for Django's own login call.

The order is fixed: `check_password` -> `sign_in` (session, not verified) -> `verify_code`
(TOTP or a recovery code) -> verified. Resellers' and platform staff's pages open only for
verified sessions; the middleware asks `Membership.needs_second_factor`.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.db import transaction
from django.http import HttpRequest
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from limits import parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.proof import note_proof

PER_ACCOUNT = parse("10 per 15 minutes")
PER_ADDRESS = parse("50 per 15 minutes")
RECOVERY_CODES = 10


class TooManyTries(Exception):
    """Too many wrong passwords or codes for this account or from this address."""


@cache
def _limiter() -> MovingWindowRateLimiter:
    """Return the limiter that all processes share; one connection pool per process."""
    return MovingWindowRateLimiter(storage_from_string(settings.REDIS_URL))


_spare = MovingWindowRateLimiter(MemoryStorage())


def _count(kind: str, account: str, address: str) -> None:
    """Count one try; raise TooManyTries over the limit. Without Redis each process
    counts by itself, so that an outage never opens the door."""
    try:
        allowed = _hit(_limiter(), kind, account, address)
    except Exception:  # noqa: BLE001 - any storage failure means the spare counter
        allowed = _hit(_spare, kind, account, address)
    if not allowed:
        raise TooManyTries


def _hit(
    limiter: MovingWindowRateLimiter, kind: str, account: str, address: str
) -> bool:
    per_account = limiter.hit(PER_ACCOUNT, kind, "account", account)
    per_address = limiter.hit(PER_ADDRESS, kind, "address", address)
    return per_account and per_address


def check_password(
    request: HttpRequest, *, realm: Reseller | None, email: str, password: str
) -> User | None:
    """Return the person of the realm, None when address or password is wrong.

    Raises TooManyTries. The answer and its time do not tell which accounts exist.
    """
    place = f"{realm.pk if realm else 0}:{email.lower()[:200]}"
    _count("password", place, str(request.META.get("REMOTE_ADDR", "")))
    found: Any = authenticate(request, email=email, password=password, realm=realm)
    return found


def sign_in(request: HttpRequest, user: User) -> None:
    """Open a session (new key) for a person whose password was right."""
    with as_everyone("sign-in"):
        login(request, user, backend="pbx_console.accounts.backends.RealmBackend")
    note_proof(request)
    _note(request, user, "person.signed_in")


def verify_code(request: HttpRequest, user: User, code: str) -> bool:
    """Check a TOTP or recovery code and mark the session verified.

    Raises TooManyTries.
    """
    _count("code", str(user.pk), str(request.META.get("REMOTE_ADDR", "")))
    code = code.replace(" ", "").replace("-", "").lower()
    for device in (*_totp(user), *StaticDevice.objects.filter(user=user)):
        if device.verify_is_allowed()[0] and device.verify_token(code):
            otp_login(request, device)
            note_proof(request)
            return True
    return False


def _totp(user: User) -> list[TOTPDevice]:
    return list(TOTPDevice.objects.filter(user=user, confirmed=True))


def has_second_factor(user: User) -> bool:
    """Say whether a confirmed authenticator exists."""
    return bool(_totp(user))


def begin_totp(user: User) -> TOTPDevice:
    """Return the person's unconfirmed authenticator, a new one if there is none."""
    device, _made = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "totp"}
    )
    return device


def totp_secret(device: TOTPDevice) -> str:
    """Return the secret in base32, as a person types it into an authenticator."""
    return b32encode(device.bin_key).decode().rstrip("=")


def totp_address(device: TOTPDevice, *, issuer: str, account: str) -> str:
    """Return the otpauth:// address for the QR code; the issuer is the brand's name."""
    label = quote(f"{issuer}:{account}")
    query = urlencode({"secret": totp_secret(device), "issuer": issuer})
    return f"otpauth://totp/{label}?{query}"


def confirm_totp(request: HttpRequest, user: User, code: str) -> list[str] | None:
    """Confirm the authenticator with its first code; return new recovery codes.

    None when the code is wrong. Raises TooManyTries.
    """
    _count("code", str(user.pk), str(request.META.get("REMOTE_ADDR", "")))
    device = begin_totp(user)
    if not device.verify_token(code.replace(" ", "")):
        return None
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = _new_recovery_codes(user)
        _note(request, user, "person.second_factor_set")
    otp_login(request, device)
    return codes


def _new_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [secrets.token_hex(5) for _n in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=c) for c in codes)
    return codes


def _note(request: HttpRequest, user: User, verb: str) -> None:
    actor = Actor(user=user, name=user.name, address=request.META.get("REMOTE_ADDR"))
    with as_everyone("sign-in"):
        audit.record(actor, verb, user)
