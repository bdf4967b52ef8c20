"""Sums of charges per customer and day, kept while rating."""

from __future__ import annotations

from django.db import models

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.metering.models.charges import Level, RetailInCustomerScope


class UsageDay(models.Model):
    """The roll-up behind dashboards. `day` is of the reseller's billing zone, by hang-up.

    A reversal subtracts; `calls` counts charges that stand.
    """

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="usage_days", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="usage_days", db_index=False
    )
    day = models.DateField()
    level = models.CharField(max_length=9, choices=Level)
    direction = models.CharField(max_length=9)
    currency = models.CharField(max_length=3)
    calls = models.BigIntegerField(default=0)
    duration_ms = models.BigIntegerField(default=0)
    billed_ms = models.BigIntegerField(default=0)
    amount_micro = models.BigIntegerField(default=0)

    objects = RetailInCustomerScope(reseller="reseller", customer="customer")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "day", "level", "direction", "currency"],
                name="usage_day_once",
            )
        ]
        indexes = [models.Index(fields=["reseller", "day"], name="usage_day_reseller")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.day} {self.level}"
