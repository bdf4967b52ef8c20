"""A block of numbers with direct dialling in: a stem and the digits behind it."""

from __future__ import annotations

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination
from pbx_console.pbx.models.dids import prefix_field
from pbx_console.pbx.models.trunks import Trunk


class NumberRange(models.Model):
    """`+49 30 2312 54` and three digits: 201 behind it reaches the internal number 201.

    Stock of the platform, of a reseller, or held by a customer, like a single number.
    """

    stem = models.CharField(
        _("stem"),
        max_length=14,
        unique=True,
        validators=[RegexValidator(r"^\+[1-9][0-9]{3,12}$", _("E.164 with a plus."))],
        error_messages={"unique": _("This range cannot be used.")},
    )
    digits = models.PositiveSmallIntegerField(
        _("digits behind it"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
        help_text=_("Callers may also dial fewer; 0 is the switchboard."),
    )
    trunk = models.ForeignKey(
        Trunk, on_delete=models.PROTECT, related_name="ranges", verbose_name=_("trunk")
    )
    reseller = models.ForeignKey(
        Reseller,
        on_delete=models.PROTECT,
        related_name="ranges",
        null=True,
        blank=True,
        verbose_name=_("reseller"),
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="ranges",
        null=True,
        blank=True,
        verbose_name=_("customer"),
    )
    fallback = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="fallback_of_ranges",
        null=True,
        blank=True,
        verbose_name=_("where the rest leads"),
        help_text=_("The stem alone, 0, and digits that are nobody's."),
    )
    name_prefix = prefix_field()

    objects = OwnedManager["NumberRange"](reseller="reseller", customer="customer")

    class Meta:
        ordering = ("stem",)
        verbose_name = _("number range")
        constraints = [
            models.CheckConstraint(
                name="range_owner_chain",
                condition=models.Q(customer=None) | models.Q(reseller__isnull=False),
            ),
            models.CheckConstraint(
                name="range_held_before_used",
                condition=models.Q(customer__isnull=False) | models.Q(fallback=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stem} + {self.digits}"

    @property
    def size(self) -> int:
        """Return how many numbers of full length it has; a contract counts them."""
        return int(10**self.digits)

    @property
    def first(self) -> str:
        """Return its lowest number of full length."""
        return f"{self.stem}{'0' * self.digits}"

    @property
    def last(self) -> str:
        """Return its highest number of full length."""
        return f"{self.stem}{'9' * self.digits}"
