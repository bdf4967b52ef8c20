"""What people may change about themselves."""

from __future__ import annotations

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.ending import end_sessions


@transaction.atomic
def change_password(
    actor: Actor, *, user: User, password: str, keep: str | None = ""
) -> None:
    """Set a new password, already validated. All sessions of the person end at once,
    remembered devices too; the one with the key `keep` stays."""
    user.set_password(password)
    with as_everyone("own password"):
        user.save(update_fields=["password"])
        audit.record(actor, "person.password_changed", user)
    end_sessions([user.pk], keep=keep)


@transaction.atomic
def save_preferences(
    actor: Actor, *, user: User, language: str | None = None, theme: str | None = None
) -> None:
    """Keep language and light of a person; what is None stays."""
    wanted = {"language": language, "theme": theme}
    values = {name: value for name, value in wanted.items() if value is not None}
    with as_everyone("own preferences"):
        kept = User.objects.get(pk=user.pk)
        before = {name: getattr(kept, name) for name in values}
        for name, value in values.items():
            setattr(user, name, value)
        if before != values:
            User.objects.filter(pk=user.pk).update(**values)
            audit.record(
                actor, "person.settings_saved", user, before=before, after=values
            )
