"""Links by which a program on a computer or mobile becomes a phone, once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models import Device


class SetupLink(models.Model):
    """One link; the token itself stands only in the link (`token_digest`: SHA-256)."""

    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, related_name="setup_links"
    )
    client = models.CharField(max_length=20)
    token_digest = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["SetupLink"](
        reseller="device__extension__customer__reseller",
        customer="device__extension__customer",
    )

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.client
