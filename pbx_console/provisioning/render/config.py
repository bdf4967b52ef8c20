"""What one phone shall be, in nobody's dialect."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from pbx_console.lib.macs import parse_mac
from pbx_console.provisioning.render import values
from pbx_console.provisioning.render.timezones import ZONES

LANGUAGES: Final = ("de", "nl", "en", "fr", "it", "es")
COUNTRIES: Final = ("DE", "NL", "AT", "CH", "GB", "FR", "BE", "LU", "IT", "ES")


class Transport(StrEnum):
    """How SIP travels."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class Srtp(StrEnum):
    """Whether speech is encrypted."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Codec(StrEnum):
    """Speech codecs that Asterisk and phones share."""

    OPUS = "opus"
    G722 = "g722"
    PCMA = "pcma"
    PCMU = "pcmu"
    G729 = "g729"


class KeyKind(StrEnum):
    """What a programmable key is for."""

    EXTENSION = "extension"  # an account of the phone itself
    BLF = "blf"  # a colleague: lamp, call, pick up
    SPEED_DIAL = "speed_dial"
    PARK = "park"  # a place in the park: lamp, park, take back
    QUEUE = "queue"  # lamp and log-in of a queue
    VOICEMAIL = "voicemail"  # a shared voicemail box: lamp and call
    DND = "dnd"
    FORWARD = "forward"
    TRANSFER = "transfer"
    CONFERENCE = "conference"
    FREE = "free"  # nothing: the key after it stays where it is


class Web(StrEnum):
    """The phone's own web pages."""

    OFF = "off"
    PROTECTED = "protected"


_WATCHING: Final = frozenset(
    {KeyKind.BLF, KeyKind.PARK, KeyKind.QUEUE, KeyKind.VOICEMAIL}
)
KINDS: Final = frozenset(KeyKind) - {KeyKind.FREE}
_NUMBERED: Final = _WATCHING | {KeyKind.SPEED_DIAL}
DEFAULT_CODECS: Final = (Codec.OPUS, Codec.G722, Codec.PCMA, Codec.PCMU)


@dataclass(frozen=True, slots=True)
class Account:
    """One registration: what the phone says to the telephone system."""

    user: str
    secret: str = field(repr=False)
    server: str
    number: str = ""
    display_name: str = ""
    port: int = 5061
    transport: Transport = Transport.TLS
    srtp: Srtp = Srtp.REQUIRED
    codecs: tuple[Codec, ...] = DEFAULT_CODECS
    voicemail: str = ""

    def __post_init__(self) -> None:
        values.check_user("user", self.user)
        values.check_secret("secret", self.secret)
        values.check_host("server", self.server)
        values.check_number("number", self.number)
        values.check_number("voicemail", self.voicemail)
        values.check_text("display_name", self.display_name)
        if not (self.secret and self.server and 1 <= self.port <= 65535):
            raise values.BadValue("account")
        if not self.codecs or len(set(self.codecs)) != len(self.codecs):
            raise values.BadValue("codecs")

    @property
    def label(self) -> str:
        """What stands on the phone for this account."""
        return self.display_name or self.number or self.user


@dataclass(frozen=True, slots=True)
class LineKey:
    """One programmable key.

    `lamp` is what the key subscribes to where that is not the number itself. Most phones
    dial what they watch, so the telephone system must take a dialled lamp for its number.
    """

    kind: KeyKind
    value: str = ""
    label: str = ""
    account: int = 1
    lamp: str = ""

    def __post_init__(self) -> None:
        values.check_number("value", self.value)
        values.check_text("label", self.label)
        if self.kind in _NUMBERED and not self.value:
            raise values.BadValue("value")
        if self.lamp:
            values.check_user("lamp", self.lamp)
            if self.kind not in _WATCHING:
                raise values.BadValue("lamp")
        if not 1 <= self.account <= 99:
            raise values.BadValue("account")

    @property
    def text(self) -> str:
        """What stands beside the key."""
        return self.label or self.value

    @property
    def watched(self) -> str:
        """What the key subscribes to."""
        return self.lamp or self.value


@dataclass(frozen=True, slots=True)
class PhoneConfig:
    """Everything one phone is told, whatever vendor made it."""

    mac: str
    accounts: tuple[Account, ...]
    keys: tuple[LineKey, ...] = ()
    time_zone: str = "Europe/Berlin"
    language: str = "de"
    country: str = "DE"
    ntp_server: str = ""
    phonebook_url: str = field(default="", repr=False)
    phonebook_name: str = ""
    voicemail_number: str = ""
    pickup_prefix: str = ""
    admin_password: str = field(default="", repr=False)
    web: Web = Web.OFF
    idle_text: str = ""
    logo_url: str = ""
    firmware_url: str = ""
    provisioning_url: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if parse_mac(self.mac) != self.mac:
            raise values.BadValue("mac")
        if not self.accounts:
            raise values.BadValue("accounts")
        self._check_choices()
        for name in ("voicemail_number", "pickup_prefix"):
            values.check_number(name, getattr(self, name))
        for name in ("phonebook_name", "idle_text"):
            values.check_text(name, getattr(self, name))
        for name in ("phonebook_url", "logo_url", "firmware_url", "provisioning_url"):
            values.check_url(name, getattr(self, name))
        values.check_host("ntp_server", self.ntp_server)
        values.check_secret("admin_password", self.admin_password)

    def _check_choices(self) -> None:
        choices = (
            ("time_zone", ZONES),
            ("language", LANGUAGES),
            ("country", COUNTRIES),
        )
        for name, allowed in choices:
            if getattr(self, name) not in allowed:
                raise values.BadValue(name)
        if self.provisioning_url and not self.provisioning_url.endswith("/"):
            raise values.BadValue("provisioning_url")
        if any(key.account > len(self.accounts) for key in self.keys):
            raise values.BadValue("keys")

    def voicemail_of(self, account: Account) -> str:
        """Return the number that this account's message key calls."""
        return account.voicemail or self.voicemail_number
