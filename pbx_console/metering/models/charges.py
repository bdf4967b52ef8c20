"""What one leg costs at one level. Only ever added to; a mistake is reversed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager, current
from pbx_console.metering.models.legs import Leg
from pbx_console.metering.models.usage_exports import UsageExport


class RetailInCustomerScope(OwnedManager[Any]):
    """A customer sees what it pays, never what its reseller pays."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return the rows of the scope, in a customer's scope the retail level only."""
        rows = super().get_queryset()
        scope = current()
        return (
            rows.filter(level="retail") if scope and scope.kind == "customer" else rows
        )


class Level(models.TextChoices):
    """Who pays whom."""

    WHOLESALE = "wholesale", _("reseller pays")
    RETAIL = "retail", _("customer pays")


class Charge(models.Model):
    """An amount with copies of everything it was made of, so that it explains itself.

    A re-rating adds a `reversal` (every figure negated) of generation n and a new `charge`
    of generation n + 1; the unique constraint makes a second rater fail instead of bill.
    Once `export` is set the row is sealed; until then it may be set, once (a trigger and
    column grants hold that).
    """

    class Kind(models.TextChoices):
        """A charge, or the taking back of one."""

        CHARGE = "charge", _("charge")
        REVERSAL = "reversal", _("reversal")

    leg = models.ForeignKey(
        Leg, on_delete=models.PROTECT, related_name="charges", db_index=False
    )
    level = models.CharField(max_length=9, choices=Level)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CHARGE)
    generation = models.PositiveSmallIntegerField(default=1)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="charges", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="charges", db_index=False
    )
    direction = models.CharField(max_length=9)
    extension_number = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=24, blank=True)
    answered_at = models.DateTimeField()
    hung_up_at = models.DateTimeField()
    duration_ms = models.BigIntegerField()
    billed_ms = models.BigIntegerField()
    rule = models.CharField(max_length=10)
    price_list_id = models.BigIntegerField(null=True)
    price_list_name = models.CharField(max_length=80, blank=True)
    price_id = models.BigIntegerField(null=True)
    prefix = models.CharField(max_length=15, blank=True)
    destination = models.CharField(max_length=80, blank=True)
    destination_class = models.CharField(max_length=40, blank=True)
    period = models.CharField(max_length=8, blank=True)
    per_minute_micro = models.BigIntegerField(null=True)
    setup_micro = models.BigIntegerField(null=True)
    minimum_micro = models.BigIntegerField(null=True)
    first_increment = models.IntegerField(null=True)
    next_increment = models.IntegerField(null=True)
    rounding = models.CharField(max_length=12, blank=True)
    steps = models.JSONField(default=list)
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    export = models.ForeignKey(
        UsageExport,
        on_delete=models.PROTECT,
        null=True,
        related_name="charges",
        db_index=False,
    )
    export_line = models.IntegerField(null=True)
    late = models.BooleanField(default=False)

    objects = RetailInCustomerScope(reseller="reseller", customer="customer")

    class Meta:
        verbose_name = _("charge")
        constraints = [
            models.UniqueConstraint(
                fields=["leg", "level", "generation", "kind"], name="charge_once"
            ),
            models.UniqueConstraint(
                fields=["export", "export_line"],
                name="charge_export_line",
                condition=models.Q(export__isnull=False),
            ),
            models.CheckConstraint(
                name="charge_sign",
                condition=models.Q(
                    kind="charge", reverses=None, amount_micro__gte=0, billed_ms__gte=0
                )
                | models.Q(
                    kind="reversal",
                    reverses__isnull=False,
                    amount_micro__lte=0,
                    billed_ms__lte=0,
                ),
            ),
            models.CheckConstraint(
                name="charge_exported_whole",
                condition=models.Q(export=None, export_line=None)
                | models.Q(export__isnull=False, export_line__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["reseller", "hung_up_at"],
                name="charge_not_exported",
                condition=models.Q(export=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.number}"
