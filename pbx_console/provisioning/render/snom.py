"""Snom: desk phones D7xx and D8xx, and the DECT bases of the M series."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pbx_console.provisioning.render.config import (
    KINDS,
    Account,
    KeyKind,
    LineKey,
    PhoneConfig,
    Srtp,
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
from pbx_console.provisioning.render.formats import SnomXml
from pbx_console.provisioning.render.keys import caption, free, placed, unused
from pbx_console.provisioning.render.timezones import ZONES

_LANGUAGES: Final = {
    "de": "Deutsch",
    "nl": "Nederlands",
    "en": "English",
    "fr": "Francais",
    "it": "Italiano",
    "es": "Espanol",
}
_TONES: Final = {
    "DE": "GER",
    "NL": "NLD",
    "AT": "AUT",
    "CH": "SWI",
    "GB": "GBR",
    "FR": "FRA",
    "BE": "BEL",
    "LU": "GER",
    "IT": "ITA",
    "ES": "ESP",
}
_ZONES: Final = {
    "Amsterdam": "NLD+1",
    "Berlin": "GER+1",
    "Vienna": "AUT+1",
    "Zurich": "CHE+1",
    "Brussels": "BEL+1",
    "Luxembourg": "LUX+1",
    "Paris": "FRA+1",
    "Rome": "ITA+1",
    "Madrid": "ESP+1",
    "Copenhagen": "DNK+1",
    "Oslo": "NOR+1",
    "Stockholm": "SWE+1",
    "Warsaw": "POL+1",
    "Prague": "CZE+1",
    "Bratislava": "SVK+1",
    "Budapest": "HUN+1",
    "Zagreb": "HRV+1",
    "Skopje": "MAK+1",
    "Tirane": "ALB+1",
    "Gibraltar": "GIB+1",
    "Athens": "GRC+2",
    "Helsinki": "FIN+2",
    "Bucharest": "ROU+2",
    "Sofia": "BGR+2",
    "Tallinn": "EST+2",
    "Riga": "LVA+2",
    "London": "GBR-0",
    "Dublin": "IRL-0",
    "Lisbon": "PRT-0",
    "Moscow": "RUS+3",
}
_SAVP: Final = {Srtp.OFF: "off", Srtp.OPTIONAL: "optional", Srtp.REQUIRED: "mandatory"}


def time_zone(name: str) -> str:
    """Return Snom's code; a city without one gets that of a city with the same clock."""
    own = _ZONES.get(name.removeprefix("Europe/"))
    if own:
        return own
    same = (
        code for city, code in _ZONES.items() if ZONES[f"Europe/{city}"] == ZONES[name]
    )
    german = ZONES[name] == ZONES["Europe/Berlin"]
    return _ZONES["Berlin"] if german else next(same)


def desk_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a desk phone."""
    for number, account in enumerate(config.accounts, start=1):
        yield from _account(config, number, account)
    yield from _place(config)
    yield from _access(model, config)
    for number in unused(model, config):
        yield Setting(f"user_active[{number}]", "off", Feature.ACCOUNTS, locked=True)
    for at, key in placed(model, config):
        yield from _key(config, at - 1, key)
    for at in free(model, config):
        yield Setting(f"fkey[{at - 1}]", "none", Feature.LINE_KEYS)


def _account(config: PhoneConfig, number: int, account: Account) -> Iterator[Setting]:
    own = Feature.ACCOUNTS
    proxy = f"{account.server}:{account.port};transport={account.transport.value}"
    yield Setting(f"user_active[{number}]", "on", own, locked=True)
    yield Setting(f"user_name[{number}]", account.user, own, locked=True)
    yield Setting(f"user_pname[{number}]", account.user, own, locked=True)
    yield Setting(f"user_pass[{number}]", account.secret, own, secret=True)
    yield Setting(f"user_host[{number}]", account.server, own, locked=True)
    yield Setting(f"user_outbound[{number}]", proxy, own, locked=True)
    yield Setting(f"user_realname[{number}]", account.label, own)
    yield Setting(f"user_idle_number[{number}]", account.number, own)
    encrypted = "off" if account.srtp is Srtp.OFF else "on"
    yield Setting(f"user_srtp[{number}]", encrypted, Feature.ENCRYPTION, locked=True)
    savp = _SAVP[account.srtp]
    yield Setting(f"user_savp[{number}]", savp, Feature.ENCRYPTION, locked=True)
    codecs = ",".join([*(codec.value for codec in account.codecs), "telephone-event"])
    yield Setting(f"codec_priority_list[{number}]", codecs, Feature.CODECS)
    mailbox = config.voicemail_of(account)
    if mailbox:
        yield Setting(f"user_mailbox[{number}]", mailbox, Feature.VOICEMAIL)
    if config.idle_text:
        yield Setting(f"user_idle_text[{number}]", config.idle_text, Feature.IDLE_TEXT)


def _place(config: PhoneConfig) -> Iterator[Setting]:
    language = _LANGUAGES[config.language]
    yield Setting("timezone", time_zone(config.time_zone), Feature.TIME_ZONE)
    yield Setting("language", language, Feature.LANGUAGE)
    yield Setting("web_language", language, Feature.LANGUAGE)
    yield Setting("tone_scheme", _TONES[config.country], Feature.LANGUAGE)
    if config.ntp_server:
        yield Setting("ntp_server", config.ntp_server, Feature.TIME_SERVER)


def _access(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    web = "off" if config.web is Web.OFF else "https"
    yield Setting("webserver_type", web, Feature.WEB_INTERFACE, locked=True)
    yield Setting("admin_mode", "off", Feature.WEB_INTERFACE, locked=True)
    password = config.admin_password
    if password:
        own = Feature.ADMIN_PASSWORD
        yield Setting("http_user", "admin", own, locked=True)
        yield Setting("http_pass", password, own, secret=True)
        yield Setting("admin_mode_password", password, own, secret=True)
        yield Setting("admin_mode_password_confirm", password, own, secret=True)
    if config.phonebook_url:
        book = f"url {config.phonebook_url}"
        yield Setting("dkey_directory", book, Feature.PHONEBOOK, secret=True)
    if config.logo_url:
        yield Setting("custom_bg_image_url", config.logo_url, Feature.LOGO, locked=True)
    if config.firmware_url:
        yield Setting("update_policy", "auto_update", Feature.FIRMWARE, locked=True)
        yield Setting("firmware", config.firmware_url, Feature.FIRMWARE, locked=True)
    if config.provisioning_url:
        address = config.provisioning_url + model.family.fetches[0].name.format(
            model=model.file_name, mac=config.mac.upper()
        )
        yield Setting("setting_server", address, Feature.PROVISIONING_URL, secret=True)


_EVENTS: Final = {
    KeyKind.DND: "keyevent F_DND",
    KeyKind.FORWARD: "keyevent F_REDIRECT",
    KeyKind.TRANSFER: "keyevent F_TRANSFER",
    KeyKind.CONFERENCE: "keyevent F_CONFERENCE",
}
_TRANSFER: Final = frozenset({KeyKind.TRANSFER, KeyKind.CONFERENCE})


def _key(config: PhoneConfig, index: int, key: LineKey) -> Iterator[Setting]:
    feature = Feature.TRANSFER_KEYS if key.kind in _TRANSFER else Feature.LINE_KEYS
    yield Setting(f"fkey[{index}]", _action(config, key), feature)
    yield Setting(f"fkey[{index}].context", str(key.account), feature)
    yield Setting(f"fkey[{index}].label", caption(config, key), feature)


def _action(config: PhoneConfig, key: LineKey) -> str:
    if key.kind is KeyKind.EXTENSION:
        return "line"
    if key.kind is KeyKind.BLF and config.pickup_prefix:
        return f"blf {key.watched}|{config.pickup_prefix}{key.value}"
    if key.kind is KeyKind.FORWARD and key.value:
        return f"redirect {key.value}"
    words = {KeyKind.SPEED_DIAL: "speed", KeyKind.PARK: "orbit"}
    return _EVENTS.get(key.kind) or f"{words.get(key.kind, 'blf')} {key.watched}"


def base_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a DECT base: one server, one handset per account."""
    yield from _server(config.accounts[0])
    for number, account in enumerate(config.accounts, start=1):
        yield from _handset(config, number, account)
    for number in unused(model, config):
        yield Setting(f"user_active[{number}]", "off", Feature.ACCOUNTS, locked=True)
    yield Setting("timezone", time_zone(config.time_zone), Feature.TIME_ZONE)
    if config.ntp_server:
        yield Setting("ntp_server", config.ntp_server, Feature.TIME_SERVER)
    language = _LANGUAGES[config.language]
    yield Setting("language", language, Feature.LANGUAGE)
    yield Setting("web_language", language, Feature.LANGUAGE)
    yield Setting("tone_scheme", _TONES[config.country], Feature.LANGUAGE)
    yield from _base_access(model, config)


def _server(account: Account) -> Iterator[Setting]:
    own, safe = Feature.ACCOUNTS, Feature.ENCRYPTION
    address = f"{account.server}:{account.port}"
    words = {Srtp.OFF: "disabled", Srtp.OPTIONAL: "optional", Srtp.REQUIRED: "enabled"}
    yield Setting("user_host[1]", address, own, locked=True)
    yield Setting("user_outbound[1]", address, own, locked=True)
    yield Setting("srv_sip_transport[1]", account.transport.value, own, locked=True)
    yield Setting("user_srtp[1]", words[account.srtp], safe, locked=True)
    codecs = ",".join(codec.value for codec in account.codecs)
    yield Setting("codec_priority_list[1]", codecs, Feature.CODECS)


def _handset(config: PhoneConfig, number: int, account: Account) -> Iterator[Setting]:
    own = Feature.ACCOUNTS
    yield Setting(f"user_active[{number}]", "on", own, locked=True)
    yield Setting(f"user_name[{number}]", account.user, own, locked=True)
    yield Setting(f"user_pname[{number}]", account.user, own, locked=True)
    yield Setting(f"user_pass[{number}]", account.secret, own, secret=True)
    yield Setting(f"user_realname[{number}]", account.label, own)
    yield Setting(
        f"subscr_sip_line_name[{number}]", account.number or account.label, own
    )
    yield Setting(f"subscr_sip_hs_idx[{number}]", str(number), own, locked=True)
    yield Setting(f"subscr_sip_ua_data_server_id[{number}]", "1", own, locked=True)
    mailbox = config.voicemail_of(account)
    if mailbox:
        yield Setting(f"user_mailnumber[{number}]", mailbox, Feature.VOICEMAIL)


def _base_access(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    if config.admin_password:
        own = Feature.ADMIN_PASSWORD
        yield Setting("http_user", "admin", own, locked=True)
        yield Setting("http_pass", config.admin_password, own, secret=True)
    if config.phonebook_url:
        own, book = Feature.PHONEBOOK, config.phonebook_url
        yield Setting("phonebook_server_location", "3", own, locked=True)
        yield Setting("phonebook_location", book, own, secret=True)
    if config.provisioning_url:
        address = config.provisioning_url + model.family.fetches[0].name.format(
            model=model.file_name, mac=config.mac.upper()
        )
        yield Setting("setting_server", address, Feature.PROVISIONING_URL, secret=True)


_FETCHES: Final = (
    Fetch("snom{model}-{mac}.xml", upper=True),
    Fetch("snom{model}-{mac}.htm", upper=True),
    Fetch("{mac}.xml", upper=True),
    Fetch("snom{model}.htm", Purpose.COMMON),
    Fetch("snom{model}.xml", Purpose.COMMON),
)
_ADJUSTABLE: Final = adjustable(
    switch="dnd_on_code_mode cw_dialtone call_waiting vol_ringer_locked "
    "display_method_locked date_us_format time_24_format dialnumber_us_format "
    r"mac_info_in_sip_register user_auth_tag\[\d{1,2}\] user_ice\[\d{1,2}\] "
    r"user_symmetrical_rtp\[\d{1,2}\] user_shared_line\[\d{1,2}\]",
    count=r"dim_timer backlight backlight_idle ntp_refresh_timer vol_ringer codec_tos "
    r"signaling_tos user_expiry\[\d{1,2}\] keepalive_interval\[\d{1,2}\] web_logout_timer",
    word="display_method ring_sound mwi_notification mwi_dialtone quick_transfer "
    r"tone_scheme language web_language ntp_server user_ringer\[\d{1,2}\] ui_theme "
    r"transfer_dialing_on_transfer transfer_dialing_on_other timezone "
    r"user_idle_number\[\d{1,2}\] fkey\[\d{1,3}\]\.context",
    words=r"codec_priority_list\[\d{1,2}\] keyboard_lock_emergency "
    r"status_msgs_that_are_blocked call_screen_fkeys_on_connected",
    text=r"user_realname\[\d{1,2}\] user_idle_text\[\d{1,2}\] fkey\[\d{1,3}\]\.label",
)

DESK: Final = Family(
    slug="snom-desk",
    vendor="Snom",
    name="D7xx, D8xx",
    form=SnomXml(),
    settings=desk_settings,
    features=frozenset(Feature),
    documented=frozenset(
        {
            Feature.ACCOUNTS,
            Feature.TIME_ZONE,
            Feature.LANGUAGE,
            Feature.LINE_KEYS,
            Feature.TRANSFER_KEYS,
            Feature.ADMIN_PASSWORD,
            Feature.FIRMWARE,
            Feature.PROVISIONING_URL,
        }
    ),
    fetches=_FETCHES,
    user_agent=re.compile(
        r"\bsnom(?P<model>D\w+)-SIP (?P<firmware>[\d.]+)(?:.*?\s(?P<mac>[0-9A-F]{12})\b)?"
    ),
    sources=(
        "Desk Phone Configuration Files (Snom Service Hub)",
        "Function Key Types (Snom Service Hub)",
    ),
    adjustable=_ADJUSTABLE,
    kinds=KINDS,
)
BASE: Final = Family(
    slug="snom-dect",
    vendor="Snom",
    name="M series",
    form=SnomXml(),
    settings=base_settings,
    features=frozenset(
        {
            Feature.ACCOUNTS,
            Feature.CODECS,
            Feature.ENCRYPTION,
            Feature.TIME_ZONE,
            Feature.TIME_SERVER,
            Feature.LANGUAGE,
            Feature.PHONEBOOK,
            Feature.VOICEMAIL,
            Feature.ADMIN_PASSWORD,
            Feature.PROVISIONING_URL,
        }
    ),
    documented=frozenset(),
    fetches=_FETCHES,
    user_agent=re.compile(
        r"\bsnom(?P<model>M\d{3}\w*)[/ -](?:SIP )?(?P<firmware>[\d.]+)"
        r"(?:.*?\b(?:MAC=)?(?P<mac>[0-9A-Fa-f]{12})\b)?"
    ),
    sources=(
        "Provisioning Guide M700, M300 (Snom): only how the base finds its server",
    ),
    adjustable=_ADJUSTABLE,
    one_server=True,
)


def _desk(name: str, accounts: int, keys: int, *lacks: Feature) -> PhoneModel:
    slug = f"snom-{name.lower()}"
    return PhoneModel(
        slug, DESK, name, accounts, keys, verified=True, lacks=frozenset(lacks)
    )


def _base(name: str, accounts: int) -> PhoneModel:
    return PhoneModel(f"snom-{name.lower()}", BASE, name, accounts, 0, verified=False)


MODELS: Final = (
    _desk("D712", 4, 5, Feature.LOGO),
    _desk("D713", 4, 4, Feature.LOGO),
    _desk("D715", 4, 5, Feature.LOGO),
    _desk("D717", 6, 3),
    _desk("D725", 12, 18, Feature.LOGO),
    _desk("D735", 12, 32),
    _desk("D745", 12, 32, Feature.LOGO),
    _desk("D765", 12, 16),
    _desk("D785", 12, 24),
    _desk("D810", 4, 4),
    _desk("D812", 4, 8),
    _desk("D815", 6, 10),
    _desk("D862", 12, 32),
    _desk("D865", 12, 40),
    _base("M300", 20),
    _base("M400", 20),
    _base("M700", 30),
    _base("M900", 30),
)
