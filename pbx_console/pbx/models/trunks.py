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
MOST_SECRET = 120
# Asterisk's words for the state of a registration.
REGISTRATIONS = {
    "Registered": _("registered"),
    "Unregistered": _("not registered"),
    "Rejected": _("refused by the carrier"),
    "Stopped": _("stopped"),
}
_HOST_NAME = r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,98}[A-Za-z0-9])?$"
# A label begins and ends with a letter or digit; the last one is no number, so that an
# address with a typing error is not taken for a name.
_NAME = re.compile(
    r"(?=.{4,85}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
HEADER = r"^([A-Za-z][A-Za-z0-9-]{1,38})(: ?[A-Za-z0-9][A-Za-z0-9._/+-]{0,38})?$"
_USER = r"^[^\x00-\x20\x7f\"<>\\;,&@]*$"


def is_address(host: str) -> bool:
    """Say whether this is an IP address; everything else is a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def validate_host(host: str) -> None:
    """Refuse what is neither an IP address nor a whole host name."""
    if not is_address(host) and not _NAME.fullmatch(host):
        raise ValidationError(_("An IP address or a host name: sip.example.net."))


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

    class Origin(models.TextChoices):
        """Whose callers it brings: matters for numbers that must not be shown."""

        HOME = "home", _("this country; the carrier watches its borders")
        ABROAD = "abroad", _("networks abroad")
        MARKED = "marked", _("both; the carrier marks calls from abroad")

    slug = models.SlugField(_("short name"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="trunks", null=True, blank=True
    )
    host = models.CharField(
        _("address"),
        max_length=85,
        validators=[validate_host],
        help_text=_("Host name or IP address."),
    )
    port = models.PositiveIntegerField(
        _("port"),
        default=5060,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
        help_text=_("Empty, with a name: as its SRV records say."),
    )
    # What the names led to when they were last asked (`pbx.names`).
    resolved = models.CharField(
        _("leads to"), max_length=500, blank=True, editable=False
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
    checks_certificate = models.BooleanField(
        _("certificate is checked"),
        default=True,
        help_text=_("With TLS. Off: encrypted, but nobody knows with whom."),
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
    proxy = models.CharField(
        _("outbound proxy"),
        max_length=85,
        blank=True,
        default="",
        validators=[validate_host],
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
    origin = models.CharField(
        _("calls come from"),
        max_length=6,
        choices=Origin,
        default=Origin.HOME,
        help_text=_(
            "Calls from abroad to German numbers arrive without a German caller's "
            "number, mobile ones excepted (TKG, section 120)."
        ),
    )
    abroad_header = models.CharField(
        _("mark of calls from abroad"),
        max_length=80,
        blank=True,
        validators=[
            RegexValidator(HEADER, _("A header, X-Origin, or X-Origin: abroad"))
        ],
        help_text=_("The SIP header that the carrier sends with them."),
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
        if len(self.secret) + 2 * sum(map(self.secret.count, ";^")) > MOST_SECRET:
            message = _("Too long; ; and ^ count three times.")
            raise ValidationError({"secret": message})
        if 0 < self.watch_seconds < 10:
            raise ValidationError({"watch_seconds": _("At least 10, or 0 for never.")})
        if self.srtp and self.transport != self.Transport.TLS:
            raise ValidationError(
                {"srtp": _("Its keys travel in SIP: encrypt that, too, with TLS.")}
            )
        if self.port is None and is_address(self.host):
            raise ValidationError({"port": _("An address needs a port.")})
        if self.origin == self.Origin.MARKED and not self.abroad_header:
            raise ValidationError({"abroad_header": _("Say how they are marked.")})

    @property
    def endpoint_id(self) -> str:
        """Return the PJSIP endpoint."""
        return f"trunk-{self.slug}"

    @property
    def uri_host(self) -> str:
        """Return the address as it stands in a SIP URI."""
        return f"[{self.host}]" if ":" in self.host else str(self.host)

    @property
    def place(self) -> str:
        """Return address and port as pages write them."""
        return f"{self.uri_host}:{self.port}" if self.port else self.uri_host

    @property
    def names(self) -> list[str]:
        """Return what must be looked up before anything is sent there."""
        return [
            name for name in (self.host, self.proxy) if name and not is_address(name)
        ]

    @property
    def known_addresses(self) -> list[str]:
        """Return all addresses and networks that are this carrier: typed or resolved."""
        typed = [part for part in (self.host, self.proxy) if part and is_address(part)]
        found = [
            *typed,
            *addresses_of(self.resolved),
            *addresses_of(self.more_addresses),
        ]
        return list(dict.fromkeys(found))


class TrunkHealth(models.Model):
    """What OPTIONS and registration last said of a trunk, and what was told of it."""

    class State(models.TextChoices):
        """Can calls go over it?"""

        UNKNOWN = "unknown", _("not watched")
        UP = "up", _("answers")
        DOWN = "down", _("does not answer")

    class Trouble(models.TextChoices):
        """Why calls cannot go over it, as a sentence that ends a line."""

        SILENT = "silent", _("The carrier does not answer.")
        NO_NAME = "no_name", _("The carrier's host name leads to no address.")
        NOT_OURS = (
            "not_ours",
            _("The carrier's host name leads to an address that cannot be used."),
        )
        WRONG_NAME = "wrong_name", _("The carrier's certificate is for another name.")
        EXPIRED = "expired", _("The carrier's certificate has expired.")
        UNTRUSTED = (
            "untrusted",
            _("The carrier's certificate is not signed by a known authority."),
        )
        NO_TLS = "no_tls", _("The carrier does not speak TLS on this port.")
        REGISTRATION = "registration", _("The carrier refuses the registration.")

    trunk = models.OneToOneField(Trunk, on_delete=models.CASCADE, related_name="health")
    state = models.CharField(max_length=7, choices=State, default=State.UNKNOWN)
    since = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    round_trip_ms = models.PositiveIntegerField(null=True)
    registration = models.CharField(max_length=40, blank=True)
    trouble = models.CharField(max_length=12, choices=Trouble, blank=True)
    pending = models.CharField(max_length=7, blank=True)
    same_in_a_row = models.PositiveIntegerField(default=0)
    told_down = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    objects = OwnedManager["TrunkHealth"](reseller="trunk__reseller")

    class Meta:
        verbose_name = _("state of a trunk")

    def __str__(self) -> str:
        return f"{self.trunk}: {self.get_state_display()}"

    @property
    def registration_words(self) -> str:
        """Return how the registration stands, in words for people."""
        return str(REGISTRATIONS.get(self.registration, self.registration))
