"""Poly: VVX and Edge E. A small master file leads the phone to its settings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
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
from pbx_console.provisioning.render.formats import AttributeXml
from pbx_console.provisioning.render.keys import caption, free, placed, unused
from pbx_console.provisioning.render.timezones import Change, zone

_LANGUAGES: Final = {
    "de": "German_Germany",
    "nl": "Dutch_Netherlands",
    "en": "English_United_Kingdom",
    "fr": "French_France",
    "it": "Italian_Italy",
    "es": "Spanish_Spain",
}
_TRANSPORTS: Final = {
    Transport.UDP: "UDPOnly",
    Transport.TCP: "TCPOnly",
    Transport.TLS: "TLS",
}
_CODECS: Final = {
    Codec.OPUS: "Opus",
    Codec.G722: "G722",
    Codec.PCMA: "G711_A",
    Codec.PCMU: "G711_Mu",
    Codec.G729: "G729_AB",
}
_STRENGTH: Final = (Srtp.OFF, Srtp.OPTIONAL, Srtp.REQUIRED)


def settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a phone."""
    for number, account in enumerate(config.accounts, start=1):
        yield from _account(config, number, account)
    for number in unused(model, config):
        yield Setting(f"reg.{number}.address", "", Feature.ACCOUNTS, locked=True)
    yield from _speech(config)
    yield from _clock(config)
    language = _LANGUAGES[config.language]
    yield Setting("lcl.ml.lang", language, Feature.LANGUAGE)
    yield from _access(config)
    yield from _keys(model, config)


def _account(config: PhoneConfig, number: int, account: Account) -> Iterator[Setting]:
    own, at = Feature.ACCOUNTS, f"reg.{number}"
    address = f"{account.user}@{account.server}"
    transport = _TRANSPORTS[account.transport]
    yield Setting(f"{at}.address", address, own, locked=True)
    yield Setting(f"{at}.auth.userId", account.user, own, locked=True)
    yield Setting(f"{at}.auth.password", account.secret, own, secret=True)
    yield Setting(f"{at}.displayName", account.label, own)
    yield Setting(f"{at}.label", account.label, own)
    yield Setting(f"{at}.server.1.address", account.server, own, locked=True)
    yield Setting(f"{at}.server.1.port", str(account.port), own, locked=True)
    yield Setting(f"{at}.server.1.transport", transport, own, locked=True)
    mailbox = config.voicemail_of(account)
    if mailbox:
        mwi, voice = f"msg.mwi.{number}", Feature.VOICEMAIL
        yield Setting(f"{mwi}.callBackMode", "contact", voice)
        yield Setting(f"{mwi}.callBack", mailbox, voice)


def _speech(config: PhoneConfig) -> Iterator[Setting]:
    """Codecs and SRTP are the phone's, not an account's: the strictest account rules."""
    srtp = max((account.srtp for account in config.accounts), key=_STRENGTH.index)
    required = "1" if srtp is Srtp.REQUIRED else "0"
    offered = "0" if srtp is Srtp.OFF else "1"
    safe = Feature.ENCRYPTION
    yield Setting("sec.srtp.enable", offered, safe, locked=True)
    yield Setting("sec.srtp.offer", offered, safe, locked=True)
    yield Setting("sec.srtp.require", required, safe, locked=True)
    codecs = config.accounts[0].codecs
    for codec, name in _CODECS.items():
        place = codecs.index(codec) + 1 if codec in codecs else 0
        yield Setting(f"voice.codecPref.{name}", str(place), Feature.CODECS)


def _clock(config: PhoneConfig) -> Iterator[Setting]:
    own, rule, at = Feature.TIME_ZONE, zone(config.time_zone), "tcpIpApp.sntp"
    yield Setting(f"{at}.gmtOffset", str(rule.minutes * 60), own)
    yield Setting(f"{at}.gmtOffset.overrideDHCP", "1", own)
    summer = f"{at}.daylightSavings"
    yield Setting(f"{summer}.enable", "1" if rule.changes else "0", own)
    if rule.changes:
        yield Setting(f"{summer}.fixedDayEnable", "0", own)
        yield from _change(f"{summer}.start", rule.changes[0])
        yield from _change(f"{summer}.stop", rule.changes[1])
    if config.ntp_server:
        address = config.ntp_server
        yield Setting(f"{at}.address", address, Feature.TIME_SERVER)
        yield Setting(f"{at}.address.overrideDHCP", "1", Feature.TIME_SERVER)


def _change(at: str, change: Change) -> Iterator[Setting]:
    own = Feature.TIME_ZONE
    yield Setting(f"{at}.month", str(change.month), own)
    yield Setting(f"{at}.dayOfWeek", str(change.weekday + 1), own)
    yield Setting(f"{at}.dayOfWeek.lastInMonth", "1" if change.week == 5 else "0", own)
    yield Setting(f"{at}.time", str(change.hour), own)


def _access(config: PhoneConfig) -> Iterator[Setting]:
    web = Feature.WEB_INTERFACE
    shown = "0" if config.web is Web.OFF else "1"
    yield Setting("httpd.enabled", shown, web, locked=True)
    yield Setting("httpd.cfg.enabled", shown, web, locked=True)
    yield Setting("httpd.cfg.secureTunnelRequired", "1", web, locked=True)
    if config.admin_password or config.provisioning_url:
        own = Feature.PROVISIONING_URL
        if config.admin_password:
            own = Feature.ADMIN_PASSWORD
        yield Setting("device.set", "1", own, locked=True)
    if config.admin_password:
        own, password = Feature.ADMIN_PASSWORD, config.admin_password
        yield from _device("auth.localAdminPassword", password, own)
    if config.phonebook_url:
        own, book = Feature.PHONEBOOK, config.phonebook_url
        yield Setting("mb.main.home", book, own, secret=True)
    if config.logo_url:
        own = Feature.LOGO
        yield Setting("bg.color.selection", "2,1", own, locked=True)
        yield Setting("bg.color.bm.1.name", config.logo_url, own, locked=True)
    if config.firmware_url:
        own, address = Feature.FIRMWARE, config.firmware_url
        yield Setting("upgrade.custom.server.url", address, own, locked=True)
    if config.provisioning_url:
        yield from _source(config.provisioning_url)
        own, again = Feature.PROVISIONING_URL, "voIpProt.SIP.specialEvent.checkSync"
        yield Setting(f"{again}.alwaysReboot", "0", own, locked=True)


def _source(address: str) -> Iterator[Setting]:
    own = Feature.PROVISIONING_URL
    kind = urlsplit(address).scheme.upper()
    yield from _device("prov.serverName", address, own)
    yield from _device("prov.serverType", kind, own)


def _device(name: str, value: str, feature: Feature) -> Iterator[Setting]:
    """A device parameter takes effect only with its ".set"."""
    yield Setting(f"device.{name}", value, feature, secret=True)
    yield Setting(f"device.{name}.set", "1", feature, locked=True)


# A call in progress goes at once to what is "automata", a place of a parking lot.
_LAMPS: Final = {
    KeyKind.BLF: "normal",
    KeyKind.QUEUE: "normal",
    KeyKind.VOICEMAIL: "normal",
    KeyKind.PARK: "automata",
}
_ACTIONS: Final = {
    KeyKind.DND: "$FDoNotDisturb$",
    KeyKind.FORWARD: "$FDivert$",
    KeyKind.TRANSFER: "$FTransfer$",
    KeyKind.CONFERENCE: "$FConference$",
}
_TRANSFER: Final = frozenset({KeyKind.TRANSFER, KeyKind.CONFERENCE})


def _keys(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    lamps = actions = 0
    keys = placed(model, config)
    if keys:
        own = Feature.LINE_KEYS
        yield Setting("lineKey.reassignment.enabled", "1", own)
        yield Setting("feature.enhancedFeatureKeys.enabled", "1", own)
        yield Setting("feature.EFKLineKey.enabled", "1", own)
    for at, key in keys:
        if key.kind is KeyKind.EXTENSION:
            yield from _line_key(at, "Line", key.account)
        elif key.kind in _LAMPS:
            lamps += 1
            yield from _lamp(config, at, lamps, key)
        else:
            actions += 1
            yield from _action(config, at, actions, key)
    for at in free(model, config):
        yield from _line_key(at, "Unassigned", 0)


def _line_key(
    at: int, category: str, index: int, feature: Feature = Feature.LINE_KEYS
) -> Iterator[Setting]:
    yield Setting(f"lineKey.{at}.category", category, feature)
    yield Setting(f"lineKey.{at}.index", str(index), feature)


def _lamp(config: PhoneConfig, at: int, number: int, key: LineKey) -> Iterator[Setting]:
    own, path = Feature.LINE_KEYS, f"attendant.resourceList.{number}"
    server = config.accounts[key.account - 1].server
    yield from _line_key(at, "BLF", 0)
    yield Setting(f"{path}.address", f"{key.watched}@{server}", own)
    if key.lamp:
        yield Setting(f"{path}.callAddress", f"{key.value}@{server}", own)
    yield Setting(f"{path}.label", caption(config, key), own)
    yield Setting(f"{path}.type", _LAMPS[key.kind], own)


def _action(
    config: PhoneConfig, at: int, number: int, key: LineKey
) -> Iterator[Setting]:
    own = Feature.TRANSFER_KEYS if key.kind in _TRANSFER else Feature.LINE_KEYS
    path = f"efk.efklist.{number}"
    action = _ACTIONS.get(key.kind, f"{key.value}$Tinvite$")
    yield from _line_key(at, "EFK", number, own)
    yield Setting(f"{path}.mname", f"key{number}", own)
    yield Setting(f"{path}.status", "1", own)
    yield Setting(f"{path}.label", caption(config, key), own)
    yield Setting(f"{path}.action.string", action, own)


def master(config: PhoneConfig) -> str:
    """Return the file that leads a phone to its settings."""
    root = ET.Element(
        "APPLICATION",
        {
            "APP_FILE_PATH": "",
            "CONFIG_FILES": f"{config.mac}-config.cfg",
            "MISC_FILES": "",
            "LOG_FILE_DIRECTORY": "",
            "OVERRIDES_DIRECTORY": "",
            "CONTACTS_DIRECTORY": "",
        },
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return head + ET.tostring(root, encoding="unicode") + "\n"


_FETCHES: Final = (
    Fetch("{mac}-config.cfg"),
    Fetch("{mac}.cfg", Purpose.MASTER),
    Fetch("000000000000.cfg", Purpose.COMMON),
    Fetch("{mac}-directory.xml", Purpose.COMMON),
    Fetch("{mac}-license.cfg", Purpose.COMMON),
    Fetch("{mac}-phone.cfg", Purpose.COMMON),
    Fetch("{mac}-web.cfg", Purpose.COMMON),
)
_ADJUSTABLE: Final = adjustable(
    flag=r"call\.callWaiting\.enable up\.oneTouchVoiceMail powerSaving\.enable "
    r"feature\.bluetooth\.radioOn up\.OffHookLineView\.enabled dir\.local\.readonly "
    r"feature\.urlDialing\.enabled lcl\.datetime\.time\.24HourClock",
    count=r"nat\.keepalive\.interval call\.callsPerLineKey voice\.codecPref\.[A-Za-z0-9_]+ "
    r"reg\.\d{1,2}\.lineKeys reg\.\d{1,2}\.server\.1\.expires up\.backlight\.onIntensity",
    signed=r"tcpIpApp\.sntp\.gmtOffset",
    word=r"lcl\.ml\.lang tcpIpApp\.sntp\.address call\.defaultTransferType "
    r"call\.callWaiting\.ring up\.headsetMode reg\.\d{1,2}\.ringType",
    words=r"dialplan\.digitmap\.timeOut",
    text=r"reg\.\d{1,2}\.(?:displayName|label) attendant\.resourceList\.\d{1,3}\.label "
    r"efk\.efklist\.\d{1,3}\.label",
)
_READ: Final = frozenset({Feature.ACCOUNTS, Feature.LINE_KEYS})


def _family(slug: str, name: str, agent: str, *sources: str) -> Family:
    return Family(
        slug=slug,
        vendor="Poly",
        name=name,
        form=AttributeXml(),
        settings=settings,
        features=frozenset(Feature) - {Feature.IDLE_TEXT},
        documented=_READ if sources else frozenset(),
        fetches=_FETCHES,
        user_agent=re.compile(agent),
        sources=sources,
        adjustable=_ADJUSTABLE,
        kinds=KINDS,
    )


VVX: Final = _family(
    "poly-vvx",
    "VVX",
    r"Polycom\w*-VVX[_-](?P<model>\w+)-UA/(?P<firmware>[\d.]+)"
    r"(?:.*?\b(?P<mac>[0-9a-fA-F]{12})\b)?",
    "Polycom VVX Expansion Module Administrator's Guide Addendum, UC Software 4.1.6",
    "Polycom UC Software Administrator Guide",
)
EDGE: Final = _family(
    "poly-edge",
    "Edge E",
    r"Poly\w*-Edge[_ -]?(?P<model>E\d+)\S*/(?P<firmware>[\d.]+)"
    r"(?:.*?\b(?P<mac>[0-9a-fA-F]{12})\b)?",
)


def _vvx(number: str, accounts: int, keys: int) -> PhoneModel:
    slug, name = f"poly-vvx{number}", f"VVX {number}"
    return PhoneModel(slug, VVX, name, accounts, keys, verified=True, asks_as=number)


def _edge(name: str, accounts: int, keys: int) -> PhoneModel:
    slug, long = f"poly-{name.lower()}", f"Edge {name}"
    return PhoneModel(slug, EDGE, long, accounts, keys, verified=False, asks_as=name)


MODELS: Final = (
    _vvx("150", 2, 2),
    _vvx("250", 4, 4),
    _vvx("350", 6, 6),
    _vvx("450", 12, 12),
    _edge("E100", 2, 2),
    _edge("E220", 4, 4),
    _edge("E300", 8, 8),
    _edge("E320", 8, 8),
    _edge("E350", 8, 8),
    _edge("E400", 12, 12),
    _edge("E450", 12, 12),
    _edge("E500", 16, 16),
    _edge("E550", 16, 16),
)
