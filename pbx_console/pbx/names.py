"""Carriers that are known by a host name: where it leads, asked again and again.

Calls to such a carrier are sent to the name, which Asterisk resolves by itself; calls from
it are recognised by the addresses that the name led to when it was last asked here. What a
name leads to is somebody else's word: a reseller's carrier may not turn out to be this
machine or the address of another owner's carrier, neither today nor later.
"""

from __future__ import annotations

import ipaddress
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.lib.nameservers import MOST_TARGETS, Unanswered, sip_targets
from pbx_console.pbx import projection, refresh
from pbx_console.pbx.models import Trunk, TrunkHealth
from pbx_console.pbx.models.trunks import addresses_of

logger = logging.getLogger(__name__)
Trouble = TrunkHealth.Trouble


def targets(trunk: Trunk) -> list[tuple[str, int]]:
    """Return where requests to a trunk go, the first one first. Raises Unanswered."""
    host = trunk.proxy or trunk.host
    return sip_targets(host, trunk.port, trunk.transport, settings.DNS_SERVERS)


def addresses(trunk: Trunk) -> list[str]:
    """Return the addresses of a trunk's names, sorted. Raises Unanswered."""
    found = {
        address
        for name in trunk.names
        for address, _port in sip_targets(
            name, trunk.port, trunk.transport, settings.DNS_SERVERS
        )
    }
    return sorted(found)[:MOST_TARGETS]


def resolve(trunk: Trunk) -> None:
    """Note where the names of an unsaved trunk lead. Raises ValidationError."""
    if not trunk.names:
        trunk.resolved = ""
        return
    try:
        found = addresses(trunk)
    except Unanswered:
        message = _("The name servers do not answer. Try again.")
        raise ValidationError({"host": message}) from None
    if not found:
        raise ValidationError({"host": _("This name leads to no address.")})
    trunk.resolved = ", ".join(found)


def is_anothers(trunk: Trunk) -> bool:
    """Say whether its addresses are this machine's or another owner's carrier's.

    Whoever named the carrier of somebody else would get its calls. Two that register may
    use the same carrier: its calls name the account.
    """
    mine = {ipaddress.ip_network(part) for part in trunk.known_addresses}
    with as_everyone("whose address is it"):
        others = [t for t in Trunk.objects.all() if t.reseller_id != trunk.reseller_id]
        theirs = [t for t in others if not (t.registers and trunk.registers)]
    taken = {ipaddress.ip_network(part) for t in theirs for part in t.known_addresses}
    return any(map(_is_ours, mine)) or any(_overlap(a, b) for a in mine for b in taken)


def _is_ours(network: Any) -> bool:
    """Say whether it leads back into this machine or to no single other one."""
    return bool(
        network.is_loopback
        or network.is_link_local
        or network.is_multicast
        or network.is_unspecified
    )


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.version == other.version and one.overlaps(other))


def look_again() -> int:
    """Ask for every name again and follow the changes; return how many trunks moved.

    Nothing is changed while no name server answers, nor when a name is gone: its carrier
    may still bring calls, and `pbx.watch` tells that none can go there.
    """
    moved = 0
    with as_everyone("where the carriers' names lead"):
        for trunk in Trunk.objects.filter(is_active=True).order_by("pk"):
            if not trunk.names:
                continue
            try:
                found = addresses(trunk)
            except Unanswered:
                logger.info("no name server answers for %s", trunk.slug)
                continue
            if found and found != addresses_of(trunk.resolved):
                moved += _move(trunk.pk, found)
    return moved


@transaction.atomic
def _move(key: int, found: list[str]) -> bool:
    """Let a trunk be known by these addresses, by none if they cannot be used."""
    trunk = Trunk.objects.select_for_update().get(pk=key)
    before = trunk.resolved
    trunk.resolved = ", ".join(found)
    if trunk.reseller_id is not None and is_anothers(trunk):
        trunk.resolved = ""
    if trunk.resolved == before:
        return False
    if bool(before) != bool(trunk.resolved):
        # Calls to it begin or end, and Asterisk keeps what it knows of that.
        trunk.revision += 1
        refresh.request([trunk])
    trunk.save(update_fields=["resolved", "revision"])
    projection.project_trunks([trunk])
    audit.record(
        SYSTEM,
        "trunk.moved",
        trunk,
        key=trunk.slug,
        before={"resolved": before},
        after={"resolved": trunk.resolved},
    )
    return True
