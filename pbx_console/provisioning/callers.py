"""Who asks for a phone's file: address, User-Agent, certificate. All said by strangers."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from pbx_console.provisioning.models import Phone, Registration
from pbx_console.provisioning.render import fetch
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.generic import FAMILY as GENERIC
from pbx_console.provisioning.states import accounts_of

LONGEST_AGENT: Final = 300
# The proxy writes it from a certificate that it has checked (deploy/Caddyfile).
CERTIFICATE_HEADER: Final = "HTTP_X_PHONE_CERTIFICATE"
_NAMING: Final = frozenset({"CN", "SERIALNUMBER", "2.5.4.5"})
_PART: Final = re.compile(r"\s*([A-Za-z0-9.]+)\s*=\s*((?:\\.|[^,+\\])*)\s*(?:[,+]|$)")


@dataclass(frozen=True, slots=True)
class Caller:
    """One asker. `certificate` is the subject of a checked certificate, or ""."""

    address: str
    agent: str = ""
    certificate: str = ""
    is_secure: bool = True

    @property
    def counted_as(self) -> str:
        """Return what tries are counted by: an address, or its network with IPv6."""
        try:
            found = ipaddress.ip_address(self.address)
        except ValueError:
            return "?"
        if found.version == 4:
            return str(found)
        return str(ipaddress.ip_network((found, 64), strict=False))


def caller_of(request: Any) -> Caller:
    """Return who asks. A certificate counts where the deployment says so only."""
    header = request.META.get(CERTIFICATE_HEADER, "")
    if "=" not in header:
        header = ""  # Caddy leaves the name of its variable where there is none
    return Caller(
        address=str(request.META.get("REMOTE_ADDR") or ""),
        agent=request.META.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT],
        certificate=header if settings.PHONE_CERTIFICATES else "",
        is_secure=request.is_secure(),
    )


def is_certified(caller: Caller, mac: str) -> bool:
    """Say whether the checked certificate is this phone's: its name or serial number
    holds the MAC address."""
    return any(
        mac in re.sub(r"[:.\- ]", "", value).lower()
        for name, value in _PART.findall(caller.certificate)
        if name.upper() in _NAMING
    )


def is_someone_else(phone: Phone, agent: str) -> bool:
    """Say whether a User-Agent names another maker, or another phone, than this one."""
    seen, family = fetch.seen(agent), MODELS[phone.model].family
    if seen is None or family is GENERIC:
        return False
    return seen.vendor != family.vendor or bool(seen.mac and seen.mac != phone.mac)


def is_same(one: str, other: str) -> bool:
    """Say whether two User-Agents are one phone; its firmware may have changed."""
    if one == other:
        return True
    first, second = fetch.seen(one), fetch.seen(other)
    if first is None or second is None:
        return False
    if first.mac and second.mac and first.mac != second.mac:
        return False
    known = bool(first.model) and first.model == second.model
    plain = one.replace(first.firmware, "") == other.replace(second.firmware, "")
    return first.vendor == second.vendor and (known or plain)


def is_bound(phone: Phone, caller: Caller) -> bool:
    """Say whether this is who came first."""
    return phone.bound_address == caller.address and is_same(
        phone.bound_agent, caller.agent
    )


def has_moved_here(phone: Phone, caller: Caller) -> bool:
    """Say whether the bound phone comes from where its account is registered now."""
    if not phone.bound_address or not is_same(phone.bound_agent, caller.agent):
        return False
    accounts = accounts_of([phone])[phone.pk]
    return _registered(caller).filter(endpoint__in=accounts).exists()


def is_at_home(phone: Phone, caller: Caller) -> bool:
    """Say whether other phones of the customer are registered from this address now."""
    return _registered(caller).filter(customer=phone.customer_id).exists()


def _registered(caller: Caller) -> Any:
    return Registration.objects.filter(address=caller.address, lost_at=None)
