"""Grandstream GXP16xx and HT8xx: settings by number ("P-values")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pbx_console.provisioning.render.config import Account, Codec, PhoneConfig
from pbx_console.provisioning.render.families import (
    Family,
    Feature,
    PhoneModel,
    Setting,
    adjustable,
)
from pbx_console.provisioning.render.formats import GrandstreamXml
from pbx_console.provisioning.render.grandstream import (
    AGENT,
    FETCHES,
    LOOKS,
    SRTP,
    TRANSPORTS,
    phone,
    server_path,
    time_zone,
)

# enable, server, user, login, password, name, message number, transport, SRTP, codecs
_PHONE_NUMBERS: Final = (
    (271, 47, 35, 36, 34, 3, 33, 130, 183, (57, 58, 59, 60, 61, 62, 46)),
    (401, 402, 404, 405, 406, 407, 426, 448, 443, (451, 452, 453, 454, 455, 456, 457)),
)
_ADAPTER_NUMBERS: Final = (
    (271, 47, 35, 36, 34, 3, 0, 130, 183, (57, 58, 59, 60, 61, 62)),
    (401, 747, 735, 736, 734, 703, 0, 830, 443, (757, 758, 759, 760, 761, 762)),
)


def phone_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a GXP16xx, by number."""
    yield from _numbered(model, config, _PHONE_NUMBERS, frozenset(Codec) - {Codec.OPUS})
    yield Setting("P1362", config.language, Feature.LANGUAGE)
    if config.phonebook_url:
        scheme, path = server_path(config.phonebook_url)
        mode = "3" if scheme == "HTTPS" else "1"
        yield Setting("P330", mode, Feature.PHONEBOOK, locked=True)
        yield Setting("P331", path, Feature.PHONEBOOK, secret=True)


def adapter_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of an adapter, by number."""
    yield from _numbered(
        model, config, _ADAPTER_NUMBERS, frozenset(Codec) - {Codec.G722}
    )


_Row = tuple[int, int, int, int, int, int, int, int, int, tuple[int, ...]]


def _numbered(
    model: PhoneModel,
    config: PhoneConfig,
    table: tuple[_Row, ...],
    able: frozenset[Codec],
) -> Iterator[Setting]:
    for row, account in zip(table, config.accounts, strict=False):
        yield from _numbered_account(config, row, account)
        codecs = [codec for codec in account.codecs if codec in able] or [Codec.PCMA]
        for place, number in enumerate(row[9]):
            codec = codecs[min(place, len(codecs) - 1)]
            yield Setting(f"P{number}", LOOKS[codec][1], Feature.CODECS)
    for row in table[len(config.accounts) : model.accounts]:
        yield Setting(f"P{row[0]}", "0", Feature.ACCOUNTS, locked=True)
    yield Setting("P64", "customize", Feature.TIME_ZONE)
    yield Setting("P246", time_zone(config.time_zone), Feature.TIME_ZONE)
    if config.ntp_server:
        yield Setting("P30", config.ntp_server, Feature.TIME_SERVER)
    yield from _numbered_access(model, config)


def _numbered_account(
    config: PhoneConfig, row: _Row, account: Account
) -> Iterator[Setting]:
    own = Feature.ACCOUNTS
    yield Setting(f"P{row[0]}", "1", own, locked=True)
    yield Setting(f"P{row[1]}", f"{account.server}:{account.port}", own, locked=True)
    yield Setting(f"P{row[2]}", account.user, own, locked=True)
    yield Setting(f"P{row[3]}", account.user, own, locked=True)
    yield Setting(f"P{row[4]}", account.secret, own, secret=True)
    yield Setting(f"P{row[5]}", account.label, own)
    yield Setting(f"P{row[7]}", TRANSPORTS[account.transport][1], own, locked=True)
    yield Setting(f"P{row[8]}", SRTP[account.srtp][1], Feature.ENCRYPTION, locked=True)
    mailbox = config.voicemail_of(account)
    if mailbox and row[6]:
        yield Setting(f"P{row[6]}", mailbox, Feature.VOICEMAIL)


def _numbered_access(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    if config.admin_password:
        own = Feature.ADMIN_PASSWORD
        yield Setting("P2", config.admin_password, own, secret=True)
    if config.firmware_url:
        own, (scheme, path) = Feature.FIRMWARE, server_path(config.firmware_url)
        if model.family.slug == GXP16.slug:  # an adapter has one protocol for both
            mode = "2" if scheme == "HTTPS" else "1"
            yield Setting("P6767", mode, own, locked=True)
        yield Setting("P192", path, own, locked=True)
    if config.provisioning_url:
        own, (scheme, path) = (
            Feature.PROVISIONING_URL,
            server_path(config.provisioning_url),
        )
        yield Setting("P212", "2" if scheme == "HTTPS" else "1", own, locked=True)
        yield Setting("P237", path, own, secret=True)


_NUMBERED_ADJUSTABLE: Final = adjustable(
    count=r"P57 P58 P59 P60 P61 P62 P46 P45[1-7] P75[7-9] P76[0-2] P32 P79 P854 P122 P143",
    word="P1362 P30 P64",
    words="P246",
    text="P3 P407 P703 P270 P417",
)
_NUMBERED: Final = frozenset(
    {
        Feature.ACCOUNTS,
        Feature.CODECS,
        Feature.ENCRYPTION,
        Feature.TIME_ZONE,
        Feature.TIME_SERVER,
        Feature.VOICEMAIL,
        Feature.ADMIN_PASSWORD,
        Feature.FIRMWARE,
        Feature.PROVISIONING_URL,
    }
)
GXP16: Final = Family(
    slug="grandstream-gxp16",
    vendor="Grandstream",
    name="GXP16xx",
    form=GrandstreamXml(named=False),
    settings=phone_settings,
    features=_NUMBERED | {Feature.LANGUAGE, Feature.PHONEBOOK},
    documented=_NUMBERED | {Feature.LANGUAGE, Feature.PHONEBOOK},
    fetches=FETCHES,
    user_agent=AGENT,
    sources=("Configuration template for GXP16xx",),
    adjustable=_NUMBERED_ADJUSTABLE,
)
HT: Final = Family(
    slug="grandstream-ht",
    vendor="Grandstream",
    name="HT8xx",
    form=GrandstreamXml(named=False),
    settings=adapter_settings,
    features=_NUMBERED - {Feature.VOICEMAIL},
    documented=_NUMBERED - {Feature.VOICEMAIL},
    fetches=FETCHES,
    user_agent=AGENT,
    sources=("Configuration template for HT80x, firmware 1.0.10.6",),
    adjustable=_NUMBERED_ADJUSTABLE,
)


MODELS: Final = (
    phone(GXP16, "GXP1610", 1, 0),
    phone(GXP16, "GXP1615", 1, 0),
    phone(GXP16, "GXP1620", 2, 0),
    phone(GXP16, "GXP1625", 2, 0),
    phone(GXP16, "GXP1628", 2, 0),
    phone(GXP16, "GXP1630", 2, 0),
    phone(HT, "HT801", 1, 0),
    phone(HT, "HT802", 2, 0),
    replace(phone(HT, "HT812", 2, 0), verified=False),
)
