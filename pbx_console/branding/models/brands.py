"""The dress of one reseller, or of the platform's own staff."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import OwnedManager
from pbx_console.branding.svg import logo_ratio, validate_svg

Logo = models.TextField


class Brand(models.Model):
    """Tokens and logos. Everything that differs between two resellers' pages is here."""

    class Font(models.TextChoices):
        """The faces that the asset build brings along; "" is the device's own."""

        INTER = "Inter"
        INSTRUMENT_SANS = "Instrument Sans"
        FIGTREE = "Figtree"
        DEVICE = "system-ui", _("The device’s own")

    class Rail(models.TextChoices):
        """The ground of the navigation."""

        PAGE = "page", _("As the page")
        DARK = "dark", _("Always dark")

    reseller = models.OneToOneField(
        Reseller, on_delete=models.CASCADE, related_name="brand", null=True, blank=True
    )
    product_name = models.CharField(
        _("product name"),
        max_length=40,
        validators=[
            RegexValidator(r"^[^\x00-\x1f\x7f:]+$", _("Use letters, no colon."))
        ],
    )
    accent = models.CharField(
        _("colour"),
        max_length=7,
        default="#3a5a7a",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Write it as #0b5c66."))],
    )
    tint = models.DecimalField(
        _("tint of the greys"),
        max_digits=2,
        decimal_places=1,
        default=Decimal(1),
        validators=[MinValueValidator(0), MaxValueValidator(2)],
    )
    radius = models.PositiveSmallIntegerField(
        _("corner radius, px"), default=6, validators=[MaxValueValidator(12)]
    )
    font = models.CharField(
        _("typeface"), max_length=20, choices=Font, default=Font.INTER
    )
    heading_weight = models.PositiveSmallIntegerField(
        _("weight of headings"),
        default=600,
        validators=[MinValueValidator(550), MaxValueValidator(700)],
    )
    rail_scheme = models.CharField(
        _("navigation"), max_length=4, choices=Rail, default=Rail.PAGE
    )
    logo = Logo(_("logo on light ground (SVG)"), validators=[validate_svg])
    logo_dark = Logo(_("logo on dark ground (SVG)"), validators=[validate_svg])
    mark = Logo(_("square mark (SVG)"), validators=[validate_svg])
    changed_at = models.DateTimeField(auto_now=True)

    objects = OwnedManager["Brand"](reseller="reseller")

    class Meta:
        verbose_name = _("brand")
        constraints = [
            models.UniqueConstraint(
                fields=["reseller"], name="brand_one_per_realm", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.product_name

    @property
    def dark_rail(self) -> bool:
        """Say whether the navigation is dark in the light theme too."""
        return self.rail_scheme == self.Rail.DARK

    @property
    def logo_ratio(self) -> float:
        """Return width by height of the logo."""
        return logo_ratio(self.logo)

    @property
    def font_file(self) -> str:
        """Return the static path of the typeface's Latin file, for the preload."""
        if self.font == self.Font.DEVICE:
            return ""
        return f"build/fonts/{re.sub(r'[^a-z]+', '-', self.font.lower())}-latin.woff2"

    @property
    def version(self) -> str:
        """Return a short digest that changes with anything that is drawn."""
        names = [
            f.attname for f in self._meta.concrete_fields if f.name != "changed_at"
        ]
        drawn = "\x1f".join(str(getattr(self, name)) for name in names)
        return hashlib.sha256(drawn.encode()).hexdigest()[:12]
