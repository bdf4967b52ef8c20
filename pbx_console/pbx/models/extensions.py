"""What colleagues dial, inside one customer."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
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

# Short numbers that mean something outside, in any country we serve.
RESERVED = {"110", "112", "115", "133", "144"}


def random_secret() -> str:
    """Return a SIP secret of 160 random bits, safe to type into any phone."""
    return secrets.token_hex(20)


def validate_number(value: str) -> None:
    """Refuse extension numbers that would shadow emergency and service numbers."""
    if value in RESERVED or value.startswith("116"):
        raise ValidationError(
            _("%(number)s is reached outside by everybody; choose another number."),
            params={"number": value},
        )


class Extension(Confirmed):
    """An extension and the account its phone registers with."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="extensions"
    )
    number = models.CharField(
        _("number"),
        max_length=6,
        validators=[
            RegexValidator(
                r"^[1-9][0-9]{1,5}$", _("2 to 6 digits, not beginning with 0.")
            ),
            validate_number,
        ],
    )
    name = models.CharField(
        _("name"),
        max_length=60,
        validators=[
            RegexValidator(
                r'^[^\x00-\x1f\x7f"<>\\;]+$',
                _("Letters and digits without quotes, <, >, \\ and ;."),
            )
        ],
        help_text=_("Colleagues see it on their display."),
    )
    secret = SecretField(default=random_secret)
    caller_id = models.ForeignKey(
        "pbx.Did",
        on_delete=models.SET_NULL,
        related_name="shown_by",
        null=True,
        blank=True,
        verbose_name=_("number shown outside"),
        help_text=_("Empty: the main number of the customer."),
    )
    ring_seconds = models.PositiveSmallIntegerField(
        _("rings for, seconds"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
    )
    may_dial_outside = models.BooleanField(_("may dial outside"), default=True)

    objects = OwnedManager["Extension"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("number", "id")
        verbose_name = _("extension")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "number"],
                name="extension_number",
                violation_error_message=_("This number is already an extension."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def endpoint_id(self) -> str:
        """Return the PJSIP endpoint, also the user that the phone signs in as."""
        return f"{self.customer.code}-{self.number}"

    @property
    def destination(self) -> Any:
        """Return the row that others point to (`Destination`)."""
        return self.customer.destinations.get(kind="extension", object_id=self.pk)

    @property
    def dids(self) -> Any:
        """Return the outside numbers that lead straight to it."""
        return self.customer.dids.filter(
            destination__kind="extension", destination__object_id=self.pk
        )
