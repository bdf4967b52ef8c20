"""Who must have a second factor, and what happens when one is lost.

The path of a lost factor is written down in `docs/lost-second-factor.md`.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import Customer, Reseller, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.ending import end_sessions
from pbx_console.accounts.services.reach import check_covers, check_not_self


@transaction.atomic
def reset_second_factor(actor: Actor, *, user: User, reason: str) -> None:
    """Remove every factor of a person, who then sets up a new one after the password.

    Sessions and remembered devices end; the person is told by mail who did it. Raises
    ValidationError without a reason, for oneself and for people beyond one's reach.
    """
    check_not_self(actor, user)
    check_covers(actor, user)
    reason = " ".join(reason.split())
    if len(reason) < 5:
        raise ValidationError(_("Write how you made sure who asked."))
    with as_everyone("lost second factor"):
        for model in (TOTPDevice, StaticDevice, WebAuthnCredential):
            model.objects.filter(user=user).delete()
        end_sessions([user.pk])
        audit.record(
            actor, "person.second_factor_reset", user, after={"reason": reason[:200]}
        )
        mail(
            user.reseller,
            "second_factor_reset",
            to=user.email,
            name=user.name,
            language=user.language,
            context={
                "by": _shown_name(actor, user),
                "happened_at": timezone.now(),
                "path": "/sign-in/",
            },
        )


def _shown_name(actor: Actor, user: User) -> str:
    """Return who did it; staff of the house have no name for anybody else's people."""
    if actor.level in ("operator", "system") and user.reseller is not None:
        return user.reseller.name
    return actor.name


@transaction.atomic
def require_second_factor(
    actor: Actor, owner: Customer | Reseller, *, required: bool
) -> None:
    """Want a second factor of all people of a customer, or of all of a reseller's
    customers. Those without one are led to the set-up at their next click."""
    kind = type(owner)
    before = {"require_second_factor": owner.require_second_factor}
    if before["require_second_factor"] == required:
        return
    owner.require_second_factor = required
    kind._default_manager.filter(pk=owner.pk).update(require_second_factor=required)
    key = owner.code if isinstance(owner, Customer) else owner.slug
    verb = "customer.saved" if isinstance(owner, Customer) else "reseller.saved"
    after = {"require_second_factor": required}
    audit.record(actor, verb, owner, key=key, before=before, after=after)
