"""A way in for a person who has no account here yet, sent by mail, used once."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models.customers import Customer
from pbx_console.accounts.models.memberships import Role
from pbx_console.accounts.models.resellers import Language, Reseller
from pbx_console.accounts.models.users import User
from pbx_console.accounts.scope import OwnedManager

LIFE = dt.timedelta(days=7)


def new_token() -> str:
    """Return 256 random bits as they stand in the mail's address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is kept of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def end_of_life() -> dt.datetime:
    """Return when an invitation made now ends."""
    return timezone.now() + LIFE


class Invitation(models.Model):
    """One role offered to one address. The token itself is only in the mail."""

    reseller = models.ForeignKey(
        Reseller,
        on_delete=models.CASCADE,
        related_name="invitations",
        null=True,
        blank=True,
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="invitations",
        null=True,
        blank=True,
    )
    email = models.EmailField(_("mail address"), max_length=200)
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(_("role"), max_length=12, choices=Role)
    extension_number = models.CharField(_("extension"), max_length=8, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(default=end_of_life)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedManager["Invitation"](reseller="reseller", customer="customer")

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("invitation")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_open(self) -> bool:
        """Say whether it can still be used."""
        used = self.accepted_at or self.withdrawn_at
        return used is None and self.ends_at > timezone.now()
