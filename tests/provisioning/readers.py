"""Each vendor's file, read as that phone reads it: nothing of our writers is used."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import NamedTuple


class Read(NamedTuple):
    """The account that a phone would register."""

    user: str
    secret: str
    server: str
    port: int
    transport: str
    name: str


Values = dict[str, str]


def key_value(text: str) -> Values:
    found: Values = {}
    for line in text.split("\n"):
        if line and not line.startswith("#"):
            name, sign, value = line.partition("=")
            assert sign, line
            assert name.strip() not in found, f"{name} twice"
            found[name.strip()] = value.strip()
    return found


def snom(text: str) -> Values:
    root = ET.fromstring(text)
    assert root.tag == "settings"
    found: Values = {}
    for one in root.iterfind("phone-settings/*"):
        index = one.get("idx")
        found[f"{one.tag}[{index}]" if index else one.tag] = one.text or ""
    for key in root.iterfind("functionKeys/fkey"):
        found[f"fkey[{key.get('idx')}]"] = key.text or ""
        for attribute in ("label", "context"):
            found[f"fkey[{key.get('idx')}].{attribute}"] = key.get(attribute, "")
    return found


def flat(text: str) -> Values:
    root = ET.fromstring(text)
    assert root.tag == "flat-profile"
    return {one.tag: one.text or "" for one in root}


def grandstream(text: str) -> Values:
    root = ET.fromstring(text)
    assert root.tag == "gs_provision"
    config = root.find("config")
    assert config is not None
    return {one.get("name") or one.tag: one.text or "" for one in config}


def params(text: str) -> Values:
    root = ET.fromstring(text)
    assert root.tag == "provisioning"
    return {one.get("name", ""): one.get("value", "") for one in root.iter("param")}


def attributes(text: str) -> Values:
    return {k: v for one in ET.fromstring(text).iter() for k, v in one.attrib.items()}


def tree(text: str) -> Values:
    root = ET.fromstring(text)
    assert root.tag == "sysConf"
    found: Values = {}
    _walk(root, "", found)
    return found


def _walk(parent: ET.Element, path: str, found: Values) -> None:
    for one in parent:
        index = one.get("index")
        here = f"{path}{one.tag}[{index}]" if index else f"{path}{one.tag}"
        if len(one):
            _walk(one, f"{here}/", found)
        else:
            assert here not in found, here
            found[here] = one.text or ""


def _snom_desk(v: Values, n: int) -> Read:
    address, transport = v[f"user_outbound[{n}]"].split(";transport=")
    server, port = address.split(":")
    assert v[f"user_host[{n}]"] == server
    user, name = v[f"user_pname[{n}]"], v[f"user_realname[{n}]"]
    return Read(user, v[f"user_pass[{n}]"], server, int(port), transport, name)


def _snom_base(v: Values, n: int) -> Read:
    server, port = v["user_host[1]"].split(":")
    user, name = v[f"user_pname[{n}]"], v[f"user_realname[{n}]"]
    transport = v["srv_sip_transport[1]"]
    return Read(user, v[f"user_pass[{n}]"], server, int(port), transport, name)


def _yealink(v: Values, n: int) -> Read:
    at = f"account.{n}"
    transport = ["udp", "tcp", "tls"][int(v[f"{at}.sip_server.1.transport_type"])]
    server, port = v[f"{at}.sip_server.1.address"], v[f"{at}.sip_server.1.port"]
    user, secret = v[f"{at}.auth_name"], v[f"{at}.password"]
    return Read(user, secret, server, int(port), transport, v[f"{at}.display_name"])


def _named(v: Values, n: int) -> Read:
    at = f"account.{n}.sip"
    server, port = v[f"{at}.server.1.address"].split(":")
    transport = {"UDP": "udp", "TCP": "tcp", "TlsOrTcp": "tls"}[v[f"{at}.transport"]]
    user, secret = v[f"{at}.subscriber.userid"], v[f"{at}.subscriber.password"]
    return Read(user, secret, server, int(port), transport, v[f"{at}.subscriber.name"])


def _numbers(
    rows: list[tuple[int, int, int, int, int]],
) -> Callable[[Values, int], Read]:
    def read(v: Values, n: int) -> Read:
        server, user, secret, name, transport = (
            v[f"P{number}"] for number in rows[n - 1]
        )
        host, port = server.split(":")
        how = ["udp", "tcp", "tls"][int(transport)]
        return Read(user, secret, host, int(port), how, name)

    return read


def _gigaset(v: Values, n: int) -> Read:
    at, provider = f"SipAccount.{n:05d}", "SipProvider.0"
    how = {"1": "udp", "2": "tcp", "3": "tls"}[v[f"{provider}.TransportProtocol"]]
    server, port = v[f"{provider}.ProxyServerAddress"], v[f"{provider}.ProxyServerPort"]
    user, secret = v[f"{at}.AuthName"], v[f"{at}.AuthPassword"]
    return Read(user, secret, server, int(port), how, v[f"{at}.DisplayName"])


def _maxwell(v: Values, n: int) -> Read:
    at = f"SIP.Account.{n - 1}"
    server = v[f"{at}.RegistrationServer.Address"]
    port = int(v[f"{at}.RegistrationServer.Port"])
    user, secret = v[f"{at}.AuthName"], v[f"{at}.AuthPassword"]
    return Read(user, secret, server, port, "udp", v[f"{at}.DisplayName"])


def _poly(v: Values, n: int) -> Read:
    at = f"reg.{n}"
    how = {"UDPOnly": "udp", "TCPOnly": "tcp", "TLS": "tls"}[
        v[f"{at}.server.1.transport"]
    ]
    server, port = v[f"{at}.server.1.address"], int(v[f"{at}.server.1.port"])
    user, secret = v[f"{at}.auth.userId"], v[f"{at}.auth.password"]
    return Read(user, secret, server, port, how, v[f"{at}.displayName"])


def _fanvil(v: Values, n: int) -> Read:
    at = f"sip/line[{n}]"
    how = {"0": "udp", "1": "tcp", "3": "tls"}[v[f"{at}/Transport"]]
    server, port = v[f"{at}/RegisterAddr"], int(v[f"{at}/RegisterPort"])
    user, secret = v[f"{at}/RegisterUser"], v[f"{at}/RegisterPswd"]
    return Read(user, secret, server, port, how, v[f"{at}/DisplayName"])


def _cisco(v: Values, n: int) -> Read:
    server, port = v[f"Proxy_{n}_"].split(":")
    how = v[f"SIP_Transport_{n}_"].lower()
    user, secret = v[f"Auth_ID_{n}_"], v[f"Password_{n}_"]
    return Read(user, secret, server, int(port), how, v[f"Display_Name_{n}_"])


def _generic(v: Values, n: int) -> Read:
    at = f"account_{n}"
    server, port, how = v[f"{at}.server"], int(v[f"{at}.port"]), v[f"{at}.transport"]
    user, secret = v[f"{at}.user"], v[f"{at}.password"]
    return Read(user, secret, server, port, how, v[f"{at}.display_name"])


PHONE_ROWS = [(47, 36, 34, 3, 130), (402, 405, 406, 407, 448)]
ADAPTER_ROWS = [(47, 36, 34, 3, 130), (747, 736, 734, 703, 830)]
READERS: dict[str, tuple[Callable[[str], Values], Callable[[Values, int], Read]]] = {
    "snom-desk": (snom, _snom_desk),
    "snom-dect": (snom, _snom_base),
    "yealink-desk": (key_value, _yealink),
    "yealink-dect": (key_value, _yealink),
    "grandstream-grp": (grandstream, _named),
    "grandstream-gxp21": (grandstream, _named),
    "grandstream-gxp16": (grandstream, _numbers(PHONE_ROWS)),
    "grandstream-ht": (grandstream, _numbers(ADAPTER_ROWS)),
    "gigaset-dect": (params, _gigaset),
    "gigaset-maxwell": (params, _maxwell),
    "poly-vvx": (attributes, _poly),
    "poly-edge": (attributes, _poly),
    "fanvil": (tree, _fanvil),
    "cisco-mpp": (flat, _cisco),
    "generic": (key_value, _generic),
}


def values_of(family: str, text: str) -> Values:
    """Return every setting of a file."""
    return READERS[family][0](text)


def account_of(family: str, text: str, number: int = 1) -> Read:
    """Return the account that a phone of this family would register."""
    parse, read = READERS[family]
    return read(parse(text), number)
