"""Names for outside numbers: on displays when they call, and in the phones' books.

Migration 0012 also makes a GIN index over `numbers`, for `asterisk.known_caller`.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager


def number_list() -> Any:
    """Return the field of E.164 numbers."""
    one = models.CharField(
        max_length=16,
        validators=[RegexValidator(r"^\+[1-9][0-9]{2,14}$", _("E.164 with a plus."))],
    )
    return ArrayField(one, verbose_name=_("numbers"), size=10)


class PhonebookEntry(models.Model):
    """One name and its numbers; of a customer, or of a reseller for all its customers."""

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="phonebook"
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="phonebook",
        null=True,
        blank=True,
    )
    name = models.CharField(
        _("name"),
        max_length=60,
        validators=[
            RegexValidator(
                r'^[^\x00-\x1f\x7f"<>\\;]+$',
                _("Letters and digits without quotes, <, >, \\ and ;."),
            )
        ],
    )
    numbers = number_list()
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = OwnedManager["PhonebookEntry"](reseller="reseller", customer="customer")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("phonebook entry")
        indexes = [
            models.Index(fields=["reseller", "name"], name="phonebook_by_name"),
        ]

    def __str__(self) -> str:
        return self.name
