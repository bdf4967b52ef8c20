"""What happened to a phone or an account, in the order in which it happened."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager
from pbx_console.provisioning.models.phones import Phone


class PhoneEvent(models.Model):
    """One line of a timeline. What a stranger sent stands in `detail`, never trusted.

    `kind` is a word of `provisioning.timeline`; `endpoint` the account it is about, if
    any (`<customer code>-<number>`, `…-<slot>`). `count` folds what happens again and
    again: `at` is the first time then, `last_at` the latest.
    """

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    phone = models.ForeignKey(
        Phone, on_delete=models.CASCADE, related_name="events", null=True, blank=True
    )
    endpoint = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    count = models.PositiveIntegerField(default=1)
    address = models.GenericIPAddressField(null=True, blank=True)
    detail = models.JSONField(default=dict)

    objects = OwnedManager["PhoneEvent"](reseller="reseller", customer="customer")

    class Meta:
        ordering = ("-last_at", "-id")
        indexes = [
            models.Index(fields=["phone", "-last_at"], name="event_by_phone"),
            models.Index(
                fields=["customer", "endpoint", "-last_at"], name="event_by_endpoint"
            ),
            models.Index(fields=["last_at"], name="event_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.last_at:%F %T}"
