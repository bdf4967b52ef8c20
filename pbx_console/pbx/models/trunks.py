"""A carrier link, and how it is doing."""

from __future__ import annotations

import ipaddress
import re

from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.fields import SecretField
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.models.resellers import Country
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.confirmed import Confirmed

MOST_ADDRESSES = 20
_HOST_NAME = r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,98}[A-Za-z0-9])?$"
_USER = r"^[^\x00-\x20\x7f\"<>\\;,&@]*$"


def addresses_of(text: str) -> list[str]:
    """Return the addresses and networks in a text, one spelling each.

    Raises ValidationError that names what is neither.
    """
    found = []
    for part in re.split(r"[\s,]+", text.strip()):
        try:
            network = ipaddress.ip_network(part) if part else None
        except ValueError:
            message = _("%(part)s is not an address or a network.")
            raise ValidationError(message, params={"part": part}) from None
        if network is not None:
            whole = network.prefixlen == network.max_prefixlen
            found.append(str(network.network_address) if whole else str(network))
    return list(dict.fromkeys(found))


def validate_addresses(text: str) -> None:
    """Refuse what is no list of addresses, and networks as wide as a country."""
    found = addresses_of(text)
    if len(found) > MOST_ADDRESSES:
        message = _("At most %(most)s addresses.")
        raise ValidationError(message, params={"most": MOST_ADDRESSES})
    for part in found:
        network = ipaddress.ip_network(part)
        if network.prefixlen < (16 if network.version == 4 else 32):
            message = _("%(part)s is too wide: everybody in it could bring calls.")
            raise ValidationError(message, params={"part": part})


class Trunk(Confirmed):
    """A carrier, known by its address; shared by all, or owned by one reseller."""

    class NumberFormat(models.TextChoices):
        """How the carrier wants numbers written."""

        PLUS = "plus", _("+4930…")
        DIGITS = "digits", _("4930…")
        INTERNATIONAL = "international", _("004930…")
        NATIONAL = "national", _("030… at home, 0043… abroad")

    class IncomingFormat(models.TextChoices):
        """How the carrier writes the numbers of callers."""

        ANY = "any", _("as it comes: +49…, 0049… or 030…")
        DIGITS = "digits", _("always 4930…, without plus or zeros")

    class Transport(models.TextChoices):
        """What SIP travels in."""

        UDP = "udp", _("UDP")
        TCP = "tcp", _("TCP")
        TLS = "tls", _("TLS")

    class CallerHeader(models.TextChoices):
        """Where the carrier reads the number that is shown."""

        PAI = "pai", _("From and P-Asserted-Identity")
        RPID = "rpid", _("From and Remote-Party-ID")
        FROM = "from", _("From only")

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
    more_addresses = models.CharField(
        _("further addresses"),
        max_length=400,
        blank=True,
        validators=[validate_addresses],
        help_text=_("Calls from here are this carrier's too. Addresses or networks."),
    )
    transport = models.CharField(
        _("transport"), max_length=3, choices=Transport, default=Transport.UDP
    )
    srtp = models.BooleanField(
        _("encrypted speech (SRTP)"),
        default=False,
        help_text=_("Calls without encryption are refused then, in both directions."),
    )
    registers = models.BooleanField(
        _("registers with the carrier"),
        default=False,
        help_text=_("Off: the carrier knows this system by its address."),
    )
    domain = models.CharField(
        _("SIP domain"),
        max_length=100,
        blank=True,
        validators=[RegexValidator(_HOST_NAME, _("A host name: sip.example.net."))],
        help_text=_("What stands behind the @; empty: the address."),
    )
    proxy = models.GenericIPAddressField(
        _("outbound proxy"),
        null=True,
        blank=True,
        help_text=_("Everything is sent there first. Empty: straight to the address."),
    )
    username = models.CharField(
        _("user"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(_USER, _("No spaces, quotes or @ ; , & < >."))],
    )
    secret = SecretField(_("password"), blank=True, default="")
    account_in_from = models.BooleanField(
        _("From names the account"),
        default=True,
        help_text=_("With a user: some carriers want it there, and the number beside."),
    )
    number_format = models.CharField(
        _("number format"),
        max_length=14,
        choices=NumberFormat,
        default=NumberFormat.PLUS,
    )
    incoming_format = models.CharField(
        _("callers' numbers"),
        max_length=14,
        choices=IncomingFormat,
        default=IncomingFormat.ANY,
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        choices=Country,
        default=Country.GERMANY,
        help_text=_("Where numbers without a country code belong."),
    )
    caller_header = models.CharField(
        _("caller's number"),
        max_length=4,
        choices=CallerHeader,
        default=CallerHeader.PAI,
    )
    shows_original = models.BooleanField(
        _("takes the original caller of forwarded calls"),
        default=False,
        help_text=_("The carrier accepts a foreign number together with Diversion."),
    )
    max_calls = models.PositiveIntegerField(
        _("calls at the same time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit. More go over the next trunk of the route."),
    )
    watch_seconds = models.PositiveIntegerField(
        _("watched every, seconds"),
        default=60,
        validators=[MaxValueValidator(3600)],
        help_text=_("By OPTIONS; 0: not watched."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = OwnedManager["Trunk"](reseller="reseller")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("trunk")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse settings that contradict each other."""
        super().clean()
        if self.registers and not (self.username and self.secret):
            raise ValidationError(
                {"username": _("Registering needs a user and a password.")}
            )
        if 0 < self.watch_seconds < 10:
            raise ValidationError({"watch_seconds": _("At least 10, or 0 for never.")})
        if self.srtp and self.transport != self.Transport.TLS:
            raise ValidationError(
                {"srtp": _("Its keys travel in SIP: encrypt that, too, with TLS.")}
            )

    @property
    def endpoint_id(self) -> str:
        """Return the PJSIP endpoint."""
        return f"trunk-{self.slug}"

    @property
    def uri_host(self) -> str:
        """Return the address as it stands in a SIP URI."""
        return f"[{self.host}]" if ":" in self.host else str(self.host)


class TrunkHealth(models.Model):
    """What OPTIONS and registration last said of a trunk, and what was told of it."""

    class State(models.TextChoices):
        """Can calls go over it?"""

        UNKNOWN = "unknown", _("not watched")
        UP = "up", _("answers")
        DOWN = "down", _("does not answer")

    trunk = models.OneToOneField(Trunk, on_delete=models.CASCADE, related_name="health")
    state = models.CharField(max_length=7, choices=State, default=State.UNKNOWN)
    since = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    round_trip_ms = models.PositiveIntegerField(null=True)
    registration = models.CharField(max_length=40, blank=True)
    pending = models.CharField(max_length=7, blank=True)
    same_in_a_row = models.PositiveIntegerField(default=0)
    told_down = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    objects = OwnedManager["TrunkHealth"](reseller="trunk__reseller")

    class Meta:
        verbose_name = _("state of a trunk")

    def __str__(self) -> str:
        return f"{self.trunk}: {self.get_state_display()}"
