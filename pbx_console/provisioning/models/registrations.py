"""Where an account is, or was: one row per account that ever registered."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager


class Registration(models.Model):
    """What the telephone system last said of an account; written when it changes.

    `endpoint` is the account (`<customer code>-<number>`, `…-<slot>`). `lost_at` is empty
    while it is registered. `agent` is what the phone calls itself: a stranger's words.
    """

    endpoint = models.CharField(max_length=60, primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="registrations"
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField(default=timezone.now)
    lost_at = models.DateTimeField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)

    objects = OwnedManager["Registration"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("endpoint",)

    def __str__(self) -> str:
        return self.endpoint
