"""Pictures of a brand, by the digest of their bytes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.branding.models.brands import Brand

MOST_BYTES = 2 * 1024 * 1024  # of a stored picture; the tables refuse more, too


class Kind(models.TextChoices):
    """What a picture is for; the value is its place in `Brand.files`."""

    LOGO = "logo", _("Logo on light ground")
    LOGO_DARK = "logo_dark", _("Logo on dark ground")
    MARK = "mark", _("Mark and favicon")
    LOGIN = "login", _("Picture at the sign-in")


class Picture(models.Model):
    """Made safe by `branding.uploads`: nothing else writes these rows."""

    digest = models.CharField(max_length=64)  # SHA-256 of `content`, hexadecimal
    content_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.content_type}, {self.width} × {self.height}"

    @property
    def facts(self) -> dict[str, Any]:
        """Return what a page needs to know without the bytes."""
        return {
            "digest": self.digest,
            "type": self.content_type,
            "width": self.width,
            "height": self.height,
        }


class BrandFile(Picture):
    """One picture. Published brands, drafts and versions name it by its digest."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="pictures")
    kind = models.CharField(max_length=12, choices=Kind)

    objects = OwnedManager["BrandFile"](reseller="brand__reseller")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "digest"], name="brand_file_once_per_brand"
            ),
        ]


class CustomerLogo(Picture):
    """A customer's own logo, shown beside the reseller's where that is allowed."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="logo"
    )

    objects = OwnedManager["CustomerLogo"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        verbose_name = _("logo")
