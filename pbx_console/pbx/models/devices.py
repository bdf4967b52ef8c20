"""More phones of an extension; its first one is the account of the extension itself."""

from __future__ import annotations

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.fields import SecretField
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.confirmed import Confirmed
from pbx_console.pbx.models.encrypted import Encrypted
from pbx_console.pbx.models.extensions import Extension, random_secret

FIRST_SLOT, LAST_SLOT = 2, 9


class Device(Confirmed, Encrypted):
    """Another account of an extension: `<customer code>-<number>-<slot>`."""

    extension = models.ForeignKey(
        Extension, on_delete=models.CASCADE, related_name="devices"
    )
    slot = models.PositiveSmallIntegerField(
        default=FIRST_SLOT,
        validators=[MinValueValidator(FIRST_SLOT), MaxValueValidator(LAST_SLOT)],
    )
    name = models.CharField(
        _("name"),
        max_length=40,
        validators=[
            RegexValidator(
                r'^[^\x00-\x1f\x7f"<>\\;]+$',
                _("Letters and digits without quotes, <, >, \\ and ;."),
            )
        ],
        help_text=_("Where it stands or what it is: Home, Mobile app, Workshop."),
    )
    secret = SecretField(default=random_secret)

    objects = OwnedManager["Device"](
        reseller="extension__customer__reseller", customer="extension__customer"
    )

    class Meta:
        ordering = ("slot",)
        verbose_name = _("device")
        constraints = [
            models.UniqueConstraint(fields=["extension", "slot"], name="device_slot")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def customer(self) -> Customer:
        """Return whose it is."""
        return self.extension.customer

    @property
    def part_of(self) -> Extension:
        """Return the extension that it rings for."""
        return self.extension

    @property
    def endpoint_id(self) -> str:
        """Return the PJSIP endpoint, also the user that the phone signs in as."""
        return f"{self.extension.endpoint_id}-{self.slot}"
