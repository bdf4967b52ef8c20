"""That somebody was told of a quota nearly used up, so that nobody is told twice."""

from __future__ import annotations

from django.db import models

from pbx_console.accounts.models.customers import Customer
from pbx_console.accounts.models.resellers import Reseller
from pbx_console.accounts.scope import OwnedManager


class QuotaWarning(models.Model):
    """One crossing of 80 %. Gone again when less than 70 % is used."""

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="quota_warnings"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="quota_warnings", null=True
    )
    kind = models.CharField(max_length=12)
    sent_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager["QuotaWarning"](reseller="reseller", customer="customer")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "customer", "kind"],
                name="quota_warned_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer or self.reseller}: {self.kind}"
