"""Grandstream: GRP and GXP21xx desk phones, which take settings by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from pbx_console.provisioning.render.config import (
    KINDS,
    Account,
    Codec,
    KeyKind,
    LineKey,
    PhoneConfig,
    Srtp,
    Transport,
    Web,
)
from pbx_console.provisioning.render.families import (
    Family,
    Feature,
    Fetch,
    PhoneModel,
    Purpose,
    Setting,
    adjustable,
)
from pbx_console.provisioning.render.formats import GrandstreamXml
from pbx_console.provisioning.render.keys import caption, free, placed, unused
from pbx_console.provisioning.render.timezones import Change, zone

LOOKS: Final = {
    Codec.OPUS: ("OPUS", "123"),
    Codec.G722: ("G.722", "9"),
    Codec.PCMA: ("PCMA", "8"),
    Codec.PCMU: ("PCMU", "0"),
    Codec.G729: ("G.729A/B", "18"),
}
_KEY_MODES: Final = {
    KeyKind.EXTENSION: "Line",
    KeyKind.BLF: "BLF",
    KeyKind.SPEED_DIAL: "SpeedDial",
    KeyKind.PARK: "MonitoredCallPark",
    KeyKind.QUEUE: "BLF",
    KeyKind.VOICEMAIL: "BLF",
    KeyKind.DND: "DND",
    KeyKind.FORWARD: "Forward",
    KeyKind.TRANSFER: "Transfer",
    KeyKind.CONFERENCE: "Conference",
}
TRANSPORTS: Final = {
    Transport.UDP: ("UDP", "0"),
    Transport.TCP: ("TCP", "1"),
    Transport.TLS: ("TlsOrTcp", "2"),
}
SRTP: Final = {
    Srtp.OFF: ("Disabled", "0"),
    Srtp.OPTIONAL: ("EnabledButNotForced", "1"),
    Srtp.REQUIRED: ("EnabledAndForced", "2"),
}


def time_zone(name: str) -> str:
    """Return the rule as the vendor's list writes it, with both offsets and hours."""
    rule = zone(name)
    winter = f"{rule.winter_name}{-rule.hours:+d}"
    if not rule.changes:
        return winter
    summer = f"{rule.summer_name}{-rule.hours - 1:+d}"
    start, end = rule.changes
    return f"{winter}{summer},{_change(start)},{_change(end)}"


def _change(change: Change) -> str:
    return f"M{change.month}.{change.week}.{change.weekday}/{change.hour:02d}:00:00"


def server_path(address: str) -> tuple[str, str]:
    """Split an address into the scheme and what the vendor calls a server path."""
    parts = urlsplit(address)
    return parts.scheme.upper(), address.split("://", 1)[1].rstrip("/")


def named_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of phones that take names."""
    for number, account in enumerate(config.accounts, start=1):
        yield from _named_account(config, number, account)
    for number in unused(model, config):
        yield Setting(f"account.{number}.enable", "No", Feature.ACCOUNTS, locked=True)
    yield Setting("dateTime.timezone", "customize", Feature.TIME_ZONE)
    zone_text = time_zone(config.time_zone)
    yield Setting("dateTime.timezone.custom", zone_text, Feature.TIME_ZONE)
    yield Setting("language.gui", config.language, Feature.LANGUAGE)
    if config.ntp_server:
        yield Setting("dateTime.ntp.server.1", config.ntp_server, Feature.TIME_SERVER)
    yield from _named_access(config)
    yield from _named_brand(config)
    for at, key in placed(model, config):
        yield from _named_key(config, at, key)
    for at in free(model, config):
        yield Setting(f"pks.vpk.{at}.keyMode", "None", Feature.LINE_KEYS)


def _named_account(
    config: PhoneConfig, number: int, account: Account
) -> Iterator[Setting]:
    own, at = Feature.ACCOUNTS, f"account.{number}"
    server = f"{account.server}:{account.port}"
    yield Setting(f"{at}.enable", "Yes", own, locked=True)
    yield Setting(f"{at}.name", account.label, own)
    yield Setting(f"{at}.sip.server.1.address", server, own, locked=True)
    yield Setting(f"{at}.sip.userid", account.user, own, locked=True)
    yield Setting(f"{at}.sip.subscriber.userid", account.user, own, locked=True)
    yield Setting(f"{at}.sip.subscriber.password", account.secret, own, secret=True)
    yield Setting(f"{at}.sip.subscriber.name", account.label, own)
    yield Setting(f"{at}.sip.registration", "Yes", own, locked=True)
    transport = TRANSPORTS[account.transport][0]
    yield Setting(f"{at}.sip.transport", transport, own, locked=True)
    srtp = SRTP[account.srtp][0]
    yield Setting(f"{at}.audio.srtpMode", srtp, Feature.ENCRYPTION, locked=True)
    for place, codec in enumerate(_all_places(account, 8), start=1):
        yield Setting(f"{at}.codec.choice.{place}", LOOKS[codec][0], Feature.CODECS)
    mailbox = config.voicemail_of(account)
    if mailbox:
        yield Setting(f"{at}.sip.voicemail.number", mailbox, Feature.VOICEMAIL)
        yield Setting(f"{at}.sip.subscribe.forMwi", "Yes", Feature.VOICEMAIL)
    if config.pickup_prefix:
        code = config.pickup_prefix
        yield Setting(f"{at}.sip.blf.callPickup.prefix", code, Feature.LINE_KEYS)


def _all_places(account: Account, places: int) -> list[Codec]:
    """Fill every place: one that is left out would keep the factory's codec."""
    codecs = list(account.codecs)
    return [*codecs, *[codecs[-1]] * (places - len(codecs))]


def _named_access(config: PhoneConfig) -> Iterator[Setting]:
    web = "Disabled" if config.web is Web.OFF else "HTTPS"
    yield Setting("security.webAccessMode", web, Feature.WEB_INTERFACE, locked=True)
    if config.admin_password:
        own, password = Feature.ADMIN_PASSWORD, config.admin_password
        yield Setting("users.admin.password", password, own, secret=True)
    if config.phonebook_url:
        own, (scheme, path) = Feature.PHONEBOOK, server_path(config.phonebook_url)
        yield Setting(
            "phonebook.download.mode", f"EnabledUse{scheme}", own, locked=True
        )
        yield Setting("phonebook.download.server", path, own, secret=True)
    if config.firmware_url:
        own, (scheme, path) = Feature.FIRMWARE, server_path(config.firmware_url)
        yield Setting("provisioning.firmware.protocol", scheme, own, locked=True)
        yield Setting("provisioning.firmware.serverPath", path, own, locked=True)
    if config.provisioning_url:
        own, (scheme, path) = (
            Feature.PROVISIONING_URL,
            server_path(config.provisioning_url),
        )
        yield Setting("provisioning.config.protocol", scheme, own, locked=True)
        yield Setting("provisioning.config.serverPath", path, own, secret=True)


def _named_brand(config: PhoneConfig) -> Iterator[Setting]:
    if config.idle_text:
        text = config.idle_text
        yield Setting("lcd.customized.station.label", text, Feature.IDLE_TEXT)
    if config.logo_url:
        own, picture = Feature.LOGO, config.logo_url
        yield Setting("lcd.wallpaper.source", "Download", own, locked=True)
        yield Setting("lcd.wallpaper.serverPath", picture, own, locked=True)


_TRANSFER: Final = frozenset({KeyKind.TRANSFER, KeyKind.CONFERENCE})


def _named_key(config: PhoneConfig, at: int, key: LineKey) -> Iterator[Setting]:
    feature = Feature.TRANSFER_KEYS if key.kind in _TRANSFER else Feature.LINE_KEYS
    path = f"pks.vpk.{at}"
    yield Setting(f"{path}.keyMode", _KEY_MODES[key.kind], feature)
    yield Setting(f"{path}.account", f"Account{key.account}", feature)
    yield Setting(f"{path}.description", caption(config, key), feature)
    yield Setting(f"{path}.value", key.watched, feature)


FETCHES: Final = (
    Fetch("cfg{mac}.xml"),
    Fetch("cfg{mac}"),
    Fetch("cfg{model}.xml", Purpose.COMMON),
    Fetch("cfg.xml", Purpose.COMMON),
)
AGENT: Final = re.compile(
    r"^Grandstream Model HW (?P<model>\w+)(?:\s+V\S+)? SW (?P<firmware>[\d.]+)"
    r"(?: DevId (?P<mac>[0-9a-f]{12}))?"
)
_NAMED_ADJUSTABLE: Final = adjustable(
    yes_no=r"account\.\d{1,2}\.(?:intercom\.allowAutoAnswer|sip\.unregisterOnReboot) "
    r"account\.\d{1,2}\.sip\.subscribe\.forMwi callFeatures\.activeMPKPage "
    r"lcd\.screensaver\.showDateTime dateTime\.override\.dhcp\.allowOption(?:2|42)",
    word=r"language\.gui dateTime\.ntp\.server\.[12] dateTime\.format\.(?:date|time) "
    r"account\.\d{1,2}\.codec\.choice\.\d call\.transfer\.modeViaVpk "
    r"pks\.vpk\.\d{1,3}\.keyMode security\.configurationViaKeypadMenu",
    count=r"lcd\.backlight\.(?:activeTimeout|brightness\.active|brightness\.idle) "
    r"lcd\.screensaver\.timeout dateTime\.ntp\.updateInterval",
    words=r"dateTime\.timezone\.custom account\.\d{1,2}\.call\.dialplan",
    text=r"account\.\d{1,2}\.(?:name|sip\.subscriber\.name) pks\.vpk\.\d{1,3}\.description "
    r"lcd\.customized\.station\.label",
)
_NAMED_KINDS: Final = KINDS
GRP: Final = Family(
    slug="grandstream-grp",
    vendor="Grandstream",
    name="GRP26xx",
    form=GrandstreamXml(named=True),
    settings=named_settings,
    features=frozenset(Feature) - {Feature.IDLE_TEXT},
    documented=frozenset(Feature) - {Feature.IDLE_TEXT},
    fetches=FETCHES,
    user_agent=AGENT,
    sources=("Configuration Template for GRP261x, firmware 1.0.5.15",),
    adjustable=_NAMED_ADJUSTABLE,
    kinds=_NAMED_KINDS,
)
GXP: Final = Family(
    slug="grandstream-gxp21",
    vendor="Grandstream",
    name="GXP21xx",
    form=GrandstreamXml(named=True),
    settings=named_settings,
    features=frozenset(Feature),
    documented=frozenset(Feature),
    fetches=FETCHES,
    user_agent=AGENT,
    sources=("Configuration Template for GXP21xx, firmware 1.0.11.79",),
    adjustable=_NAMED_ADJUSTABLE,
    kinds=_NAMED_KINDS,
)


def phone(family: Family, name: str, accounts: int, keys: int) -> PhoneModel:
    """Make a model; the vendor's own template of its series is at hand."""
    slug, asks = f"grandstream-{name.lower()}", name.lower()
    return PhoneModel(slug, family, name, accounts, keys, verified=True, asks_as=asks)


MODELS: Final = (
    phone(GRP, "GRP2612", 4, 16),
    phone(GRP, "GRP2613", 6, 24),
    phone(GRP, "GRP2614", 12, 16),
    phone(GRP, "GRP2615", 16, 40),
    phone(GRP, "GRP2616", 12, 16),
    phone(GXP, "GXP2130", 3, 12),
    phone(GXP, "GXP2135", 8, 32),
    phone(GXP, "GXP2140", 4, 16),
    phone(GXP, "GXP2160", 6, 24),
    phone(GXP, "GXP2170", 12, 48),
)
