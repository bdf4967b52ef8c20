"""The phone on the desk: its address and model, its lines and its keys.

An account (`Extension` or `Device` of the pbx room) is what registers; a phone is the
thing that carries one or more accounts. `secret` is the part of the address from which
the phone fetches its file: whoever has it and comes first is the phone, so it is kept
encrypted, found by its digest, and never shown.
"""

from __future__ import annotations

import hashlib
import secrets

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.fields import SecretField
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models import Device, Extension
from pbx_console.provisioning.render.config import KeyKind

PLAIN = RegexValidator(
    r'^[^\x00-\x1f\x7f"<>\\;]+$',
    _("Letters and digits without quotes, <, >, \\ and ;."),
)


def random_secret() -> str:
    """Return 160 random bits as hex."""
    return secrets.token_hex(20)


def random_password() -> str:
    """Return a password for the phone's own pages: what every keypad can type."""
    return "".join(
        secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _n in range(12)
    )


def digest_of(secret: str) -> str:
    """Return what a secret is found by: SHA-256 as hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Phone(models.Model):
    """One desk phone, base or adapter."""

    class Transport(models.TextChoices):
        """How this phone talks to the telephone system, if not as all do."""

        HOUSE = "", _("As the house does")
        TLS = "tls", "TLS"
        TCP = "tcp", "TCP"
        UDP = "udp", "UDP"

    class Srtp(models.TextChoices):
        """Whether speech is encrypted, if not as all do."""

        HOUSE = "", _("As the house does")
        REQUIRED = "required", _("Encrypted")
        OPTIONAL = "optional", _("Encrypted where the other side can")
        OFF = "off", _("Not encrypted")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="phones"
    )
    mac = models.CharField(
        _("MAC address"),
        max_length=12,
        unique=True,
        validators=[RegexValidator("^[0-9a-f]{12}$")],
    )
    model = models.CharField(_("model"), max_length=60)
    name = models.CharField(
        _("name"),
        max_length=40,
        blank=True,
        validators=[PLAIN],
        help_text=_("Where it stands: reception, workshop."),
    )
    transport = models.CharField(
        _("transport"), max_length=8, blank=True, choices=Transport, default=""
    )
    srtp = models.CharField(
        _("encryption of speech"), max_length=8, blank=True, choices=Srtp, default=""
    )
    settings = models.JSONField(_("own settings"), default=dict, blank=True)
    secret = SecretField(default=random_secret)
    secret_digest = models.CharField(max_length=64, unique=True, editable=False)
    admin_password = SecretField(default=random_password)
    # Until when a first fetch is answered; who came then is the phone from there on.
    window_until = models.DateTimeField(null=True, blank=True)
    bound_address = models.GenericIPAddressField(null=True, blank=True)
    bound_agent = models.CharField(max_length=300, blank=True)
    # From where it may come without its secret while the window is open: it called there.
    awaited_address = models.GenericIPAddressField(null=True, blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    # What was saved after the last fetch is not on the phone yet.
    changed_at = models.DateTimeField(auto_now_add=True)
    # Digests of its file (`provisioning.freshness`): as it has it; as it would get it
    # now ("": to be looked at); as it was last asked to fetch it, and when.
    file_digest = models.CharField(max_length=64, blank=True, default="")
    wanted_digest = models.CharField(max_length=64, blank=True, default="")
    told_digest = models.CharField(max_length=64, blank=True, default="")
    told_at = models.DateTimeField(null=True, blank=True)
    firmware = models.CharField(max_length=60, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    silent_told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager["Phone"](reseller="customer__reseller", customer="customer")

    class Meta:
        ordering = ("name", "mac")
        verbose_name = _("phone")
        indexes = [
            models.Index(
                fields=["id"],
                name="phone_to_look_at",
                condition=models.Q(wanted_digest="", fetched_at__isnull=False),
            ),
            models.Index(
                fields=["told_at", "id"],
                name="phone_behind",
                condition=~models.Q(wanted_digest=models.F("file_digest")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.written_mac

    @property
    def written_mac(self) -> str:
        """Return the address as labels write it: 00:04:13:…"""
        return ":".join(self.mac[at : at + 2] for at in range(0, 12, 2)).upper()

    def renew_secret(self) -> None:
        """Forget the old address, and whoever was bound to it."""
        self.secret = random_secret()
        self.bound_address, self.bound_agent = None, ""

    def save(self, *args: object, **values: object) -> None:
        """Keep the digest beside its secret."""
        self.secret_digest = digest_of(str(self.secret))
        super().save(*args, **values)  # type: ignore[arg-type]


class PhoneLine(models.Model):
    """One account on a phone: the extension's own (no device), or one of its others."""

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    extension = models.ForeignKey(
        Extension, on_delete=models.CASCADE, related_name="phone_lines"
    )
    device = models.OneToOneField(
        Device, on_delete=models.CASCADE, null=True, blank=True, related_name="line"
    )

    objects = OwnedManager["PhoneLine"](
        reseller="phone__customer__reseller", customer="phone__customer"
    )

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["phone", "position"], name="line_place"),
            models.UniqueConstraint(
                fields=["extension"],
                condition=models.Q(device=None),
                name="line_own_account_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.extension)

    @property
    def account(self) -> Extension | Device:
        """Return what registers: it has `endpoint_id` and `secret`."""
        return self.device or self.extension


class PhoneKey(models.Model):
    """What a programmable key does."""

    KINDS = [
        (KeyKind.BLF.value, _("Colleague with lamp")),
        (KeyKind.SPEED_DIAL.value, _("Speed dial")),
        (KeyKind.EXTENSION.value, _("Line")),
        (KeyKind.PARK.value, _("Parking place")),
        (KeyKind.QUEUE.value, _("Queue log-in")),
        (KeyKind.VOICEMAIL.value, _("Shared voicemail")),
        (KeyKind.DND.value, _("Do not disturb")),
        (KeyKind.FORWARD.value, _("Forward")),
        (KeyKind.TRANSFER.value, _("Transfer")),
        (KeyKind.CONFERENCE.value, _("Conference")),
    ]

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="keys")
    position = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(250)]
    )
    kind = models.CharField(_("what it does"), max_length=12, choices=KINDS)
    value = models.CharField(_("number"), max_length=32, blank=True)
    label = models.CharField(_("label"), max_length=40, blank=True, validators=[PLAIN])
    line = models.PositiveSmallIntegerField(
        _("line"), default=1, validators=[MinValueValidator(1)]
    )

    objects = OwnedManager["PhoneKey"](
        reseller="phone__customer__reseller", customer="phone__customer"
    )

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["phone", "position"], name="key_place")
        ]

    def __str__(self) -> str:
        return self.label or self.value or self.kind
