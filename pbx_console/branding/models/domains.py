"""The host names under which a brand is found."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.branding.models.brands import Brand

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


class BrandDomain(models.Model):
    """One host name of one brand. Only a proven one shows the brand."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="domains")
    host = models.CharField(
        _("host name"),
        max_length=253,
        unique=True,
        validators=[
            RegexValidator(
                rf"^{_LABEL}(\.{_LABEL})+$",
                _("A host name in lower case, such as phone.example.com."),
            )
        ],
    )
    is_primary = models.BooleanField(_("used in links"), default=False)
    proven_at = models.DateTimeField(_("proven at"), null=True, blank=True)
    is_platform = models.BooleanField(default=False)  # under the platform's own zone
    proof_token = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    switched_off_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    objects = OwnedManager["BrandDomain"](reseller="brand__reseller")

    class Meta:
        verbose_name = _("domain")
        ordering = ("-is_primary", "host")
        constraints = [
            models.UniqueConstraint(
                fields=["brand"],
                condition=models.Q(is_primary=True),
                name="brand_domain_one_primary",
            ),
            models.CheckConstraint(
                name="brand_domain_lower_case",
                condition=models.Q(host=models.functions.Lower("host")),
            ),
        ]

    def __str__(self) -> str:
        return self.host
