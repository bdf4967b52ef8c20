"""Password, second factor, session. HTTP-free but for Django's own login call.

The order is fixed: `check_password` -> `sign_in` (session, not verified) -> `verify_code`
(TOTP or a recovery code) -> verified. Resellers' and platform staff's pages open only for
verified sessions; the middleware asks `Membership.needs_second_factor`.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib.auth import authenticate, login
from django.db import transaction
from django.http import HttpRequest
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.proof import note_proof
from pbx_console.accounts.services.sessions import forget_devices
from pbx_console.accounts.services.throttle import TooManyTries, count_try

__all__ = ["TooManyTries"]

RECOVERY_CODES = 10


def check_password(
    request: HttpRequest, *, realm: Reseller | None, email: str, password: str
) -> User | None:
    """Return the person of the realm, None when address or password is wrong.

    Raises TooManyTries. The answer and its time do not tell which accounts exist.
    """
    place = f"{realm.pk if realm else 0}:{email.lower()[:200]}"
    count_try("password", place, request)
    found: Any = authenticate(request, email=email, password=password, realm=realm)
    return found


def sign_in(request: HttpRequest, user: User) -> None:
    """Open a session (new key) for a person whose password was right."""
    with as_everyone("sign-in"):
        login(request, user, backend="pbx_console.accounts.backends.RealmBackend")
    note_proof(request)
    note(request, user, "person.signed_in")


def verify_code(request: HttpRequest, user: User, code: str) -> bool:
    """Check a TOTP or recovery code and mark the session verified.

    Raises TooManyTries.
    """
    count_try("code", str(user.pk), request)
    code = code.replace(" ", "").replace("-", "").lower()
    for device in (*_totp(user), *StaticDevice.objects.filter(user=user)):
        if device.verify_is_allowed()[0] and device.verify_token(code):
            otp_login(request, device)
            note_proof(request)
            return True
    return False


def _totp(user: User) -> list[TOTPDevice]:
    return list(TOTPDevice.objects.filter(user=user, confirmed=True))


def has_authenticator(user: User) -> bool:
    """Say whether a confirmed authenticator exists."""
    return bool(_totp(user))


def has_passkey(user: User) -> bool:
    """Say whether a passkey exists."""
    return WebAuthnCredential.objects.filter(user=user, confirmed=True).exists()


def has_second_factor(user: User) -> bool:
    """Say whether a confirmed authenticator or a passkey exists."""
    return has_authenticator(user) or has_passkey(user)


def any_factor(user: User) -> Any:
    """Return one confirmed factor of a person, or None."""
    passkeys = WebAuthnCredential.objects.filter(user=user, confirmed=True)
    return next(iter([*_totp(user), *passkeys]), None)


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
    count_try("code", str(user.pk), request)
    device = begin_totp(user)
    if not device.verify_token(code.replace(" ", "")):
        return None
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        forget_devices(user)  # they stood for the authenticator until now
        codes = new_recovery_codes(user)
        note(request, user, "person.second_factor_set")
    otp_login(request, device)
    note_proof(request)
    return codes


def new_recovery_codes(user: User) -> list[str]:
    """Make ten codes that open the door once each; the old ones are void."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [secrets.token_hex(5) for _n in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=c) for c in codes)
    return codes


def replace_recovery_codes(request: HttpRequest, user: User) -> list[str]:
    """Void the recovery codes of a person and return ten new ones."""
    with transaction.atomic():
        codes = new_recovery_codes(user)
        note(request, user, "person.recovery_codes_made")
    return codes


def recovery_codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def note(request: HttpRequest, user: User, verb: str) -> None:
    """Write what somebody did at the door into the audit log."""
    actor = Actor(user=user, name=user.name, address=request.META.get("REMOTE_ADDR"))
    with as_everyone("sign-in"):
        audit.record(actor, verb, user)
