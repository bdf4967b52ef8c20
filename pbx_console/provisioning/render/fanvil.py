"""Fanvil: X and V series. No document of the XML was at hand: all are unverified."""

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
from pbx_console.provisioning.render.formats import TreeXml
from pbx_console.provisioning.render.keys import caption, free, placed, unused
from pbx_console.provisioning.render.timezones import zone

_TRANSPORTS: Final = {Transport.UDP: "0", Transport.TCP: "1", Transport.TLS: "3"}
_SRTP: Final = {Srtp.OFF: "0", Srtp.OPTIONAL: "1", Srtp.REQUIRED: "2"}
_CODECS: Final = {
    Codec.OPUS: "OPUS",
    Codec.G722: "G722",
    Codec.PCMA: "PCMA",
    Codec.PCMU: "PCMU",
    Codec.G729: "G729",
}
_PROTOCOLS: Final = {"http": "4", "https": "5"}
_PER_PAGE: Final = 12


def settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a phone."""
    for number, account in enumerate(config.accounts, start=1):
        yield from _account(config, number, account)
    for number in unused(model, config):
        path = f"sip/line[{number}]/EnableReg"
        yield Setting(path, "0", Feature.ACCOUNTS, locked=True)
    yield from _clock(config)
    language = config.language
    yield Setting("phone/display/DefaultLanguage", language, Feature.LANGUAGE)
    if config.idle_text:
        text = config.idle_text
        yield Setting("phone/display/LCDTitle", text, Feature.IDLE_TEXT)
    yield from _access(config)
    yield from _sources(config)
    for at, key in placed(model, config):
        yield from _key(config, at, key)
    for at in free(model, config):
        yield Setting(f"{_place(at)}/Type", "0", Feature.LINE_KEYS)


def _account(config: PhoneConfig, number: int, account: Account) -> Iterator[Setting]:
    own, at = Feature.ACCOUNTS, f"sip/line[{number}]"
    yield Setting(f"{at}/PhoneNumber", account.user, own, locked=True)
    yield Setting(f"{at}/DisplayName", account.label, own)
    yield Setting(f"{at}/RegisterAddr", account.server, own, locked=True)
    yield Setting(f"{at}/RegisterPort", str(account.port), own, locked=True)
    yield Setting(f"{at}/RegisterUser", account.user, own, locked=True)
    yield Setting(f"{at}/RegisterPswd", account.secret, own, secret=True)
    yield Setting(f"{at}/EnableReg", "1", own, locked=True)
    transport = _TRANSPORTS[account.transport]
    yield Setting(f"{at}/Transport", transport, own, locked=True)
    srtp = _SRTP[account.srtp]
    yield Setting(f"{at}/MediaCrypto", srtp, Feature.ENCRYPTION, locked=True)
    codecs = ",".join(_CODECS[codec] for codec in account.codecs)
    yield Setting(f"{at}/VoiceCodecMap", codecs, Feature.CODECS)
    mailbox = config.voicemail_of(account)
    if mailbox:
        yield Setting(f"{at}/Subscribe", "1", Feature.VOICEMAIL)
        yield Setting(f"{at}/MWINum", mailbox, Feature.VOICEMAIL)


def _clock(config: PhoneConfig) -> Iterator[Setting]:
    own, rule, at = Feature.TIME_ZONE, zone(config.time_zone), "phone/date"
    name = f"UTC{rule.hours:+d}" if rule.hours else "UTC"
    yield Setting(f"{at}/TimeZone", str(rule.minutes // 15), own)
    yield Setting(f"{at}/TimeZoneName", name, own)
    yield Setting(f"{at}/EnableDST", "2" if rule.changes else "0", own)
    if rule.changes:
        yield Setting(f"{at}/DSTMinOffset", "60", own)
        for word, change in zip(("Start", "End"), rule.changes, strict=True):
            yield Setting(f"{at}/DST{word}Mon", str(change.month), own)
            yield Setting(f"{at}/DST{word}Week", str(change.week), own)
            yield Setting(f"{at}/DST{word}Wday", str(change.weekday), own)
            yield Setting(f"{at}/DST{word}Hour", str(change.hour), own)
    if config.ntp_server:
        server = config.ntp_server
        yield Setting(f"{at}/EnableSNTP", "1", Feature.TIME_SERVER)
        yield Setting(f"{at}/SNTPServer", server, Feature.TIME_SERVER)


def _access(config: PhoneConfig) -> Iterator[Setting]:
    web = Feature.WEB_INTERFACE
    remote = "0" if config.web is Web.OFF else "1"
    yield Setting("web/WebServerType", "1", web, locked=True)
    yield Setting("web/RemoteControl", remote, web, locked=True)
    yield Setting("web/EnableTelnet", "0", web, locked=True)
    if config.admin_password:
        own, password = Feature.ADMIN_PASSWORD, config.admin_password
        yield Setting("phone/MenuPassword", password, own, secret=True)
        yield Setting("web/account[1]/Name", "admin", own, locked=True)
        yield Setting("web/account[1]/Password", password, own, secret=True)
        yield Setting("web/account[1]/Level", "10", own, locked=True)
    if config.phonebook_url:
        own, at = Feature.PHONEBOOK, "phone/xmlContact[1]"
        if config.phonebook_name:
            yield Setting(f"{at}/Name", config.phonebook_name, own)
        yield Setting(f"{at}/Addr", config.phonebook_url, own, secret=True)


def _sources(config: PhoneConfig) -> Iterator[Setting]:
    if config.firmware_url:
        own, address = Feature.FIRMWARE, config.firmware_url
        yield Setting("fwCheck/EnableAutoUpgrade", "1", own, locked=True)
        yield Setting("fwCheck/UpgradeServer1", address, own, locked=True)
    if config.provisioning_url:
        own, address = Feature.PROVISIONING_URL, config.provisioning_url
        protocol = _PROTOCOLS[urlsplit(address).scheme]
        yield Setting("ap/FlashServerIP", address.rstrip("/"), own, secret=True)
        yield Setting("ap/FlashFileName", f"{config.mac}.cfg", own, locked=True)
        yield Setting("ap/FlashProtocol", protocol, own, locked=True)
        yield Setting("ap/FlashMode", "1", own, locked=True)
        yield Setting("ap/pnp/PNPEnable", "0", own, locked=True)


_EVENTS: Final = {
    KeyKind.DND: "F_DND",
    KeyKind.FORWARD: "F_CFWD",
    KeyKind.TRANSFER: "F_TRANSFER",
    KeyKind.CONFERENCE: "F_CONF",
}
_TRANSFER: Final = frozenset({KeyKind.TRANSFER, KeyKind.CONFERENCE})


def _key(config: PhoneConfig, at: int, key: LineKey) -> Iterator[Setting]:
    own = Feature.TRANSFER_KEYS if key.kind in _TRANSFER else Feature.LINE_KEYS
    path = _place(at)
    kind, value = _action(config, key)
    yield Setting(f"{path}/Type", kind, own)
    yield Setting(f"{path}/Value", value, own)
    yield Setting(f"{path}/Title", caption(config, key), own)


def _place(at: int) -> str:
    page, place = divmod(at - 1, _PER_PAGE)
    return f"dsskey/internal[{page + 1}]/Fkey[{place + 1}]"


def _action(config: PhoneConfig, key: LineKey) -> tuple[str, str]:
    """Return type and value: 2 is a line, 3 a function, 1 a number with its subtype."""
    if key.kind is KeyKind.EXTENSION:
        return "2", f"SIP{key.account}"
    if key.kind in _EVENTS:
        return "3", _EVENTS[key.kind]
    subtype = {KeyKind.SPEED_DIAL: "f", KeyKind.PARK: "c"}.get(key.kind, "ba")
    pickup = f"{config.pickup_prefix}{key.value}" if config.pickup_prefix else ""
    tail = pickup if key.kind is KeyKind.BLF else ""
    return "1", f"{key.watched}@{key.account}/{subtype}{tail}"


FAMILY: Final = Family(
    slug="fanvil",
    vendor="Fanvil",
    name="X, V",
    form=TreeXml(),
    settings=settings,
    features=frozenset(Feature) - {Feature.LOGO},
    documented=frozenset(),
    fetches=(
        Fetch("{mac}.cfg"),
        Fetch("f0{word}.cfg", Purpose.COMMON),
    ),
    user_agent=re.compile(
        r"^Fanvil (?P<model>[VX]\w+(?:[ -](?:Pro|V2))?) (?P<firmware>[\d.]+)"
        r"(?: (?P<mac>[0-9a-f]{12}))?$"
    ),
    sources=("Fanvil VoIP Auto Provision Standard: only how the phone finds its file",),
    adjustable=adjustable(
        flag=r"phone/date/EnableSNTP sip/line\[\d{1,2}\]/Subscribe "
        r"call/port\[1\]/AutoOnhook sip/line\[\d{1,2}\]/AutoAnswer "
        r"sip/line\[\d{1,2}\]/EnableRport",
        count=r"sip/line\[\d{1,2}\]/(?:RegisterTTL|DTMFMode) mm/SelectYourTone "
        r"phone/timeDisplay/(?:TimeDisplayStyle|DateDisplayStyle) mm/DtmfPayloadType",
        word=r"phone/display/DefaultLanguage phone/date/SNTPServer",
        words=r"sip/line\[\d{1,2}\]/VoiceCodecMap",
        text=r"sip/line\[\d{1,2}\]/DisplayName phone/display/LCDTitle "
        r"phone/xmlContact\[1\]/Name dsskey/internal\[\d{1,2}\]/Fkey\[\d{1,2}\]/Title",
    ),
    kinds=KINDS,
)


def _model(name: str, accounts: int, keys: int) -> PhoneModel:
    slug = f"fanvil-{name.lower().replace(' ', '-')}"
    return PhoneModel(slug, FAMILY, name, accounts, keys, verified=False)


MODELS: Final = (
    _model("X3SG", 2, 2),
    _model("X3U", 6, 6),
    _model("X4U", 12, 30),
    _model("X5U", 16, 30),
    _model("X6U", 20, 60),
    _model("X7", 20, 112),
    _model("X7C", 20, 112),
    _model("X210", 20, 96),
    _model("V62", 6, 15),
    _model("V63", 8, 21),
    _model("V64", 12, 21),
    _model("V65", 20, 27),
    _model("V66", 20, 87),
    _model("V67", 20, 112),
)
