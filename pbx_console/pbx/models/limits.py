"""What may be spent outside: amounts per window, countries, and what was reached."""

from __future__ import annotations

from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager

MICRO: Final = 1_000_000
DEFAULTS: Final = {
    "minutes_hour": 1_000,
    "minutes_day": 4_000,
    "money_hour_micro": 30 * MICRO,
    "money_day_micro": 100 * MICRO,
    "night_percent": 50,
}
"""A customer's limits from its first moment (a trigger makes the row)."""


class Window(models.TextChoices):
    """Whole hours and days by the owner's own clock."""

    HOUR = "hour", _("this hour")
    DAY = "day", _("today")


class Measure(models.TextChoices):
    """What is added up."""

    MONEY = "money", _("money")
    MINUTES = "minutes", _("minutes")


class Risk(models.TextChoices):
    """Kinds of ranges that stay closed until they are opened (dial_ranges)."""

    PREMIUM = "premium", _("premium and service numbers")
    SATELLITE = "satellite", _("satellite telephones")
    HIGH_RISK = "high_risk", _("countries often used for fraud")


class Limit(models.Model):
    """Limits of a reseller (both others empty), a customer, or one extension.

    Amounts hold at every level at once, each over its own use. Of countries, opened
    ranges, night and forwards the most specific level that says something counts; empty
    is "as above". `lift_*` is what had been used when somebody lifted a block: until
    `lifted_until` as much again may be used.
    """

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="limits", db_index=False
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="limits",
        db_index=False,
    )
    extension = models.OneToOneField(
        "pbx.Extension",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="limit",
    )
    max_calls = models.PositiveSmallIntegerField(
        _("outside calls at the same time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    minutes_hour = models.PositiveIntegerField(
        _("minutes per hour"), null=True, blank=True
    )
    minutes_day = models.PositiveIntegerField(
        _("minutes per day"), null=True, blank=True
    )
    money_hour_micro = models.BigIntegerField(
        _("money per hour"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    money_day_micro = models.BigIntegerField(
        _("money per day"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    night_percent = models.PositiveSmallIntegerField(
        _("at night and at weekends, percent of it"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "From 20:00 to 6:00 of the hour’s limits; on Saturday and Sunday of the"
            " day’s, too."
        ),
    )
    night_home_only = models.BooleanField(
        _("at night and at weekends only the home country"), null=True, blank=True
    )
    countries = models.JSONField(_("open countries"), null=True, blank=True)
    opened = models.JSONField(_("opened ranges"), null=True, blank=True)
    expensive_forwards = models.BooleanField(
        _("forwards may lead to expensive numbers"), null=True, blank=True
    )
    lifted_until = models.DateTimeField(null=True, blank=True, editable=False)
    lift_hour_ms = models.BigIntegerField(default=0, db_default=0, editable=False)
    lift_day_ms = models.BigIntegerField(default=0, db_default=0, editable=False)
    lift_hour_micro = models.BigIntegerField(default=0, db_default=0, editable=False)
    lift_day_micro = models.BigIntegerField(default=0, db_default=0, editable=False)

    objects = OwnedManager["Limit"](reseller="reseller", customer="customer")

    class Meta:
        verbose_name = _("limits")
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "customer", "extension"],
                name="limit_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="limit_extension_has_customer",
                condition=models.Q(extension=None) | models.Q(customer__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="limit_customer")]

    def __str__(self) -> str:
        return str(self.extension or self.customer or self.reseller)

    @property
    def owner(self) -> str:
        """Return the key of its use and its crossings."""
        if self.extension is not None:
            return f"c{self.customer_id}-{self.extension.number}"
        return f"c{self.customer_id}" if self.customer_id else f"r{self.reseller_id}"


class LimitUse(models.Model):
    """Used up in one window: by calls that were charged, and `live_*` by those in
    progress as metering saw them last.

    `owner` is `r<id>` a reseller (what it pays), `c<id>` a customer, `c<id>-<number>` one
    of its extensions. Kept by metering in the transaction of the charges.
    """

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    owner = models.CharField(max_length=60)
    window = models.CharField(max_length=4, choices=Window)
    begins_at = models.DateTimeField()
    ms = models.BigIntegerField(default=0, db_default=0)
    micro = models.BigIntegerField(default=0, db_default=0)
    live_ms = models.BigIntegerField(default=0, db_default=0)
    live_micro = models.BigIntegerField(default=0, db_default=0)
    changed_at = models.DateTimeField(db_default=Now())

    objects = OwnedManager["LimitUse"](reseller="reseller", customer="customer")

    class Meta:
        verbose_name = _("use")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "window", "begins_at"], name="limit_use_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.window} {self.begins_at}"


class LimitCrossing(models.Model):
    """80 or 100 percent of one limit was reached in one window. The memory of one mail.

    A block that was lifted closes its rows, so that the next crossing is told again.
    """

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    owner = models.CharField(max_length=60)
    window = models.CharField(max_length=4, choices=Window)
    measure = models.CharField(max_length=7, choices=Measure)
    percent = models.PositiveSmallIntegerField()
    begins_at = models.DateTimeField()
    reached_at = models.DateTimeField()
    used = models.BigIntegerField()
    cap = models.BigIntegerField()
    currency = models.CharField(max_length=3, blank=True, default="")
    calls_ended = models.PositiveSmallIntegerField(default=0)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = OwnedManager["LimitCrossing"](reseller="reseller", customer="customer")

    class Meta:
        verbose_name = _("limit reached")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "window", "measure", "percent", "begins_at"],
                condition=models.Q(lifted_at=None),
                name="limit_crossing_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["customer", "-reached_at"], name="limit_crossing_newest"
            )
        ]

    def __str__(self) -> str:
        """Return whose it is and the figures: the log keeps this in no language."""
        if self.measure == Measure.MONEY:
            used, cap = (f"{v / MICRO:.2f}" for v in (self.used, self.cap))
        else:
            used, cap = (str(v // 60_000) for v in (self.used, self.cap))
        unit = self.currency if self.measure == Measure.MONEY else "min"
        number = self.owner.partition("-")[2]
        whose = f"{self.customer or self.reseller} {number}".strip()
        return f"{whose}, {used} / {cap} {unit}".strip()


class LimitCountry(models.Model):
    """A country that a customer has called: the first call of all is told."""

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    region = models.CharField(max_length=3)
    first_at = models.DateTimeField()
    number = models.CharField(max_length=24)
    extension_number = models.CharField(max_length=20, blank=True)

    objects = OwnedManager["LimitCountry"](reseller="reseller", customer="customer")

    class Meta:
        verbose_name = _("called country")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "region"], name="limit_country_once"
            )
        ]

    def __str__(self) -> str:
        return self.region
