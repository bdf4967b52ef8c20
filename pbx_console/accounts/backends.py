"""Finding and checking a person inside one realm."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from pbx_console.accounts.models import Reseller, User
from pbx_console.accounts.scope import as_everyone


class RealmBackend(BaseBackend):
    """Checks a password for an address in the realm of the brand that was asked."""

    def authenticate(
        self,
        request: HttpRequest | None,
        email: str = "",
        password: str = "",
        realm: Reseller | None = None,
        **_unused: Any,
    ) -> User | None:
        """Return the active person, or None after the same amount of hashing."""
        with as_everyone("sign-in"):
            user = User.objects.filter(reseller=realm, email=email.lower()).first()
            if user is None:
                User().set_password(password)
                return None
            right = user.check_password(password)
        return user if right and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """Return the active person of a session."""
        with as_everyone("session"):
            return User.objects.filter(pk=user_id, is_active=True).first()
