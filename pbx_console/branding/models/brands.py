"""The dress of one reseller, or of the platform's own staff."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import OwnedManager

_ODD = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")  # unseen, or turns the text around
_https = URLValidator(
    schemes=["https"], message=_("Write the whole address, beginning with https://.")
)


def validate_plain(value: str) -> None:
    """Refuse characters that nobody sees or that turn the reading direction around."""
    lines = value.replace("\r\n", "\n").replace("\n", "")
    if any(unicodedata.category(letter) in _ODD for letter in lines):
        raise ValidationError(_("It contains characters that cannot be seen."))


def validate_line(value: str) -> None:
    """Refuse what `validate_plain` refuses, and line ends: the text goes into headers."""
    validate_plain(value)
    if value != value.strip() or "\n" in value:
        raise ValidationError(_("Write it in one line."))


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
            RegexValidator(r"^[^\x00-\x1f\x7f:]+$", _("Use letters, no colon.")),
            validate_line,
        ],
    )
    softphone_name = models.CharField(
        _("name in softphones"), max_length=40, blank=True, validators=[validate_line]
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
    # {kind: {"digest", "type", "width", "height", "colours"}}; the bytes: BrandFile.
    files = models.JSONField(_("pictures"), default=dict, blank=True)
    login_text = models.CharField(
        _("text at the sign-in"),
        max_length=200,
        blank=True,
        validators=[validate_plain],
    )
    support_email = models.EmailField(_("mail address of the support"), blank=True)
    support_phone = models.CharField(
        _("telephone of the support"),
        max_length=40,
        blank=True,
        validators=[
            RegexValidator(
                r"^\+?[0-9 ()/.-]+$",
                _("Digits, as people dial them: +49 30 23125 100."),
            )
        ],
    )
    support_text = models.CharField(
        _("when the support answers"),
        max_length=200,
        blank=True,
        validators=[validate_plain],
    )
    imprint_url = models.CharField(
        _("imprint"), max_length=200, blank=True, validators=[_https]
    )
    privacy_url = models.CharField(
        _("privacy notice"), max_length=200, blank=True, validators=[_https]
    )
    mail_from_name = models.CharField(
        _("sender’s name"), max_length=60, blank=True, validators=[validate_line]
    )
    mail_from_address = models.EmailField(_("sender’s address"), blank=True)
    mail_head = models.CharField(
        _("line above every mail"),
        max_length=200,
        blank=True,
        validators=[validate_plain],
    )
    mail_foot = models.TextField(
        _("text below every mail"),
        max_length=600,
        blank=True,
        validators=[validate_plain],
    )
    pdf_head = models.CharField(
        _("line at the top of PDFs"),
        max_length=200,
        blank=True,
        validators=[validate_plain],
    )
    pdf_foot = models.TextField(
        _("text at the bottom of PDFs"),
        max_length=600,
        blank=True,
        validators=[validate_plain],
    )
    hold_title = models.CharField(
        _("heading"), max_length=80, blank=True, validators=[validate_line]
    )
    hold_text = models.TextField(
        _("text"), max_length=400, blank=True, validators=[validate_plain]
    )
    customers_may_show_logo = models.BooleanField(
        _("Customers may show their own logo beside yours"), default=False
    )
    changed_at = models.DateTimeField(auto_now=True)

    main_host: str = ""  # where pages of another host lead to; set by branding.hosts

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
        """Return width by height of the logo; 4 while there is none."""
        logo = self.files.get("logo")
        return round(logo["width"] / logo["height"], 3) if logo else 4.0

    @property
    def softphone(self) -> str:
        """Return the name that softphones and phone displays show."""
        return self.softphone_name or self.product_name

    @property
    def mail_sender(self) -> str:
        """Return the name that stands before the sender's address."""
        return self.mail_from_name or self.product_name

    @property
    def font_file(self) -> str:
        """Return the static path of the typeface's Latin file, for the preload."""
        if self.font == self.Font.DEVICE:
            return ""
        return f"build/fonts/{re.sub(r'[^a-z]+', '-', self.font.lower())}-latin.woff2"

    @property
    def version(self) -> str:
        """Return a short digest that changes with anything that is drawn."""
        fields = self._meta.concrete_fields
        values = {f.attname: getattr(self, f.attname) for f in fields}
        del values["changed_at"]
        drawn = json.dumps(values, sort_keys=True, default=str)
        return hashlib.sha256(drawn.encode()).hexdigest()[:12]
