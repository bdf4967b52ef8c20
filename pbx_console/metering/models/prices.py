"""One row of a price list."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.metering.models.price_lists import PriceList
from pbx_console.metering.rating import PriceTerms


class Price(models.Model):
    """The price of a destination. `prefix` is E.164 digits without plus.

    Amounts are micro-units of the list's currency, per minute and per call; increments are
    seconds. Valid from its first moment until before its last.
    """

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="prices", db_index=False
    )
    prefix = models.CharField(
        _("prefix"), max_length=15, validators=[RegexValidator(r"^[1-9][0-9]{0,14}$")]
    )
    name = models.CharField(_("destination"), max_length=80)
    destination_class = models.CharField(_("class"), max_length=40, blank=True)
    per_minute_micro = models.BigIntegerField(_("per minute"))
    off_peak_per_minute_micro = models.BigIntegerField(
        _("off-peak"), null=True, blank=True
    )
    setup_micro = models.BigIntegerField(_("set-up fee"), default=0)
    minimum_micro = models.BigIntegerField(_("minimum charge"), default=0)
    first_increment = models.PositiveIntegerField(_("first seconds"), default=60)
    next_increment = models.PositiveIntegerField(_("next seconds"), default=60)
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    objects = OwnedManager["Price"](reseller="price_list__reseller")

    class Meta:
        ordering = ("prefix", "valid_from", "id")
        verbose_name = _("price")
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "prefix", "valid_from"], name="price_once"
            ),
            models.CheckConstraint(
                name="price_not_negative",
                condition=models.Q(
                    per_minute_micro__gte=0,
                    setup_micro__gte=0,
                    minimum_micro__gte=0,
                    first_increment__gte=1,
                    next_increment__gte=1,
                )
                & (
                    models.Q(off_peak_per_minute_micro=None)
                    | models.Q(off_peak_per_minute_micro__gte=0)
                ),
            ),
            models.CheckConstraint(
                name="price_validity",
                condition=models.Q(valid_until=None)
                | models.Q(valid_until__gt=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"

    @property
    def terms(self) -> PriceTerms:
        """Return the row as the rating function wants it."""
        return PriceTerms(
            self.id,
            self.prefix,
            self.name,
            self.destination_class,
            self.per_minute_micro,
            self.off_peak_per_minute_micro,
            self.setup_micro,
            self.minimum_micro,
            self.first_increment,
            self.next_increment,
            self.valid_from,
            self.valid_until,
        )
