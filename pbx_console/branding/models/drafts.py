"""What a brand will look like, and what it looked like before."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.branding.models.brands import Brand


class BrandDraft(models.Model):
    """Changes that nobody sees yet: only what differs from the published brand.

    `values` holds plain JSON by field name, `files` facts by kind as in `Brand.files`
    (null: the picture is taken away). There is no row while there is no change.
    """

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="draft")
    values = models.JSONField(default=dict, blank=True)
    files = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = OwnedManager["BrandDraft"](reseller="brand__reseller")

    class Meta:
        verbose_name = _("draft of the brand")

    def __str__(self) -> str:
        return str(self.brand)

    @property
    def count(self) -> int:
        """Return the number of changes."""
        return len(self.values) + len(self.files)


class BrandVersion(models.Model):
    """One published state, whole. Rows are added and never changed (grants forbid it)."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    values = models.JSONField()
    files = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by_name = models.CharField(max_length=160, blank=True)
    published_by_level = models.CharField(max_length=10, blank=True)
    rolled_back_to = models.PositiveIntegerField(null=True)

    objects = OwnedManager["BrandVersion"](reseller="brand__reseller")

    class Meta:
        ordering = ("-number",)
        verbose_name = _("version of the brand")
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "number"], name="brand_version_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.number}"
