"""Where phones stand: what the emergency service is told, and its test."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Country
from pbx_console.accounts.scope import OwnedManager

_PLAIN = RegexValidator(r"^[^\x00-\x1f\x7f]*$", _("Use printable letters."))


class Site(models.Model):
    """A building of a customer. Its number is shown on emergency calls from there."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="sites"
    )
    name = models.CharField(_("name"), max_length=60, validators=[_PLAIN])
    street = models.CharField(
        _("street and house number"), max_length=100, validators=[_PLAIN]
    )
    postcode = models.CharField(_("postcode"), max_length=10, validators=[_PLAIN])
    town = models.CharField(_("town"), max_length=60, validators=[_PLAIN])
    country = models.CharField(
        _("country"), max_length=2, choices=Country, default=Country.GERMANY
    )
    note = models.CharField(
        _("how to find it"),
        max_length=120,
        blank=True,
        validators=[_PLAIN],
        help_text=_("Entrance, floor, wing."),
    )
    did = models.ForeignKey(
        "pbx.Did",
        on_delete=models.SET_NULL,
        related_name="sites",
        null=True,
        blank=True,
        verbose_name=_("number of this site"),
        help_text=_("The emergency service sees it and may call back."),
    )

    objects = OwnedManager["Site"](reseller="customer__reseller", customer="customer")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("site")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "name"],
                name="site_name",
                violation_error_message=_("There is a site of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Return the address in one line."""
        place = f"{self.street}, {self.postcode} {self.town}"
        return f"{place} ({self.note})" if self.note else place


class EmergencyTest(models.Model):
    """For a short time emergency numbers ring inside, to try them. Ends by itself."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="emergency_test"
    )
    destination = models.ForeignKey(
        "pbx.Destination",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("rings instead"),
    )
    until = models.DateTimeField(_("ends"))

    objects = OwnedManager["EmergencyTest"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        verbose_name = _("emergency test")

    def __str__(self) -> str:
        return f"{self.destination}"

    @property
    def is_on(self) -> bool:
        """Say whether it still runs."""
        return self.until > timezone.now()


class EmergencyCall(models.Model):
    """A call for help that went out: written after the fact, from the journal."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="emergency_calls"
    )
    linkedid = models.CharField(max_length=150, unique=True)
    extension_number = models.CharField(max_length=20, blank=True)
    dialled = models.CharField(max_length=10)
    site = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    answered = models.BooleanField(default=False)

    objects = OwnedManager["EmergencyCall"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("emergency call")

    def __str__(self) -> str:
        return f"{self.dialled} ({self.extension_number})"
