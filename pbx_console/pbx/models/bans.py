"""Addresses that tried passwords or accounts at the telephone system, and are refused."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import OwnedManager


class Ban(models.Model):
    """One address that is refused until a moment, and why.

    A reseller sees a ban only when its own accounts were tried (`BanTarget`), with the
    attempts on those alone.
    """

    class Reason(models.TextChoices):
        """What it did."""

        PASSWORDS = "passwords", _("wrong passwords")
        ACCOUNTS = "accounts", _("accounts that do not exist")
        BY_HAND = "by_hand", _("banned by hand")

    address = models.GenericIPAddressField(_("address"))
    reason = models.CharField(max_length=10, choices=Reason)
    attempts = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = OwnedManager["Ban"](reseller="targets__reseller")

    class Meta:
        ordering = ("-since", "-id")
        verbose_name = _("ban")
        constraints = [
            models.UniqueConstraint(
                fields=["address"],
                condition=models.Q(lifted_at=None),
                name="ban_of_address_once",
            )
        ]
        indexes = [models.Index(fields=["until"], name="ban_by_end")]

    def __str__(self) -> str:
        return self.address

    @property
    def is_on(self) -> bool:
        """Say whether the address is refused now."""
        return self.lifted_at is None and self.until > timezone.now()

    @property
    def left(self) -> dt.timedelta:
        """Return how long it still lasts."""
        return max(self.until - timezone.now(), dt.timedelta())


class BanTarget(models.Model):
    """Whose accounts a banned address tried, and how often."""

    ban = models.ForeignKey(Ban, on_delete=models.CASCADE, related_name="targets")
    reseller = models.ForeignKey(Reseller, on_delete=models.CASCADE, related_name="+")
    attempts = models.PositiveIntegerField(default=0)

    objects = OwnedManager["BanTarget"](reseller="reseller")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ban", "reseller"], name="ban_target_once")
        ]

    def __str__(self) -> str:
        return f"{self.ban_id} {self.reseller_id}"
