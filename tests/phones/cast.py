"""Phones of the cast, and how each of them asks for its file."""

from __future__ import annotations

from typing import Any

from django.test import Client

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Extension
from pbx_console.provisioning.models import Phone
from pbx_console.provisioning.services.phones import add_phone
from tests.conftest import Tenant

HERE = "198.51.100.20"
AGENTS = {
    "snom-desk": "Mozilla/4.0 (compatible; snomD785-SIP 10.1.54.13 1.1.3-u {mac})",
    "snom-dect": "Mozilla/4.0 (compatible; snomM700-SIP 4.50.1 {mac})",
    "yealink-desk": "Yealink SIP-T46U 108.86.0.20 {pairs}",
    "yealink-dect": "Yealink W80B 103.83.0.80 {pairs}",
    "grandstream-grp": "Grandstream Model HW GRP2616 SW 1.0.5.15 DevId {mac}",
    "grandstream-gxp21": "Grandstream Model HW GXP2170 SW 1.0.11.79 DevId {mac}",
    "grandstream-gxp16": "Grandstream Model HW GXP1630 SW 1.0.7.49 DevId {mac}",
    "grandstream-ht": "Grandstream Model HW HT802 SW 1.0.10.6 DevId {mac}",
    "gigaset-dect": "Gigaset N870 IP PRO/83.V2.49.1;{mac}",
    "gigaset-maxwell": "Gigaset Maxwell 3/2.22.10 MAC:{mac}",
    "poly-vvx": "FileTransport PolycomVVX-VVX_450-UA/6.3.1.8427 (SN:{mac}) Type/Updater",
    "poly-edge": "FileTransport PolyEdge-E550-UA/8.1.1 (SN:{mac}) Type/Updater",
    "fanvil": "Fanvil X210 2.4.5 {mac}",
    "cisco-mpp": "Cisco-CP-8851-3PCC/11.3.1 ({MAC})",
    "generic": "curl/8.5",
}


def agent_of(family: str, mac: str) -> str:
    """What a phone of this family calls itself."""
    pairs = ":".join(mac[at : at + 2] for at in range(0, 12, 2))
    text = AGENTS[family]
    return text.format(mac=mac, MAC=mac.upper(), pairs=pairs)


def make_phone(
    tenant: Tenant, model: str, mac: str, extension: Extension | None = None, **own: Any
) -> Phone:
    """A phone of the tenant's customer, awaited."""
    with as_everyone("test"):
        phone = add_phone(
            SYSTEM,
            customer=tenant.customer,
            mac=mac,
            model=model,
            extensions=[extension or tenant.extension],
        )
        Phone.objects.filter(pk=phone.pk).update(**own)
        phone.refresh_from_db()
    return phone


def ask(tenant: Tenant, path: str, agent: str, address: str = HERE, **more: Any) -> Any:
    """One request as a phone makes it: no cookies, no referrer."""
    client = Client(headers={"host": tenant.host, "user-agent": agent})
    return client.get(path, REMOTE_ADDR=address, **more)


def again(phone: Phone) -> Phone:
    """The phone as it stands now."""
    with as_everyone("test"):
        return Phone.objects.select_related("customer__reseller").get(pk=phone.pk)
