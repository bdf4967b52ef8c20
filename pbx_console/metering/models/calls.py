"""What a person calls one call: the legs with the same `linkedid`."""

from __future__ import annotations

from django.db import models

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager


class Call(models.Model):
    """A view over the legs, one row per call and customer.

    `id` is the id of the call's first leg. Two carrier legs of one call (a forward, a
    transfer) are two charges; here they stand together.
    """

    id = models.BigIntegerField(primary_key=True)
    node = models.CharField(max_length=40)
    linkedid = models.CharField(max_length=150)
    reseller = models.ForeignKey(
        Reseller, on_delete=models.DO_NOTHING, null=True, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.DO_NOTHING, null=True, related_name="+"
    )
    legs = models.IntegerField()
    answered_at = models.DateTimeField()
    hung_up_at = models.DateTimeField(null=True)
    duration_ms = models.BigIntegerField(null=True)

    objects = OwnedManager["Call"](reseller="reseller", customer="customer")

    class Meta:
        managed = False
        db_table = "metering_call"

    def __str__(self) -> str:
        return self.linkedid
