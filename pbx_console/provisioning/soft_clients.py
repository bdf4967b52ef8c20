"""Programs that are phones: what they fetch, and what a QR code for them says.

Only what their makers document. A code that carries the secret itself says so
(`carries_secret`): it is shown once and never mailed; the others carry an address that
works once.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from pbx_console.provisioning.render.config import Account, Codec, PhoneConfig, Srtp
from pbx_console.provisioning.render.values import BadValue, check_url, check_user

_XSD: Final = "http://www.linphone.org/xsds/lpconfig.xsd"
_ENCRYPTION: Final = {Srtp.OFF: "none", Srtp.OPTIONAL: "srtp", Srtp.REQUIRED: "srtp"}
_MIME: Final = {
    Codec.OPUS: ("opus", "48000", "2"),
    Codec.G722: ("G722", "8000", "1"),
    Codec.PCMA: ("PCMA", "8000", "1"),
    Codec.PCMU: ("PCMU", "8000", "1"),
    Codec.G729: ("G729", "8000", "1"),
}
_BARESIP: Final = {Srtp.OFF: "", Srtp.OPTIONAL: "srtp", Srtp.REQUIRED: "srtp-mand"}


@dataclass(frozen=True, slots=True)
class SoftClient:
    """A program and how it is set up."""

    slug: str
    name: str
    source: str
    carries_secret: bool
    needs_code: bool = False  # the maker's number for the provider


CLIENTS: Final = (
    SoftClient("linphone", "Linphone", "Remote provisioning (Linphone wiki)", False),
    SoftClient(
        "zoiper",
        "Zoiper",
        "Token based provisioning (Zoiper OEM)",
        False,
        needs_code=True,
    ),
    SoftClient(
        "acrobits",
        "Cloud Softphone, Groundwire",
        "QR Codes for Cloud Softphone (Acrobits)",
        True,
        needs_code=True,
    ),
    SoftClient("baresip", "baresip", "Accounts (baresip wiki)", True),
)


def linphone_link(address: str) -> str:
    """Return what Linphone's code says: the address of its configuration."""
    check_url("address", address)
    if not address:
        raise BadValue("address")
    return address


def linphone_xml(config: PhoneConfig) -> str:
    """Return Linphone's configuration: accounts, codecs and encryption."""
    root = ET.Element("config", {"xmlns": _XSD})
    strict = any(one.srtp is Srtp.REQUIRED for one in config.accounts)
    media = _ENCRYPTION[
        max((one.srtp for one in config.accounts), key=list(Srtp).index)
    ]
    sip = {
        "default_proxy": "0",
        "media_encryption": media,
        "media_encryption_mandatory": "1" if strict else "0",
    }
    _section(root, "sip", sip)
    for index, account in enumerate(config.accounts):
        _section(root, f"auth_info_{index}", _login(account))
        _section(root, f"proxy_{index}", _proxy(account))
    for index, codec in enumerate(config.accounts[0].codecs):
        mime, rate, channels = _MIME[codec]
        entries = {"mime": mime, "rate": rate, "channels": channels, "enabled": "1"}
        _section(root, f"audio_codec_{index}", entries)
    ET.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ET.tostring(root, encoding="unicode") + "\n"


def _section(root: ET.Element, name: str, entries: dict[str, str]) -> None:
    section = ET.SubElement(root, "section", {"name": name})
    for key, value in entries.items():
        ET.SubElement(section, "entry", {"name": key, "overwrite": "true"}).text = value


def _login(account: Account) -> dict[str, str]:
    return {
        "username": account.user,
        "userid": account.user,
        "passwd": account.secret,
        "domain": account.server,
    }


def _proxy(account: Account) -> dict[str, str]:
    transport = account.transport.value
    name = account.label.replace("\\", "\\\\").replace('"', '\\"')
    return {
        "reg_proxy": f"<sip:{account.server}:{account.port};transport={transport}>",
        "reg_identity": f'"{name}" <sip:{account.user}@{account.server}>',
        "reg_expires": "600",
        "reg_sendregister": "1",
    }


def zoiper_link(provider: str, token: str) -> str:
    """Return Zoiper's address: it fetches `zoiper_xml` from us with the token."""
    check_user("provider", provider)
    check_user("token", token)
    asked = {"provider_id": provider, "u": "", "p": "", "a": "", "t": token}
    return f"https://oem.zoiper.com/qr-howto.php?{urlencode(asked)}"


def zoiper_xml(account: Account) -> str:
    """Return what Zoiper gets for its token."""
    root = ET.Element("options")
    one = ET.SubElement(ET.SubElement(root, "accounts"), "account")
    ET.SubElement(one, "username").text = account.user
    ET.SubElement(one, "password").text = account.secret
    ET.SubElement(one, "authentication_username").text = account.user
    ET.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ET.tostring(root, encoding="unicode") + "\n"


def acrobits_link(account: Account, code: str) -> str:
    """Return the code of Cloud Softphone: user and secret of one account."""
    if not code.isascii() or not code.isalnum():
        raise BadValue("code")
    user, secret = quote(account.user, safe=""), quote(account.secret, safe="")
    return f"csc:{user}:{secret}@{code}"


def baresip_line(account: Account) -> str:
    """Return the line of baresip's `accounts` file."""
    name = json.dumps(account.label, ensure_ascii=False)
    transport = account.transport.value
    address = (
        f"<sip:{account.user}@{account.server}:{account.port};transport={transport}>"
    )
    wishes = [f"auth_user={account.user}", f"auth_pass={account.secret}", "regint=600"]
    if _BARESIP[account.srtp]:
        wishes.append(f"mediaenc={_BARESIP[account.srtp]}")
    return ";".join([f"{name} {address}", *wishes])
