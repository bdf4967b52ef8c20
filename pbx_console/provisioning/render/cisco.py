"""Cisco multiplatform phones (3PCC): 6800, 7800 and 8800 series."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pbx_console.provisioning.render.config import (
    Account,
    Codec,
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
from pbx_console.provisioning.render.formats import FlatXml
from pbx_console.provisioning.render.keys import caption, free, placed, unused
from pbx_console.provisioning.render.timezones import Change, zone

_LANGUAGES: Final = {
    "de": ("German", "de-DE"),
    "nl": ("Dutch", "nl-NL"),
    "en": ("English-UK", "en-GB"),
    "fr": ("French", "fr-FR"),
    "it": ("Italian", "it-IT"),
    "es": ("Spanish", "es-ES"),
}
_CODECS: Final = {
    Codec.OPUS: "OPUS",
    Codec.G722: "G722",
    Codec.PCMA: "G711a",
    Codec.PCMU: "G711u",
    Codec.G729: "G729a",
}
_PLACES: Final = ("Preferred_Codec", "Second_Preferred_Codec", "Third_Preferred_Codec")
_ENDS_FIELD: Final = re.compile(r"[;$&]")  # what has a meaning in "fnc=…;nme=…"


def settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a phone."""
    for number, account in enumerate(config.accounts, start=1):
        yield from _account(number, account)
    for number in unused(model, config):
        yield Setting(f"Line_Enable_{number}_", "No", Feature.ACCOUNTS, locked=True)
    yield from _services(config)
    yield from _clock(config)
    language, locale = _LANGUAGES[config.language]
    yield Setting("Language_Selection", language, Feature.LANGUAGE)
    yield Setting("Locale", locale, Feature.LANGUAGE)
    yield from _brand(config)
    yield from _access(config)
    for at, key in placed(model, config):
        yield from _key(config, at, key)
    for at in free(model, config):
        yield Setting(f"Extension_{at}_", "Disabled", Feature.LINE_KEYS)
        yield Setting(f"Extended_Function_{at}_", "", Feature.LINE_KEYS)


def _account(number: int, account: Account) -> Iterator[Setting]:
    own = Feature.ACCOUNTS
    proxy = f"{account.server}:{account.port}"
    yield Setting(f"Line_Enable_{number}_", "Yes", own, locked=True)
    yield Setting(f"Proxy_{number}_", proxy, own, locked=True)
    yield Setting(f"Register_{number}_", "Yes", own, locked=True)
    yield Setting(f"User_ID_{number}_", account.user, own, locked=True)
    yield Setting(f"Auth_ID_{number}_", account.user, own, locked=True)
    yield Setting(f"Password_{number}_", account.secret, own, secret=True)
    yield Setting(f"Display_Name_{number}_", account.label, own)
    transport = account.transport.value.upper()
    yield Setting(f"SIP_Transport_{number}_", transport, own, locked=True)
    # Its default asks who sends "resync" for a password that no server has.
    asked = Feature.PROVISIONING_URL
    yield Setting(f"Auth_Resync-Reboot_{number}_", "No", asked, locked=True)
    secure = "Required" if account.srtp is Srtp.REQUIRED else "Optional"
    safe = Feature.ENCRYPTION
    yield Setting(f"Secure_Call_Option_{number}_", secure, safe, locked=True)
    codecs = [_CODECS[codec] for codec in account.codecs] + ["Unspecified"] * 3
    for place, codec in zip(_PLACES, codecs, strict=False):
        yield Setting(f"{place}_{number}_", codec, Feature.CODECS)


def _services(config: PhoneConfig) -> Iterator[Setting]:
    plain = all(account.srtp is Srtp.OFF for account in config.accounts)
    secure = "No" if plain else "Yes"
    yield Setting("Secure_Call_Serv", secure, Feature.ENCRYPTION, locked=True)
    if config.voicemail_of(config.accounts[0]):
        mailbox = config.voicemail_of(config.accounts[0])
        yield Setting("Voice_Mail_Number", mailbox, Feature.VOICEMAIL)
    if config.pickup_prefix:
        yield Setting("Call_Pickup_Code", config.pickup_prefix, Feature.LINE_KEYS)


def _clock(config: PhoneConfig) -> Iterator[Setting]:
    own, rule = Feature.TIME_ZONE, zone(config.time_zone)
    yield Setting("Time_Zone", f"GMT{rule.hours:+03d}:00" if rule.hours else "GMT", own)
    summer = "Yes" if rule.changes else "No"
    yield Setting("Daylight_Saving_Time_Enable", summer, own)
    if rule.changes:
        start, end = (_change(change) for change in rule.changes)
        text = f"start={start};end={end};save=1"
        yield Setting("Daylight_Saving_Time_Rule", text, own)
    if config.ntp_server:
        yield Setting("Primary_NTP_Server", config.ntp_server, Feature.TIME_SERVER)


def _change(change: Change) -> str:
    day = -1 if change.week == 5 else 7 * (change.week - 1) + 1
    return f"{change.month}/{day}/{change.weekday or 7}/{change.hour}:0:0"


def _brand(config: PhoneConfig) -> Iterator[Setting]:
    if config.idle_text:
        text = config.idle_text
        yield Setting("Station_Display_Name", text, Feature.IDLE_TEXT)
    if config.logo_url:
        yield Setting("Phone_Background", "Logo", Feature.LOGO, locked=True)
        yield Setting("Logo_URL", config.logo_url, Feature.LOGO, locked=True)


def _access(config: PhoneConfig) -> Iterator[Setting]:
    web = "No" if config.web is Web.OFF else "Yes"
    yield Setting("Enable_Web_Server", web, Feature.WEB_INTERFACE, locked=True)
    yield Setting("Enable_Web_Admin_Access", web, Feature.WEB_INTERFACE, locked=True)
    yield Setting("Enable_Protocol", "Https", Feature.WEB_INTERFACE, locked=True)
    if config.admin_password:
        own, password = Feature.ADMIN_PASSWORD, config.admin_password
        yield Setting("Admin_Password", password, own, secret=True)
    if config.phonebook_url:
        own, book = Feature.PHONEBOOK, config.phonebook_url
        if config.phonebook_name:
            yield Setting("XML_Directory_Service_Name", config.phonebook_name, own)
        yield Setting("XML_Directory_Service_URL", book, own, secret=True)
    if config.firmware_url:
        own, rule = Feature.FIRMWARE, config.firmware_url
        yield Setting("Upgrade_Enable", "Yes", own, locked=True)
        yield Setting("Upgrade_Rule", rule, own, locked=True)
    if config.provisioning_url:
        own, rule = Feature.PROVISIONING_URL, f"{config.provisioning_url}$MA.xml"
        yield Setting("Provision_Enable", "Yes", own, locked=True)
        yield Setting("Profile_Rule", rule, own, secret=True)


_FUNCTIONS: Final = {
    KeyKind.BLF: "fnc=blf+sd+cp;sub={lamp}@$PROXY;ext={value}@$PROXY;nme={name}",
    KeyKind.QUEUE: "fnc=blf+sd;sub={lamp}@$PROXY;ext={value}@$PROXY;nme={name}",
    KeyKind.VOICEMAIL: "fnc=blf+sd;sub={lamp}@$PROXY;ext={value}@$PROXY;nme={name}",
    KeyKind.SPEED_DIAL: "fnc=sd;ext={value}@$PROXY;nme={name}",
    KeyKind.PARK: "fnc=prk;sub={lamp}@$PROXY;ext={value}@$PROXY;nme={name}",
}


def _key(config: PhoneConfig, at: int, key: LineKey) -> Iterator[Setting]:
    own, name = Feature.LINE_KEYS, plain_name(caption(config, key))
    line, function = "Disabled", ""
    if key.kind is KeyKind.EXTENSION:
        line = str(key.account)
    else:
        parts = {"value": key.value, "lamp": key.watched, "name": name}
        function = _FUNCTIONS[key.kind].format(**parts)
    yield Setting(f"Extension_{at}_", line, own)
    yield Setting(f"Short_Name_{at}_", name, own)
    yield Setting(f"Extended_Function_{at}_", function, own)


def plain_name(text: str) -> str:
    """Return a name without the signs that end a field or start a macro."""
    return " ".join(_ENDS_FIELD.sub(" ", text).split())


FAMILY: Final = Family(
    slug="cisco-mpp",
    vendor="Cisco",
    name="6800, 7800, 8800 multiplatform",
    form=FlatXml(),
    settings=settings,
    features=frozenset(Feature) - {Feature.TRANSFER_KEYS},
    documented=frozenset(
        {
            Feature.ACCOUNTS,
            Feature.ENCRYPTION,
            Feature.TIME_ZONE,
            Feature.LINE_KEYS,
            Feature.IDLE_TEXT,
            Feature.LOGO,
            Feature.WEB_INTERFACE,
            Feature.PROVISIONING_URL,
        }
    ),
    fetches=(
        Fetch("{mac}.xml"),
        Fetch("{mac}.cfg"),
        Fetch("{model}-3PCC.xml", Purpose.COMMON),
        Fetch("CP-{model}-3PCC.xml", Purpose.COMMON),
    ),
    user_agent=re.compile(
        r"^Cisco-CP-(?P<model>\d{4})-3PCC/(?P<firmware>\S+)"
        r"(?: \((?P<mac>[0-9a-fA-F]{12})\))?"
    ),
    sources=(
        "XML Reference Guide for Cisco IP Phone Multiplatform Phones",
        "Cisco IP Phone 8800 Series Multiplatform Phone Administration Guide, 11.3(1)",
        "Cisco IP Phone 7800 Series and 8800 Series 3PCC Provisioning Guide",
    ),
    adjustable=adjustable(
        yes_no=r"CW_Setting Call_Park_Serv Conference_Serv Attn_Transfer_Serv "
        r"Blind_Transfer_Serv DND_Serv Cfwd_All_Serv Screen_Saver_Enable "
        r"Daylight_Saving_Time_Enable Auth_Support_RFC8760",
        count=r"Screen_Saver_Wait Register_Expires_\d{1,2}_ Proxy_Fallback_Intvl_\d{1,2}_",
        word=r"Language_Selection Locale Primary_NTP_Server Secondary_NTP_Server "
        r"Time_Format Date_Format Back_Light_Timer Default_Ring_\d{1,2}_ "
        r"DTMF_Tx_Method_\d{1,2}_ (?:Second_|Third_)?Preferred_Codec_\d{1,2}_",
        words="Time_Zone",
        text=r"Display_Name_\d{1,2}_ Short_Name_\d{1,3}_ Station_Display_Name "
        r"XML_Directory_Service_Name",
    ),
    kinds=frozenset({KeyKind.EXTENSION, *_FUNCTIONS}),
)


def _model(number: str, accounts: int, keys: int) -> PhoneModel:
    grey = not number.startswith("88") and number != "6871"
    lacks = frozenset({Feature.LOGO} if grey else ())
    slug = f"cisco-{number}"
    return PhoneModel(slug, FAMILY, number, accounts, keys, verified=True, lacks=lacks)


MODELS: Final = (
    _model("6821", 2, 2),
    _model("6841", 4, 4),
    _model("6851", 4, 4),
    _model("6861", 4, 4),
    _model("6871", 6, 6),
    _model("7811", 1, 0),
    _model("7821", 2, 2),
    _model("7841", 4, 4),
    _model("7861", 16, 16),
    _model("8811", 10, 10),
    _model("8841", 10, 10),
    _model("8845", 10, 10),
    _model("8851", 10, 10),
    _model("8861", 10, 10),
    _model("8865", 10, 10),
)
