"""Where the calls of an extension go instead of its phones, or after them."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination
from pbx_console.pbx.models.extensions import Extension


class Forward(models.Model):
    """One condition of one extension. Its token for the dialplan is `f<id>`."""

    class Condition(models.TextChoices):
        """When it counts."""

        ALWAYS = "always", _("always")
        BUSY = "busy", _("busy")
        NO_ANSWER = "no_answer", _("no answer")
        OFFLINE = "offline", _("not registered")

    extension = models.ForeignKey(
        Extension, on_delete=models.CASCADE, related_name="forwards"
    )
    condition = models.CharField(_("condition"), max_length=9, choices=Condition)
    destination = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="forwards",
        null=True,
        blank=True,
        verbose_name=_("to"),
    )
    outside_number = models.CharField(
        _("outside number"),
        max_length=16,
        blank=True,
        validators=[RegexValidator(r"^\+[1-9][0-9]{4,14}$", _("E.164 with a plus."))],
    )
    is_active = models.BooleanField(_("on"), default=True)

    objects = OwnedManager["Forward"](
        reseller="extension__customer__reseller", customer="extension__customer"
    )

    class Meta:
        ordering = ("extension", "condition")
        verbose_name = _("forward")
        constraints = [
            models.UniqueConstraint(
                fields=["extension", "condition"], name="forward_condition"
            ),
            models.CheckConstraint(
                name="forward_one_target",
                condition=models.Q(destination=None) | models.Q(outside_number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_condition_display()}: {self.target}"

    @property
    def target(self) -> str:
        """Return where it leads, as text."""
        return str(self.destination) if self.destination else self.outside_number

    @property
    def customer(self) -> Customer:
        """Return whose it is."""
        return self.extension.customer

    @property
    def customer_id(self) -> int:
        """Return the key of whose it is (`nouns.refuse_foreign` asks)."""
        return self.extension.customer_id

    @property
    def part_of(self) -> Extension:
        """Return the extension whose calls it forwards."""
        return self.extension
