"""The host names under which a brand is found."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.branding.models.brands import Brand

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


class BrandDomain(models.Model):
    """One host name of one brand. Only a proven one shows the brand.

    Two resellers may claim the same name without learning of each other; only one can
    have proven it. A name without a token is the platform's to vouch for: it is never
    asked again. A name that was switched off is not proven any more.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="domains")
    host = models.CharField(
        _("host name"),
        max_length=253,
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
    problem = models.CharField(max_length=200, blank=True)  # a message id
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    next_check_at = models.DateTimeField(null=True, blank=True)

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
            models.UniqueConstraint(
                fields=["brand", "host"], name="brand_domain_once_each"
            ),
            models.UniqueConstraint(
                fields=["host"],
                condition=models.Q(proven_at__isnull=False),
                name="brand_domain_one_holder",
            ),
            models.CheckConstraint(
                name="brand_domain_lower_case",
                condition=models.Q(host=models.functions.Lower("host")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(next_check_at__isnull=False),
                name="brand_domain_due",
            )
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def reseller(self) -> Any:
        """Return whose name it is, for the audit log; None for the platform's own."""
        return self.brand.reseller

    @property
    def proof_name(self) -> str:
        """Return the name whose TXT record proves this one."""
        return f"_verify.{self.host}"

    @property
    def state(self) -> str:
        """Return `proven`, `failing`, `off` or `waiting`."""
        if self.proven_at is not None:
            return "failing" if self.failing_since else "proven"
        return "off" if self.switched_off_at else "waiting"
