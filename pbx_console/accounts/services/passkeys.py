"""Passkeys: making one, signing in with one, naming and removing.

The ceremonies are django-otp-webauthn's; here are the realm, the session and the audit
log. Every way to fail reads the same outside: `PasskeyRefused`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import login
from django.db import transaction
from django_otp import login as otp_login
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.models import WebAuthnCredential
from webauthn.helpers.exceptions import WebAuthnException

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, sign_in
from pbx_console.accounts.services.proof import note_proof
from pbx_console.accounts.services.sessions import forget_devices
from pbx_console.accounts.services.throttle import count_try

BACKEND = "pbx_console.accounts.backends.RealmBackend"
STATE = "passkey"
MOST = 20  # per person


class PasskeyRefused(Exception):
    """The passkey is unknown here, of another host or realm, or its answer is wrong."""


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever the libraries say about an answer into one refusal."""
    try:
        yield
    except (
        OTPWebAuthnApiError,
        WebAuthnException,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as error:
        raise PasskeyRefused from error


def passkeys_of(user: User) -> list[WebAuthnCredential]:
    """Return a person's passkeys, the newest first."""
    return list(WebAuthnCredential.objects.filter(user=user).order_by("-created_at"))


def begin_registration(request: Any) -> dict[str, Any]:
    """Return what the browser needs to make a passkey for this host."""
    if len(passkeys_of(request.user)) >= MOST:
        raise PasskeyRefused
    helper = WebAuthnCredential.get_webauthn_helper(request)
    with as_everyone("a person's passkey"):
        options, state = helper.register_begin(request.user)
    request.session[STATE] = {"kind": "make", **state}
    return dict(options)


def finish_registration(
    request: Any, answer: Mapping[str, Any], *, name: str
) -> WebAuthnCredential:
    """Keep a new passkey; it verifies the session if nothing did. PasskeyRefused."""
    state = _take_state(request, "make")
    user, helper = request.user, WebAuthnCredential.get_webauthn_helper(request)
    with _refusing(), transaction.atomic(), as_everyone("a person's passkey"):
        device = helper.register_complete(user, state, dict(answer))
        device.name = name[:64]
        device.save(update_fields=["name"])
        sign_in.note(request, user, "person.passkey_added")
    if not user.is_verified():
        otp_login(request, device)
    note_proof(request)
    return device


def begin_use(request: Any) -> dict[str, Any]:
    """Return what the browser needs to ask for a passkey of this host.

    Nobody is named before sign-in, so it does not tell who has an account. Right after a
    password the key alone is enough; everywhere else it must know its owner.
    """
    count_try("passkey", _account(request), request)
    signed_in = request.user.is_authenticated
    helper = WebAuthnCredential.get_webauthn_helper(request)
    with as_everyone("a person's passkey"):
        options, state = helper.authenticate_begin(
            user=request.user if signed_in else None,
            require_user_verification=not signed_in or request.user.is_verified(),
        )
    request.session[STATE] = {"kind": "use", **state}
    return dict(options)


def _account(request: Any) -> str:
    """Return whose tries are counted: the person's, else those of this browser."""
    if request.user.is_authenticated:
        return str(request.user.pk)
    agent = request.META.get("REMOTE_ADDR", "") + request.headers.get("User-Agent", "")
    return hashlib.sha256(agent.encode()).hexdigest()


def use_passkey(request: Any, answer: Mapping[str, Any]) -> User:
    """Sign in with a passkey, or prove again who one is. Raises PasskeyRefused."""
    state = _take_state(request, "use")
    helper = WebAuthnCredential.get_webauthn_helper(request)
    known = request.user if request.user.is_authenticated else None
    with _refusing(), as_everyone("a person's passkey"):
        device = helper.authenticate_complete(known, state, dict(answer))
        user: User = device.user
    here = user.reseller_id == request.brand.reseller_id
    if not here or not user.is_active or not device.confirmed:
        raise PasskeyRefused
    if known is None:
        with as_everyone("sign-in"):
            login(request, user, backend=BACKEND)
        sign_in.note(request, user, "person.signed_in")
    otp_login(request, device)
    note_proof(request)
    return user


def _take_state(request: Any, kind: str) -> dict[str, Any]:
    """Return the challenge of this session, once."""
    state = request.session.pop(STATE, None)
    request.session.save()  # whatever happens next, it is never used again
    if not isinstance(state, dict) or state.pop("kind", "") != kind:
        raise PasskeyRefused
    return state


@transaction.atomic
def rename_passkey(user: User, pk: int, name: str) -> bool:
    """Give a passkey another name; False when the person has none of this number."""
    rows = WebAuthnCredential.objects.filter(user=user, pk=pk)
    return bool(rows.update(name=name[:64]))


@transaction.atomic
def remove_passkey(actor: Actor, *, user: User, pk: int) -> bool:
    """Forget a passkey; sessions that it opened must show another factor."""
    done = WebAuthnCredential.objects.filter(user=user, pk=pk).delete()[0]
    if done:
        forget_devices(user)
        with as_everyone("own passkey"):
            audit.record(actor, "person.passkey_removed", user)
    return bool(done)
