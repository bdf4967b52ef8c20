"""A person's sessions and remembered devices: where, since when, ending them."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.http import HttpResponse
from django.utils import timezone
from django_otp import login as otp_login

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import (
    PasswordReset,
    RememberedDevice,
    Session,
    User,
)
from pbx_console.accounts.models.invitations import digest, new_token
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.ending import end_sessions

REMEMBERED_FOR = dt.timedelta(days=30)
SEEN_EVERY = dt.timedelta(minutes=1)
KEPT_AFTER_END = dt.timedelta(days=7)
COOKIE = "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def note_seen(request: Any) -> None:
    """Write where and when a session was last used, at most once a minute."""
    key = request.session.session_key
    if not key or not request.user.is_authenticated:
        return
    now = timezone.now()
    old = models.Q(seen_at=None) | models.Q(seen_at__lt=now - SEEN_EVERY)
    Session.objects.filter(old, pk=key).update(
        seen_at=now,
        address=request.META.get("REMOTE_ADDR") or None,
        user_agent=request.headers.get("User-Agent", "")[:200],
        user_id=request.user.pk,
    )


def sessions_of(user: User) -> models.QuerySet[Session]:
    """Return the open sessions of a person, the last used first."""
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    return rows.order_by("-seen_at", "-created_at")


def handle_of(session: Session) -> str:
    """Return a name for a session that is not its key."""
    return hashlib.sha256(session.session_key.encode()).hexdigest()[:20]


def sign_out_everywhere(actor: Actor, *, user: User, but: str | None = None) -> None:
    """End the other sessions of a person and forget the remembered devices."""
    with transaction.atomic(), as_everyone("own sessions"):
        end_sessions([user.pk], keep=but)
        audit.record(actor, "person.signed_out_everywhere", user)


@transaction.atomic
def end_session(actor: Actor, *, user: User, handle: str) -> bool:
    """End one session of a person; False when there is none of that name."""
    for session in sessions_of(user):
        if handle_of(session) == handle:
            session.delete()
            with as_everyone("own sessions"):
                audit.record(actor, "person.session_ended", user)
            return True
    return False


# ── remembered devices ───────────────────────────────────────────────────────────────


def remember_device(request: Any, response: HttpResponse) -> None:
    """Let this browser in without a code for 30 days. The cookie is this host's own."""
    token = new_token()
    with as_everyone("remembering a device"):
        RememberedDevice.objects.create(
            user=request.user,
            token_digest=digest(token),
            user_agent=request.headers.get("User-Agent", "")[:200],
            address=request.META.get("REMOTE_ADDR") or None,
            ends_at=timezone.now() + REMEMBERED_FOR,
        )
    response.set_cookie(
        COOKIE,
        token,
        max_age=REMEMBERED_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def recall_device(request: Any, user: User, device: Any) -> bool:
    """Mark the session verified when this browser was remembered for this person.

    `device` is the factor whose code was typed then.
    """
    token = request.COOKIES.get(COOKIE, "")
    if not token or device is None:
        return False
    now = timezone.now()
    with as_everyone("remembered device"):
        known = RememberedDevice.objects.filter(
            user=user, token_digest=digest(token), ends_at__gt=now
        ).update(used_at=now)
    if known:
        otp_login(request, device)
    return bool(known)


def forget_devices(user: User, *, pk: int | None = None) -> int:
    """Ask for the code again on one remembered device of a person, or on all."""
    with as_everyone("remembered devices"):
        rows = RememberedDevice.objects.filter(user=user)
        return (rows if pk is None else rows.filter(pk=pk)).delete()[0]


def devices_of(user: User) -> list[RememberedDevice]:
    """Return the devices that need no code."""
    with as_everyone("own remembered devices"):
        rows = RememberedDevice.objects.filter(user=user, ends_at__gt=timezone.now())
        return list(rows)


def clear_old() -> int:
    """Delete sessions that ended, devices and resets of the past; return how many."""
    now = timezone.now()
    done = Session.objects.filter(expire_date__lt=now).delete()[0]
    with as_everyone("clearing what has ended"):
        done += RememberedDevice.objects.filter(ends_at__lt=now).delete()[0]
        over = now - KEPT_AFTER_END
        done += PasswordReset.objects.filter(ends_at__lt=over).delete()[0]
    return done
