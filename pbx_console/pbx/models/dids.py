"""An outside number, and where it leads."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination
from pbx_console.pbx.models.trunks import Trunk


def prefix_field() -> Any:
    """Return the field of what is shown before a caller's name."""
    return models.CharField(
        _("before the caller's name"),
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(
                r'^[^\x00-\x1f\x7f"<>\\;]*$',
                _("Letters and digits without quotes, <, >, \\ and ;."),
            )
        ],
        help_text=_("Whoever is called sees which number was dialled, as in “Sales”."),
    )


class Did(models.Model):
    """One number: stock of the platform, of a reseller, or held by a customer."""

    class Use(models.TextChoices):
        """What a number is for."""

        VOICE = "voice", _("calls")
        FAX = "fax", _("fax")
        DATA = "data", _("data")

    number = models.CharField(
        _("number"),
        max_length=16,
        unique=True,
        validators=[RegexValidator(r"^\+[1-9][0-9]{4,14}$", _("E.164 with a plus."))],
        error_messages={"unique": _("This number cannot be used.")},
    )
    trunk = models.ForeignKey(
        Trunk, on_delete=models.PROTECT, related_name="dids", verbose_name=_("trunk")
    )
    reseller = models.ForeignKey(
        Reseller,
        on_delete=models.PROTECT,
        related_name="dids",
        null=True,
        blank=True,
        verbose_name=_("reseller"),
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="dids",
        null=True,
        blank=True,
        verbose_name=_("customer"),
    )
    destination = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="dids",
        null=True,
        blank=True,
        verbose_name=_("leads to"),
    )
    is_main = models.BooleanField(
        _("main number"),
        default=False,
        help_text=_("Shown outside by extensions without a number of their own."),
    )

    use = models.CharField(_("used for"), max_length=5, choices=Use, default=Use.VOICE)
    name_prefix = prefix_field()

    objects = OwnedManager["Did"](reseller="reseller", customer="customer")

    class Meta:
        ordering = ("number",)
        verbose_name = _("number")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                name="did_one_main",
                condition=models.Q(is_main=True),
                violation_error_message=_("This customer has a main number already."),
            ),
            models.CheckConstraint(
                name="did_owner_chain",
                condition=models.Q(customer=None) | models.Q(reseller__isnull=False),
            ),
            models.CheckConstraint(
                name="did_held_before_used",
                condition=models.Q(customer__isnull=False)
                | models.Q(destination=None, is_main=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number
