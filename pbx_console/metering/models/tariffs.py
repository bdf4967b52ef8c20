"""Which price list holds for whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager
from pbx_console.metering.models.price_lists import PriceList


class ResellerTariff(models.Model):
    """The wholesale list by which a reseller pays."""

    reseller = models.OneToOneField(
        Reseller, on_delete=models.CASCADE, related_name="tariff"
    )
    price_list = models.ForeignKey(
        PriceList,
        on_delete=models.PROTECT,
        related_name="reseller_tariffs",
        limit_choices_to={"kind": PriceList.Kind.WHOLESALE},
        verbose_name=_("purchase list"),
    )

    objects = OwnedManager["ResellerTariff"](reseller="reseller")

    def __str__(self) -> str:
        return f"{self.reseller_id}: {self.price_list_id}"


class CustomerTariff(models.Model):
    """The retail list by which a customer pays; always one of its own reseller."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="tariff"
    )
    price_list = models.ForeignKey(
        PriceList,
        on_delete=models.PROTECT,
        related_name="customer_tariffs",
        limit_choices_to={"kind": PriceList.Kind.RETAIL},
        verbose_name=_("price list"),
    )

    objects = OwnedManager["CustomerTariff"](
        reseller="customer__reseller", customer="customer"
    )

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.price_list_id}"
