"""Callers that a customer does not want to hear."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager


class BlockedNumber(models.Model):
    """A number, everything that begins like it, or (empty) all who hide theirs."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="blocked_numbers"
    )
    number = models.CharField(
        _("number"),
        max_length=16,
        blank=True,
        validators=[
            RegexValidator(r"^(\+[1-9][0-9]{0,14})?$", _("E.164 with a plus."))
        ],
    )
    is_prefix = models.BooleanField(
        _("everything that begins like this"), default=False
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager["BlockedNumber"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("number", "id")
        verbose_name = _("blocked caller")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "number", "is_prefix"],
                name="blocked_once",
                violation_error_message=_("This caller is blocked already."),
            )
        ]

    def __str__(self) -> str:
        if not self.number:
            return str(_("Callers without a number"))
        return f"{self.number}…" if self.is_prefix else self.number

    @property
    def name(self) -> str:
        """Return what pages call it."""
        return str(self)
