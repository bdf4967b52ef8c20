"""A firm whose telephones are set up by a reseller."""

from __future__ import annotations

import secrets

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models.resellers import (
    Country,
    Language,
    Reseller,
    every_feature,
    validate_timezone,
)
from pbx_console.accounts.scope import OwnedManager

# No vowels (no words by accident), no 0/1/l/o (read aloud over the telephone).
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def random_code() -> str:
    """Return a new customer code, `c` and five letters or digits: `c7k2mt`."""
    return "c" + "".join(secrets.choice(_ALPHABET) for _n in range(5))


class Customer(models.Model):
    """A customer of one reseller. `code` is its tenant id in the PBX."""

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="customers"
    )
    code = models.CharField(max_length=12, unique=True, default=random_code)
    name = models.CharField(
        _("name"),
        max_length=80,
        validators=[
            RegexValidator(r"^[^\x00-\x1f\x7f]+$", _("Use printable letters."))
        ],
    )
    erp_number = models.CharField(
        _("customer number"),
        max_length=40,
        blank=True,
        validators=[
            RegexValidator(r"^[\w./-]*$", _("Letters, digits and . / - _ only."))
        ],
        help_text=_("As in your own books; it stands on every export line."),
    )
    country = models.CharField(
        _("country"), max_length=2, choices=Country, default=Country.GERMANY
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.GERMAN
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=40,
        default="Europe/Berlin",
        validators=[validate_timezone],
    )
    max_extensions = models.PositiveIntegerField(
        _("extensions allowed"), default=50, validators=[MinValueValidator(1)]
    )
    max_numbers = models.PositiveIntegerField(_("numbers allowed"), default=100)
    max_calls = models.PositiveIntegerField(
        _("outside calls at the same time"),
        default=10,
        validators=[MinValueValidator(1)],
    )
    max_storage_mb = models.PositiveIntegerField(_("storage, MB"), default=100)
    features = models.JSONField(_("features"), default=every_feature, blank=True)
    require_second_factor = models.BooleanField(
        _("everybody needs a second factor"), default=False
    )
    max_call_minutes = models.PositiveIntegerField(
        _("longest outside call, minutes"),
        default=240,
        validators=[MinValueValidator(1)],
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = OwnedManager["Customer"](reseller="reseller", customer="id")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("customer")
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "erp_number"],
                name="customer_erp_number",
                condition=~models.Q(erp_number=""),
                violation_error_message=_("This customer number is already used."),
            )
        ]
        indexes = [
            models.Index(fields=["reseller", "name", "id"], name="customer_list")
        ]

    def __str__(self) -> str:
        return self.name
