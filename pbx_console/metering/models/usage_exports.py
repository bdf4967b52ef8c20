"""A sealed file of charges, handed to a reseller's billing system."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import OwnedManager


class UsageExport(models.Model):
    """One run per reseller, day and schema version; see docs/usage-export.md.

    `claimed`: the charges are chosen and numbered, nothing about the file can change any
    more. `sealed`: the files are on disk. `sums` is `{level: {currency: micro}}`;
    `customers` is `{code: [customer number, name]}` as they were when claimed; `files` is
    `{rendering: {name, bytes, sha256}}`. Each file's hash chains to the one before.
    """

    class State(models.TextChoices):
        """How far the run is."""

        CLAIMED = "claimed", _("being written")
        SEALED = "sealed", _("sealed")

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="usage_exports"
    )
    day = models.DateField(_("day"))
    schema_version = models.PositiveSmallIntegerField(default=1)
    sequence = models.PositiveIntegerField(_("number"))
    state = models.CharField(max_length=8, choices=State, default=State.CLAIMED)
    timezone = models.CharField(max_length=40, default="Europe/Berlin")
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    rows = models.BigIntegerField(_("rows"), default=0)
    late_rows = models.BigIntegerField(_("late rows"), default=0)
    correction_rows = models.BigIntegerField(_("corrections"), default=0)
    sums = models.JSONField(default=dict)
    customers = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, blank=True)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    files = models.JSONField(default=dict)
    reconciliation = models.JSONField(default=dict)
    claimed_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)

    objects = OwnedManager["UsageExport"](reseller="reseller")

    class Meta:
        ordering = ("-sequence",)
        verbose_name = _("usage export")
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "day", "schema_version"], name="usage_export_once"
            ),
            models.UniqueConstraint(
                fields=["reseller", "schema_version", "sequence"],
                name="usage_export_sequence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} #{self.sequence}"

    @property
    def is_sealed(self) -> bool:
        """Say whether the files are complete."""
        return self.state == self.State.SEALED

    @property
    def reconciles(self) -> bool:
        """Say whether every check before sealing matched."""
        return bool(self.reconciliation.get("ok"))
