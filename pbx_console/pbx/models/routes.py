"""Which trunk takes a call to a number."""

from __future__ import annotations

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.trunks import Trunk


class OutboundRoute(models.Model):
    """The longest matching prefix wins; of its trunks, the lowest position first.

    Trunks of the same position share the calls by weight.
    """

    reseller = models.ForeignKey(
        Reseller, on_delete=models.CASCADE, related_name="routes", null=True, blank=True
    )
    prefix = models.CharField(
        _("prefix"),
        max_length=15,
        validators=[RegexValidator(r"^\+[0-9]*$", _("+ and digits, + alone for all."))],
    )
    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, related_name="routes")
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    weight = models.PositiveSmallIntegerField(
        _("share"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )

    objects = OwnedManager["OutboundRoute"](reseller="reseller")

    class Meta:
        ordering = ("prefix", "position", "id")
        verbose_name = _("route")
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "prefix", "trunk"],
                name="route_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix} → {self.trunk}"
