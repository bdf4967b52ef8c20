"""A carrier link."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.fields import SecretField
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.confirmed import Confirmed


class Trunk(Confirmed):
    """A carrier, known by its address; shared by all, or owned by one reseller."""

    class NumberFormat(models.TextChoices):
        """How the carrier wants numbers written."""

        PLUS = "plus", _("+4930…")
        DIGITS = "digits", _("4930…")
        INTERNATIONAL = "international", _("004930…")

    slug = models.SlugField(_("short name"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="trunks", null=True, blank=True
    )
    host = models.GenericIPAddressField(
        _("address"),
        help_text=_("IP address; a host name would be asked again on every call."),
    )
    port = models.PositiveIntegerField(
        _("port"),
        default=5060,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
    )
    number_format = models.CharField(
        _("number format"),
        max_length=14,
        choices=NumberFormat,
        default=NumberFormat.PLUS,
    )
    username = models.CharField(_("user"), max_length=60, blank=True)
    secret = SecretField(_("password"), blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)

    objects = OwnedManager["Trunk"](reseller="reseller")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("trunk")

    def __str__(self) -> str:
        return self.name

    @property
    def endpoint_id(self) -> str:
        """Return the PJSIP endpoint."""
        return f"trunk-{self.slug}"
