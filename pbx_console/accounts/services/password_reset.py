"""A way back in for a person who forgot the password.

Whether the account exists is decided in a task, after the answer: the page does the same
work for every address. The second factor is still asked afterwards.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import PasswordReset, Reseller, User
from pbx_console.accounts.models.invitations import digest, new_token
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.ending import end_sessions
from pbx_console.accounts.services.throttle import count_try

logger = logging.getLogger(__name__)
GOOD_FOR = dt.timedelta(hours=1)


def ask_for_reset(
    request: Any, *, realm: Reseller | None, email: str, language: str
) -> None:
    """Have a mail sent if the realm knows this address. Raises TooManyTries."""
    from pbx_console.accounts.tasks import send_reset  # noqa: PLC0415 - tasks use us

    realm_id = realm.pk if realm else None
    count_try("reset", f"{realm_id or 0}:{email.lower()[:200]}", request)
    try:
        send_reset.delay(realm_id, email.lower(), language)
    except Exception:  # the broker is away: the mail matters more than a moment
        logger.warning("no broker for a password reset; done in place", exc_info=True)
        make_reset(realm_id, email.lower(), language)


@transaction.atomic
def make_reset(realm_id: int | None, email: str, language: str) -> None:
    """Write the one way in and queue its mail; nothing for an unknown address."""
    with as_everyone("password reset"):
        here = Q(reseller_id=realm_id) if realm_id else Q(reseller=None)
        user = User.objects.filter(here, email=email, is_active=True).first()
        if user is None:
            return
        PasswordReset.objects.filter(user=user, used_at=None).delete()
        token, ends_at = new_token(), timezone.now() + GOOD_FOR
        PasswordReset.objects.create(
            user=user, token_digest=digest(token), ends_at=ends_at
        )
        mail(
            user.reseller,
            "password_reset",
            to=user.email,
            name=user.name,
            language=user.language or language,
            context={"path": f"/sign-in/new-password/{token}/", "ends_at": ends_at},
        )


def find_reset(token: str, *, realm: Reseller | None) -> PasswordReset | None:
    """Return what a token opens in a realm: not used, not too old, person active."""
    with as_everyone("password reset"):
        return (
            PasswordReset.objects.select_related("user", "user__reseller")
            .filter(
                token_digest=digest(token),
                used_at=None,
                ends_at__gt=timezone.now(),
                user__is_active=True,
                user__reseller=realm,
            )
            .first()
        )


@transaction.atomic
def use_reset(request: Any, found: PasswordReset, password: str) -> bool:
    """Set the new password; every session and remembered device of the person ends.

    False when the token was used in the meantime. Raises ValidationError.
    """
    user = found.user
    validate_password(password, user)
    now = timezone.now()
    with as_everyone("password reset"):
        rows = PasswordReset.objects.filter(pk=found.pk, used_at=None)
        if not rows.update(used_at=now):
            return False
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions([user.pk])
        actor = Actor(
            user=user, name=user.name, address=request.META.get("REMOTE_ADDR")
        )
        audit.record(actor, "person.password_reset", user)
    return True
