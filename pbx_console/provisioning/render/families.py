"""What the catalogue says about phones: families, models, settings and features."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pbx_console.provisioning.render.config import KeyKind, Srtp, Transport

if TYPE_CHECKING:
    from pbx_console.provisioning.render.config import PhoneConfig
    from pbx_console.provisioning.render.formats import Format


class Feature(StrEnum):
    """What a file can set on a phone."""

    ACCOUNTS = "accounts"
    CODECS = "codecs"
    ENCRYPTION = "encryption"  # TLS and SRTP
    TIME_ZONE = "time_zone"
    TIME_SERVER = "time_server"
    LANGUAGE = "language"
    LINE_KEYS = "line_keys"
    TRANSFER_KEYS = "transfer_keys"  # transfer and conference
    PHONEBOOK = "phonebook"
    VOICEMAIL = "voicemail"
    ADMIN_PASSWORD = "admin_password"  # noqa: S105
    WEB_INTERFACE = "web_interface"
    IDLE_TEXT = "idle_text"
    LOGO = "logo"
    FIRMWARE = "firmware"
    PROVISIONING_URL = "provisioning_url"


class Purpose(StrEnum):
    """What a phone wants with a file it asks for."""

    CONFIG = "config"  # the file with its settings
    MASTER = "master"  # a list that leads to the file with its settings
    COMMON = "common"  # for every phone of a model; we have nothing to say there


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in the vendor's words.

    A locked one carries credentials or says where the phone gets its file: nobody
    overrides it. A secret one is locked and never shown.
    """

    name: str
    value: str
    feature: Feature
    locked: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Adjustable:
    """A setting that people may override: its name and its values, as patterns."""

    name: re.Pattern[str]
    value: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Fetch:
    """A file that phones ask for; `{mac}` and `{model}` stand for the phone's own."""

    name: str
    purpose: Purpose = Purpose.CONFIG
    upper: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Phones that read the same settings in the same format."""

    slug: str
    vendor: str
    name: str
    form: Format
    settings: Callable[[PhoneModel, PhoneConfig], Iterator[Setting]]
    features: frozenset[Feature]
    documented: frozenset[Feature]
    fetches: tuple[Fetch, ...]
    user_agent: re.Pattern[str]
    sources: tuple[str, ...]
    adjustable: tuple[Adjustable, ...] = ()
    kinds: frozenset[KeyKind] = frozenset()
    transports: frozenset[Transport] = frozenset(Transport)
    srtp: frozenset[Srtp] = frozenset(Srtp)
    one_server: bool = False  # all accounts share server, transport and encryption


@dataclass(frozen=True, slots=True)
class PhoneModel:
    """One model: how many accounts and keys, and what it lacks of its family."""

    slug: str
    family: Family
    name: str
    accounts: int
    keys: int
    verified: bool
    lacks: frozenset[Feature] = frozenset()
    settings: Mapping[str, str] = field(default_factory=dict)
    asks_as: str = ""  # the model's name in the files it asks for

    @property
    def vendor(self) -> str:
        """The maker's name."""
        return self.family.vendor

    @property
    def features(self) -> frozenset[Feature]:
        """What this model's file sets."""
        missing = set(self.lacks)
        if not self.keys:
            missing |= {Feature.LINE_KEYS}
        if not self.keys and KeyKind.TRANSFER in self.family.kinds:
            missing |= {Feature.TRANSFER_KEYS}
        return self.family.features - missing

    @property
    def file_name(self) -> str:
        """The model's name in the files it asks for."""
        return self.asks_as or self.name


def adjustable(**patterns: str) -> tuple[Adjustable, ...]:
    """Make the table of a family: keys are names of patterns for values."""
    return tuple(
        Adjustable(re.compile(name), re.compile(VALUES[kind]))
        for kind, names in patterns.items()
        for name in names.split()
    )


VALUES: Mapping[str, str] = {
    "switch": "on|off",
    "flag": "0|1",
    "yes_no": "Yes|No",
    "count": "[0-9]{1,6}",
    "signed": "-?[0-9]{1,6}",
    "word": "[A-Za-z0-9_.+ -]{0,64}",
    "words": "[A-Za-z0-9_.+,/: -]{0,200}",
    "text": ".{0,128}",
}
