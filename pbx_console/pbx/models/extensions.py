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
from pbx_console.accounts.models.resellers import Language
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.confirmed import Confirmed
from pbx_console.pbx.models.encrypted import Encrypted

# Short numbers that mean something outside, in any country we serve.
RESERVED = {"110", "112", "115", "133", "144"}


class DialClass(models.TextChoices):
    """What an extension may dial outside. Emergency numbers always."""

    INTERNAL = "internal", _("colleagues only")
    NATIONAL = "national", _("national numbers")
    ABROAD = "abroad", _("national and abroad")


class Recorded(models.TextChoices):
    """Which calls of an extension are recorded."""

    NEVER = "never", _("no calls")
    DEMAND = "demand", _("on demand, with *1 during the call")
    OUTSIDE = "outside", _("all calls from and to outside")
    ALL = "all", _("all calls, inside too")


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


class Extension(Confirmed, Encrypted):
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
    ring_in_order = models.BooleanField(
        _("phones ring one after the other"),
        default=False,
        help_text=_("Otherwise all of them ring together."),
    )
    do_not_disturb = models.BooleanField(
        _("do not disturb"),
        default=False,
        help_text=_("Callers hear busy, or go where busy calls go."),
    )
    call_waiting = models.BooleanField(
        _("call waiting"),
        default=True,
        help_text=_("A second call rings while the first one goes on."),
    )
    dial_class = models.CharField(
        _("may dial"), max_length=8, choices=DialClass, default=DialClass.ABROAD
    )
    countries = models.JSONField(
        _("countries"),
        default=list,
        blank=True,
        help_text=_("Beside the own one. None chosen: every country."),
    )
    may_dial_premium = models.BooleanField(
        _("premium and service numbers"),
        default=False,
        help_text=_("0900, 0180, 118 and their like cost more per minute."),
    )
    withholds_number = models.BooleanField(
        _("number withheld"),
        default=False,
        help_text=_("Outside callers see no number. Emergency calls always show it."),
    )
    inside_name = models.CharField(
        _("name shown inside"),
        max_length=60,
        blank=True,
        validators=[
            RegexValidator(
                r'^[^\x00-\x1f\x7f"<>\\;]+$',
                _("Letters and digits without quotes, <, >, \\ and ;."),
            )
        ],
        help_text=_("Empty: its name."),
    )
    inside_number = models.CharField(
        _("number shown inside"),
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"^[1-9][0-9]{1,5}$", _("2 to 6 digits."))],
        help_text=_("An internal number, a hunt group's for example. Empty: its own."),
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        blank=True,
        choices=Language,
        help_text=_("Of what the telephone system says. Empty: the customer's."),
    )
    pickup_group = models.CharField(
        _("pickup group"),
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(r"^[a-z0-9_]+$", _("Small letters, digits and _ only."))
        ],
        help_text=_("Phones of the same group take each other's calls with *88."),
    )
    recorded = models.CharField(
        _("recorded calls"),
        max_length=7,
        choices=Recorded,
        default=Recorded.NEVER,
        help_text=_(
            "Both parties are told before it begins. Calls for help never are."
        ),
    )
    site = models.ForeignKey(
        "pbx.Site",
        on_delete=models.SET_NULL,
        related_name="extensions",
        null=True,
        blank=True,
        verbose_name=_("site"),
        help_text=_("Where the phone stands; the emergency service is told."),
    )
    # The PIN lifts the rights for one call; see `lib.pins`. Tries are kept by the function
    # that Asterisk asks.
    pin_digest = models.CharField(max_length=120, blank=True, editable=False)
    pin_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    pin_locked_until = models.DateTimeField(null=True, editable=False)

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
