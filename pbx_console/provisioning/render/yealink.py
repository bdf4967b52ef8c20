"""Yealink: desk phones T3x, T4x, T5x, and the DECT bases W7x and W8x."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

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
from pbx_console.provisioning.render.formats import KeyValue
from pbx_console.provisioning.render.keys import caption, free, placed, unused
from pbx_console.provisioning.render.timezones import Change, zone

_LANGUAGES: Final = {
    "de": "German",
    "nl": "Dutch",
    "en": "English",
    "fr": "French",
    "it": "Italian",
    "es": "Spanish",
}
_TONES: Final = {
    "DE": "Germany",
    "NL": "Netherlands",
    "AT": "Austria",
    "CH": "Switzerland",
    "GB": "Great Britain",
    "FR": "France",
    "BE": "Belgium",
    "LU": "Germany",
    "IT": "Italy",
    "ES": "Spain",
}
_ZONE_NAMES: Final = {
    "Europe/Amsterdam": "Netherlands(Amsterdam)",
    "Europe/Berlin": "Germany(Berlin)",
    "Europe/Vienna": "Austria(Vienna)",
    "Europe/Brussels": "Belgium(Brussels)",
    "Europe/Budapest": "Hungary(Budapest)",
    "Europe/London": "United Kingdom(London)",
    "Europe/Luxembourg": "Luxembourg(Luxembourg)",
    "Europe/Paris": "France(Paris)",
    "Europe/Prague": "Czech Republic(Prague)",
    "Europe/Rome": "Italy(Rome)",
    "Europe/Zagreb": "Croatia(Zagreb)",
}
_TRANSPORTS: Final = {Transport.UDP: "0", Transport.TCP: "1", Transport.TLS: "2"}
_SRTP: Final = {Srtp.OFF: "0", Srtp.OPTIONAL: "1", Srtp.REQUIRED: "2"}
_KEY_TYPES: Final = {
    KeyKind.EXTENSION: "15",
    KeyKind.BLF: "16",
    KeyKind.SPEED_DIAL: "13",
    KeyKind.PARK: "10",
    KeyKind.QUEUE: "16",
    KeyKind.VOICEMAIL: "16",
    KeyKind.DND: "5",
    KeyKind.FORWARD: "2",
    KeyKind.TRANSFER: "3",
    KeyKind.CONFERENCE: "1",
}


def common_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield what desk phones and bases have in common."""
    for number, account in enumerate(config.accounts, start=1):
        yield from _account(config, number, account)
    for number in unused(model, config):
        yield Setting(f"account.{number}.enable", "0", Feature.ACCOUNTS, locked=True)
    yield from _clock(config)
    yield from _language(config)
    yield from _access(config)


def desk_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a desk phone."""
    yield from common_settings(model, config)
    if config.logo_url:
        picture = config.logo_url.rsplit("/", 1)[-1]
        yield Setting(
            "wallpaper_upload.url", config.logo_url, Feature.LOGO, locked=True
        )
        shown = f"Config:{picture}"
        yield Setting("phone_setting.backgrounds", shown, Feature.LOGO, locked=True)
    if config.pickup_prefix:
        own, code = Feature.LINE_KEYS, config.pickup_prefix
        yield Setting("features.pickup.direct_pickup_enable", "1", own)
        yield Setting("features.pickup.direct_pickup_code", code, own)
    for at, key in placed(model, config):
        yield from _key(config, at, key)
    for at in free(model, config):
        yield Setting(f"linekey.{at}.type", "0", Feature.LINE_KEYS)


def base_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a DECT base: handset n belongs to account n."""
    yield from common_settings(model, config)
    for number, account in enumerate(config.accounts, start=1):
        own, line = Feature.ACCOUNTS, str(number)
        yield Setting(f"handset.{number}.name", account.label, own)
        yield Setting(f"handset.{number}.incoming_lines", line, own)
        yield Setting(f"handset.{number}.dial_out_lines", line, own)
        yield Setting(f"handset.{number}.dial_out_default_line", line, own)


def _account(config: PhoneConfig, number: int, account: Account) -> Iterator[Setting]:
    own, at = Feature.ACCOUNTS, f"account.{number}"
    yield Setting(f"{at}.enable", "1", own, locked=True)
    yield Setting(f"{at}.label", account.label, own)
    yield Setting(f"{at}.display_name", account.label, own)
    yield Setting(f"{at}.user_name", account.user, own, locked=True)
    yield Setting(f"{at}.auth_name", account.user, own, locked=True)
    yield Setting(f"{at}.password", account.secret, own, secret=True)
    yield Setting(f"{at}.sip_server.1.address", account.server, own, locked=True)
    yield Setting(f"{at}.sip_server.1.port", str(account.port), own, locked=True)
    transport = _TRANSPORTS[account.transport]
    yield Setting(f"{at}.sip_server.1.transport_type", transport, own, locked=True)
    srtp = _SRTP[account.srtp]
    yield Setting(f"{at}.srtp_encryption", srtp, Feature.ENCRYPTION, locked=True)
    yield from _codecs(at, account)
    mailbox = config.voicemail_of(account)
    if mailbox:
        yield Setting(f"{at}.subscribe_mwi", "1", Feature.VOICEMAIL)
        yield Setting(f"voice_mail.number.{number}", mailbox, Feature.VOICEMAIL)


def _codecs(at: str, account: Account) -> Iterator[Setting]:
    for codec in Codec:
        path = f"{at}.codec.{codec.value}"
        used = codec in account.codecs
        yield Setting(f"{path}.enable", "1" if used else "0", Feature.CODECS)
        if used:
            place = str(account.codecs.index(codec) + 1)
            yield Setting(f"{path}.priority", place, Feature.CODECS)


def _clock(config: PhoneConfig) -> Iterator[Setting]:
    own, rule = Feature.TIME_ZONE, zone(config.time_zone)
    offset = f"{rule.hours:+d}" if rule.hours else "0"
    yield Setting("local_time.time_zone", offset, own)
    if config.time_zone in _ZONE_NAMES:
        yield Setting("local_time.time_zone_name", _ZONE_NAMES[config.time_zone], own)
    yield Setting("local_time.summer_time", "1" if rule.changes else "0", own)
    if rule.changes:
        start, end = rule.changes
        yield Setting("local_time.dst_time_type", "1", own)
        yield Setting("local_time.start_time", _change(start), own)
        yield Setting("local_time.end_time", _change(end), own)
        yield Setting("local_time.offset_time", "60", own)
    if config.ntp_server:
        yield Setting("local_time.ntp_server1", config.ntp_server, Feature.TIME_SERVER)


def _change(change: Change) -> str:
    return f"{change.month}/{change.week}/{change.weekday or 7}/{change.hour}"


def _language(config: PhoneConfig) -> Iterator[Setting]:
    language = _LANGUAGES[config.language]
    yield Setting("lang.gui", language, Feature.LANGUAGE)
    yield Setting("lang.wui", language, Feature.LANGUAGE)
    yield Setting("voice.tone.country", _TONES[config.country], Feature.LANGUAGE)


def _access(config: PhoneConfig) -> Iterator[Setting]:
    web = "0" if config.web is Web.OFF else "1"
    yield Setting("static.wui.http_enable", "0", Feature.WEB_INTERFACE, locked=True)
    yield Setting("static.wui.https_enable", web, Feature.WEB_INTERFACE, locked=True)
    if config.admin_password:
        own, password = Feature.ADMIN_PASSWORD, f"admin:{config.admin_password}"
        yield Setting("static.security.user_name.admin", "admin", own, locked=True)
        yield Setting("static.security.user_password", password, own, secret=True)
    if config.phonebook_url:
        own, at = Feature.PHONEBOOK, "remote_phonebook.data.1"
        yield Setting(f"{at}.url", config.phonebook_url, own, secret=True)
        if config.phonebook_name:
            yield Setting(f"{at}.name", config.phonebook_name, own)
    if config.firmware_url:
        own, firmware = Feature.FIRMWARE, config.firmware_url
        yield Setting("static.firmware.url", firmware, own, locked=True)
    if config.provisioning_url:
        own, address = Feature.PROVISIONING_URL, config.provisioning_url
        yield Setting("static.auto_provision.server.url", address, own, secret=True)
        yield Setting("static.auto_provision.pnp_enable", "0", own, locked=True)
        # 1, its default, starts the phone again whatever a check-sync says.
        yield Setting("sip.notify_reboot_enable", "0", own, locked=True)


_TRANSFER: Final = frozenset({KeyKind.TRANSFER, KeyKind.CONFERENCE})


def _key(config: PhoneConfig, at: int, key: LineKey) -> Iterator[Setting]:
    feature = Feature.TRANSFER_KEYS if key.kind in _TRANSFER else Feature.LINE_KEYS
    yield Setting(f"linekey.{at}.type", _KEY_TYPES[key.kind], feature)
    yield Setting(f"linekey.{at}.line", str(key.account), feature)
    if key.watched:
        yield Setting(f"linekey.{at}.value", key.watched, feature)
    yield Setting(f"linekey.{at}.label", caption(config, key), feature)


_FETCHES: Final = (
    Fetch("{mac}.cfg"),
    Fetch("{mac}.boot", Purpose.COMMON),
    Fetch("y000000000000.boot", Purpose.COMMON),
    Fetch("y0000000000{two}.cfg", Purpose.COMMON),
    Fetch("y000000000{three}.cfg", Purpose.COMMON),
)
_FEATURES: Final = frozenset(Feature) - {Feature.IDLE_TEXT}
_ADJUSTABLE: Final = adjustable(
    flag=r"call_waiting\.enable features\.dnd\.large_icon\.enable "
    r"features\.text_message\.enable features\.direct_ip_call_enable "
    r"features\.show_action_uri_option features\.intercom\.allow "
    r"features\.pickup\.direct_pickup_enable phone_setting\.missed_call_power_led_flash"
    r"\.enable features\.headset_prior sip\.trust_ctrl "
    r"account\.\d{1,2}\.subscribe_mwi account\.\d{1,2}\.nat\.udp_update_enable "
    r"account\.\d{1,2}\.codec\.[a-z0-9_]+\.enable local_time\.summer_time",
    count=r"account\.\d{1,2}\.codec\.[a-z0-9_]+\.priority local_time\.date_format "
    r"local_time\.time_format transfer\.dsskey_deal_type features\.config_dsskey_length "
    r"account\.\d{1,2}\.sip_server\.1\.expires account\.\d{1,2}\.dtmf\.type "
    r"linekey\.\d{1,3}\.(?:line|type) phone_setting\.backlight_time",
    word=r"lang\.gui lang\.wui voice\.tone\.country local_time\.ntp_server[12] "
    r"local_time\.time_zone phone_setting\.ring_type account\.\d{1,2}\.ringtone\.ring_type",
    words=r"handset\.\d{1,3}\.(?:incoming_lines|dial_out_lines|dial_out_default_line)",
    text=r"account\.\d{1,2}\.(?:label|display_name) linekey\.\d{1,3}\.label "
    r"remote_phonebook\.data\.1\.name handset\.\d{1,3}\.name",
)
_AGENT: Final = re.compile(
    r"^[yY]ealink (?:SIP-)?(?P<model>[A-Z]\w+) (?P<firmware>[\d.]+)"
    r"(?: (?P<mac>[0-9a-fA-F:]{12,17}))?$"
)
DESK: Final = Family(
    slug="yealink-desk",
    vendor="Yealink",
    name="T3x, T4x, T5x",
    form=KeyValue(first_line="#!version:1.0.0.1"),
    settings=desk_settings,
    features=_FEATURES,
    documented=_FEATURES,
    fetches=_FETCHES,
    user_agent=_AGENT,
    sources=(
        "Administrator's Guide for SIP-T2 Series/T19(P) E2/T4 Series IP Phones",
        "Configuration templates common.cfg and MAC.cfg for T4x and T5x",
    ),
    adjustable=_ADJUSTABLE,
    kinds=KINDS,
)
BASE: Final = Family(
    slug="yealink-dect",
    vendor="Yealink",
    name="W7x, W8x",
    form=KeyValue(first_line="#!version:1.0.0.1"),
    settings=base_settings,
    features=_FEATURES - {Feature.LINE_KEYS, Feature.TRANSFER_KEYS, Feature.LOGO},
    documented=frozenset({Feature.TIME_ZONE}),
    fetches=_FETCHES,
    user_agent=_AGENT,
    sources=("Administrator's Guide for W80 DECT IP Multi-Cell System",),
    adjustable=_ADJUSTABLE,
)


def _desk(name: str, accounts: int, keys: int, *lacks: Feature) -> PhoneModel:
    slug = f"yealink-{name.lower()}"
    sure = not name.startswith("T3")
    return PhoneModel(
        slug, DESK, name, accounts, keys, verified=sure, lacks=frozenset(lacks)
    )


def _base(name: str, accounts: int) -> PhoneModel:
    return PhoneModel(
        f"yealink-{name.lower()}", BASE, name, accounts, 0, verified=False
    )


MODELS: Final = (
    _desk("T30P", 1, 0, Feature.LOGO),
    _desk("T31P", 2, 2, Feature.LOGO),
    _desk("T31G", 2, 2, Feature.LOGO),
    _desk("T33G", 4, 12),
    _desk("T34W", 4, 12),
    _desk("T41S", 6, 15, Feature.LOGO),
    _desk("T41U", 6, 15, Feature.LOGO),
    _desk("T42S", 12, 15, Feature.LOGO),
    _desk("T42U", 12, 15, Feature.LOGO),
    _desk("T43U", 12, 15, Feature.LOGO),
    _desk("T44U", 12, 24),
    _desk("T44W", 12, 24),
    _desk("T46S", 16, 27),
    _desk("T46U", 16, 27),
    _desk("T48S", 16, 29),
    _desk("T48U", 16, 29),
    _desk("T53", 12, 21, Feature.LOGO),
    _desk("T53W", 12, 21, Feature.LOGO),
    _desk("T54W", 16, 27),
    _desk("T57W", 16, 29),
    _desk("T58W", 16, 27),
    _base("W70B", 10),
    _base("W75DM", 100),
    _base("W75B", 100),
    _base("W80DM", 100),
    _base("W80B", 100),
)
