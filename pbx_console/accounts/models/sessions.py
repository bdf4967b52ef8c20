"""What a person is signed in with: sessions, remembered devices."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from pbx_console.accounts.models.users import User
from pbx_console.accounts.scope import OwnedManager


class Session(AbstractBaseSession):
    """A session that knows its person, so that it can be listed and ended."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    class Meta(AbstractBaseSession.Meta):
        indexes = [models.Index(fields=["user", "-seen_at"], name="session_person")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write data of a known session only: where and when belong to the middleware."""
        if kwargs.get("force_update"):
            kwargs["update_fields"] = ["session_data", "expire_date", "user"]
        super().save(*args, **kwargs)

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the store that writes these rows."""
        from pbx_console.accounts.sessions import SessionStore  # noqa: PLC0415 - a circle

        return SessionStore


class RememberedDevice(models.Model):
    """A browser that need not show the second factor again for a while."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="remembered_devices"
    )
    token_digest = models.CharField(max_length=64, unique=True)
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()

    objects = OwnedManager["RememberedDevice"](reseller="user__reseller")

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.user_agent


class PasswordReset(models.Model):
    """One way back in for a person who forgot the password, sent by mail, used once."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="password_resets"
    )
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = OwnedManager["PasswordReset"](reseller="user__reseller")

    def __str__(self) -> str:
        return str(self.created_at)
