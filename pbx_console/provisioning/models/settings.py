"""What a reseller or a customer sets on every phone of a family."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager


class PhoneSettings(models.Model):
    """Names and values in the maker's words, for a family of models (`render.layers`)."""

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="phone_settings"
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="phone_settings",
        null=True,
        blank=True,
    )
    family = models.CharField(_("family"), max_length=40)
    settings = models.JSONField(_("settings"), default=dict)

    objects = OwnedManager["PhoneSettings"](reseller="reseller", customer="customer")

    class Meta:
        ordering = ("family", "id")
        verbose_name = _("phone settings")
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "customer", "family"],
                nulls_distinct=False,
                name="phone_settings_once",
            )
        ]

    def __str__(self) -> str:
        return self.family
