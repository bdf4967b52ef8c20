"""A price list: the platform's wholesale list or a reseller's retail list."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.models.resellers import validate_timezone
from pbx_console.accounts.scope import OwnedManager
from pbx_console.lib.money import Rounding
from pbx_console.metering.peak import PeakWindow


class PriceList(models.Model):
    """Rules that hold for every price of the list, and its name.

    Without a reseller it is the platform's (wholesale: what a reseller pays); with one it
    is that reseller's (retail: what customers pay). `version` rises with every change of
    the list or its prices.
    """

    class Kind(models.TextChoices):
        """Who pays by it."""

        WHOLESALE = "wholesale", _("purchase")
        RETAIL = "retail", _("sale")

    class RoundingRule(models.TextChoices):
        """Stated rounding of a call's amount: `<mode>_<decimals>` (`lib.money`)."""

        EXACT = "half_up_6", _("to 0.000001, half up")
        FOUR = "half_up_4", _("to 0.0001, half up")
        FOUR_UP = "up_4", _("to 0.0001, up")
        CENT = "half_up_2", _("to whole cents, half up")
        CENT_UP = "up_2", _("to whole cents, up")
        FOUR_EVEN = "half_even_4", _("to 0.0001, half to even")

    reseller = models.ForeignKey(
        Reseller,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="price_lists",
    )
    kind = models.CharField(max_length=9, choices=Kind)
    slug = models.SlugField(_("short name"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Use a code such as EUR."))],
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=40,
        default="Europe/Berlin",
        validators=[validate_timezone],
    )
    rounding = models.CharField(
        _("rounding"), max_length=12, choices=RoundingRule, default=RoundingRule.FOUR
    )
    split_peak = models.BooleanField(_("split calls at the peak border"), default=False)
    peak_days = models.PositiveSmallIntegerField(
        _("peak days"), default=31, validators=[MaxValueValidator(127)]
    )
    peak_from_minute = models.PositiveSmallIntegerField(
        default=8 * 60, validators=[MaxValueValidator(1439)]
    )
    peak_until_minute = models.PositiveSmallIntegerField(
        default=18 * 60, validators=[MaxValueValidator(1440)]
    )
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    objects = OwnedManager["PriceList"](reseller="reseller")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("price list")
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "slug"],
                name="price_list_slug",
                nulls_distinct=False,
                violation_error_message=_("This short name is already used."),
            ),
            models.CheckConstraint(
                name="price_list_owner",
                condition=models.Q(kind="wholesale", reseller=None)
                | models.Q(kind="retail", reseller__isnull=False),
            ),
            models.CheckConstraint(
                name="price_list_peak",
                condition=models.Q(
                    peak_days__lte=127,
                    peak_from_minute__lte=1439,
                    peak_until_minute__gte=1,
                    peak_until_minute__lte=1440,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Purchase lists belong to the platform, sale lists to a reseller."""
        if (self.kind == self.Kind.WHOLESALE) != (self.reseller_id is None):
            raise ValidationError(
                _("A purchase list belongs to the platform, a sale list to a reseller.")
            )

    @property
    def rounding_rule(self) -> Rounding:
        """Return the rule that rounds a call's amount."""
        return Rounding.parse(self.rounding)

    @property
    def window(self) -> PeakWindow:
        """Return when it is peak."""
        return PeakWindow(
            self.peak_days,
            self.peak_from_minute,
            self.peak_until_minute,
            ZoneInfo(self.timezone),
        )
