"""Phones that called in with nothing but their address, and wait to be adopted."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import OwnedManager


class UnknownPhone(models.Model):
    """What asked at a reseller's host for the file of a MAC that nobody has.

    Everything in it was said by a stranger; `model` is a slug of the catalogue or "".
    """

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="unknown_phones"
    )
    mac = models.CharField(_("MAC address"), max_length=12)
    vendor = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=60, blank=True)
    firmware = models.CharField(max_length=60, blank=True)
    address = models.GenericIPAddressField()
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)

    objects = OwnedManager["UnknownPhone"](reseller="reseller")

    class Meta:
        ordering = ("-last_at",)
        verbose_name = _("unknown phone")
        constraints = [
            models.UniqueConstraint(fields=["reseller", "mac"], name="unknown_once")
        ]
        indexes = [
            models.Index(fields=["reseller", "address"], name="unknown_by_address")
        ]

    def __str__(self) -> str:
        return self.mac
