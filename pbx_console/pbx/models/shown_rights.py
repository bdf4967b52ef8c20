"""Which numbers a customer may show that are not its own, and on whose word."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.extensions import Extension

_PLAIN = RegexValidator(r"^[^\x00-\x1f\x7f]*$", _("Use printable letters."))


class ShownRight(models.Model):
    """A recorded right to show a number of somebody else (clip no screening).

    Section 120 of the German TKG: an extra number only with the right to use it.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="shown_rights"
    )
    number = models.CharField(
        _("number"),
        max_length=16,
        validators=[RegexValidator(r"^\+[1-9][0-9]{6,14}$", _("E.164 with a plus."))],
    )
    extension = models.ForeignKey(
        Extension,
        on_delete=models.CASCADE,
        related_name="shown_rights",
        null=True,
        blank=True,
        verbose_name=_("shown by"),
    )
    document = models.CharField(
        _("document"),
        max_length=120,
        validators=[_PLAIN],
        help_text=_("Where the proof is kept: file, contract number, date."),
    )
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    granted_by = models.CharField(_("recorded by"), max_length=80, editable=False)
    granted_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = OwnedManager["ShownRight"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("number", "id")
        verbose_name = _("right to show a number")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "number", "extension"],
                name="shown_right_once",
                nulls_distinct=False,
                violation_error_message=_("This right is recorded already."),
            )
        ]

    def __str__(self) -> str:
        return self.number


class CallerPolicy(models.Model):
    """What a customer lets outside people see. No row: nothing special."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="caller_policy"
    )
    shows_original = models.BooleanField(
        _("forwarded calls show the original caller"),
        default=False,
        help_text=_("Where the carrier takes it; else the customer's own number."),
    )

    objects = OwnedManager["CallerPolicy"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        verbose_name = _("caller ID policy")

    def __str__(self) -> str:
        return f"{self.customer}"
