"""A person who signs in. Accounts are per realm: one reseller, or platform staff."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models.resellers import Language, Reseller
from pbx_console.accounts.scope import OwnedManager


class UserManager(OwnedManager["User"]):
    """People of the scope."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Look an address up, case ignored (needed by Django's auth)."""
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """The same address at two resellers is two people to us, on purpose."""

    class Theme(models.TextChoices):
        """How the page is lit."""

        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="users", null=True, blank=True
    )
    email = models.EmailField(_("mail address"), max_length=200)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, blank=True, default=""
    )
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager(reseller="reseller", customer="memberships__customer")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        constraints = [
            models.UniqueConstraint(
                "reseller",
                Lower("email"),
                name="user_email_in_realm",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store addresses in lower case, so that they are found."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)
