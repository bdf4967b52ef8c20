"""An IT shop that sells telephone systems under its own name."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager


def validate_timezone(value: str) -> None:
    """Accept IANA names only."""
    if value not in available_timezones():
        raise ValidationError(_("Choose a time zone such as Europe/Berlin."))


class Country(models.TextChoices):
    """Countries whose numbering rules are built in."""

    GERMANY = "DE", _("Germany")
    NETHERLANDS = "NL", _("Netherlands")
    AUSTRIA = "AT", _("Austria")


class Language(models.TextChoices):
    """Languages of the console."""

    GERMAN = "de", _("German")
    ENGLISH = "en", _("English")
    DUTCH = "nl", _("Dutch")


class Feature(models.TextChoices):
    """What a reseller may be allowed, and may allow its customers."""

    PEOPLE = "people", _("Customers manage their own people")
    CALL_LIST = "call_list", _("Customers see their calls")
    CUSTOMER_LOGO = "customer_logo", _("Customers show their own logo")
    OUTSIDE_CALLS = "outside_calls", _("Calls to the outside")
    RECORDING = "recording", _("Recording of calls")


def every_feature() -> list[str]:
    """Return all of them: what is not limited is allowed."""
    return list(Feature.values)


class Reseller(models.Model):
    """The reseller; everything below it belongs to exactly one."""

    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(
        _("name"),
        max_length=80,
        validators=[
            RegexValidator(r"^[^\x00-\x1f\x7f]+$", _("Use printable letters."))
        ],
    )
    country = models.CharField(
        _("country"), max_length=2, choices=Country, default=Country.GERMANY
    )
    timezone = models.CharField(
        _("billing time zone"),
        max_length=40,
        default="Europe/Berlin",
        validators=[validate_timezone],
    )
    max_extensions = models.PositiveIntegerField(
        _("extensions allowed"), default=1000, validators=[MinValueValidator(1)]
    )
    max_numbers = models.PositiveIntegerField(_("numbers allowed"), default=1000)
    max_calls = models.PositiveIntegerField(
        _("outside calls at the same time"),
        default=100,
        validators=[MinValueValidator(1)],
    )
    max_storage_mb = models.PositiveIntegerField(_("storage, MB"), default=1000)
    features = models.JSONField(_("features"), default=every_feature, blank=True)
    require_second_factor = models.BooleanField(
        _("customers’ people need a second factor"), default=False
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager["Reseller"](reseller="id", customer="customers")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("reseller")

    def __str__(self) -> str:
        return self.name
