"""What programs take out of their code or file: nothing of our writers is used.

Linphone reads sections and entries (liblinphone's `xml2lpc`), Zoiper `options/accounts`,
Cloud Softphone `csc:user:secret@code`, baresip a line of its `accounts` file. Zoiper and
Cloud Softphone know the server from their maker, where the reseller has typed it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import NamedTuple
from urllib.parse import unquote

from tests.provisioning.readers import Read

_SPACE = "{http://www.linphone.org/xsds/lpconfig.xsd}"
_ADDRESS = re.compile(
    r'(?:"(?P<name>(?:[^"\\]|\\.)*)" )?<sip:(?:(?P<user>[^@>]+)@)?'
    r"(?P<host>[^:;>]+)(?::(?P<port>\d+))?(?:;transport=(?P<transport>\w+))?>"
)


class Server(NamedTuple):
    """Where accounts are, as a reseller types it at the program's maker."""

    host: str
    port: int
    transport: str


def _address(text: str) -> dict[str, str]:
    found = _ADDRESS.match(text)
    assert found, text
    return found.groupdict(default="")


def linphone(text: str) -> tuple[Read, dict[str, str]]:
    """Return the default account, and the section `sip`."""
    root = ET.fromstring(text)
    assert root.tag == f"{_SPACE}config"
    sections: dict[str, dict[str, str]] = {}
    for section in root.iterfind(f"{_SPACE}section"):
        kept = sections.setdefault(section.get("name", ""), {})
        for entry in section.iterfind(f"{_SPACE}entry"):
            assert entry.get("overwrite") == "true"
            kept[entry.get("name", "")] = entry.text or ""
    account = sections[f"proxy_{sections['sip']['default_proxy']}"]
    assert account["reg_sendregister"] == "1"
    me, proxy = _address(account["reg_identity"]), _address(account["reg_proxy"])
    (login,) = [
        one
        for name, one in sections.items()
        if name.startswith("auth_info_")
        and (one["username"], one["domain"]) == (me["user"], me["host"])
    ]
    server = (proxy["host"], int(proxy["port"]), proxy["transport"])
    read = Read(login["userid"], login["passwd"], *server, name=me["name"])
    return read, sections["sip"]


def zoiper(text: str, server: Server) -> Read:
    """Return the first account of Zoiper's file."""
    account = ET.fromstring(text).find("accounts/account")
    assert account is not None
    told = {one.tag: one.text or "" for one in account}
    assert told["authentication_username"] == told["username"]
    return Read(told["username"], told["password"], *server, name="")


def cloud_softphone(code: str, server: Server) -> Read:
    """Return the account of a code of Cloud Softphone."""
    found = re.fullmatch(r"csc:([^:@]+):([^:@]+)@\w+", code)
    assert found, code
    return Read(unquote(found[1]), unquote(found[2]), *server, name="")


def baresip(line: str) -> tuple[Read, str]:
    """Return the account of a line of baresip, and how it encrypts speech."""
    me = _address(line)
    rest = line[_ADDRESS.match(line).end() :]  # type: ignore[union-attr]
    wishes = dict(one.split("=", 1) for one in rest.strip(";").split(";"))
    server = (me["host"], int(me["port"]), me["transport"])
    read = Read(wishes["auth_user"], wishes["auth_pass"], *server, name=me["name"])
    return read, wishes["mediaenc"]
