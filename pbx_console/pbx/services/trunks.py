"""Carrier links and the routes over them."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, undo
from pbx_console.pbx import projection, refresh, tasks
from pbx_console.pbx.models import OutboundRoute, Trunk
from pbx_console.pbx.models.trunks import addresses_of

FIELDS = [
    "slug",
    "name",
    "reseller",
    "host",
    "port",
    "more_addresses",
    "transport",
    "srtp",
    "registers",
    "domain",
    "proxy",
    "username",
    "secret",
    "account_in_from",
    "number_format",
    "incoming_format",
    "country",
    "caller_header",
    "shows_original",
    "max_calls",
    "watch_seconds",
    "is_active",
]
ROUTE_FIELDS = ["prefix", "reseller", "position", "weight"]


@transaction.atomic
def save_trunk(actor: Actor, *, trunk: Trunk | None = None, **values: Any) -> Trunk:
    """Create or change a trunk; the next call uses it. Raises ValidationError.

    The short name is part of the journal and cannot change.
    """
    unsaved = trunk is None
    trunk = trunk or Trunk()
    before = {} if unsaved else audit.snapshot(trunk, FIELDS)
    old_secret = trunk.secret
    for name in FIELDS:
        if name in values and (unsaved or name != "slug"):
            setattr(trunk, name, values[name])
    _keep_own(actor, trunk)
    trunk.full_clean()
    trunk.more_addresses = ", ".join(addresses_of(trunk.more_addresses))
    _ensure_nobody_elses(actor, trunk)
    trunk.revision += 1
    trunk.failure = ""
    trunk.save()
    projection.project_trunks([trunk])
    refresh.request([trunk], removed=not trunk.is_active)
    tasks.hint(trunk.endpoint_id)
    verb = "trunk.created" if unsaved else "trunk.saved"
    after = audit.snapshot(trunk, FIELDS)
    after |= {} if trunk.secret == old_secret else {"secret": audit.REPLACED}
    audit.record(actor, verb, trunk, key=trunk.slug, before=before, after=after)
    return trunk


def _keep_own(actor: Actor, obj: Trunk) -> None:
    """What a reseller's people save is that reseller's."""
    if actor.level == "reseller" and actor.user is not None:
        obj.reseller = actor.user.reseller


def _ensure_nobody_elses(actor: Actor, trunk: Trunk) -> None:
    """Raise ValidationError when a reseller names addresses that are another owner's.

    Whoever named the carrier of somebody else would get its calls. The words do not say
    whose it is. Two that register may use the same carrier: its calls name the account.
    """
    if actor.level != "reseller":
        return
    mine = {ipaddress.ip_network(part) for part in _addresses(trunk)}
    with as_everyone("whose address is it"):
        others = [t for t in Trunk.objects.all() if t.reseller_id != trunk.reseller_id]
        theirs = [t for t in others if not (t.registers and trunk.registers)]
    taken = {ipaddress.ip_network(part) for t in theirs for part in _addresses(t)}
    if any(map(_is_ours, mine)) or any(_overlap(a, b) for a in mine for b in taken):
        raise ValidationError({"host": _("This address cannot be used.")})


def _addresses(trunk: Trunk) -> list[str]:
    proxy = [trunk.proxy] if trunk.proxy else []
    return [trunk.host, *proxy, *addresses_of(trunk.more_addresses)]


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


@transaction.atomic
def save_route(
    actor: Actor,
    *,
    prefix: str,
    trunk: Trunk,
    reseller: Reseller | None = None,
    position: int = 1,
    weight: int = 1,
) -> OutboundRoute:
    """Send calls to numbers with this prefix over a trunk. Raises ValidationError.

    The lowest position is tried first; trunks of one position share the calls by weight.
    """
    if actor.level == "reseller" and actor.user is not None:
        reseller = actor.user.reseller
    route, made = OutboundRoute.objects.get_or_create(
        prefix=prefix, trunk=trunk, reseller=reseller, defaults={"position": position}
    )
    before = {} if made else audit.snapshot(route, ROUTE_FIELDS)
    route.position, route.weight = position, weight
    route.full_clean()
    route.save()
    after = audit.snapshot(route, ROUTE_FIELDS)
    audit.record(
        actor, "route.saved", trunk, key=trunk.slug, before=before, after=after
    )
    return route


@transaction.atomic
def delete_route(actor: Actor, route: OutboundRoute) -> None:
    """Send no more calls with this prefix over the route's trunk."""
    before = audit.snapshot(route, ROUTE_FIELDS)
    audit.record(
        actor, "route.deleted", route.trunk, key=route.trunk.slug, before=before
    )
    route.delete()


# ── taking it back ───────────────────────────────────────────────────────────────────


@undo.way("trunk.saved", family="trunk", right="trunks.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Trunk:
    trunk = undo.locked(Trunk.objects.filter(slug=entry.object_key))
    fields = [name for name in FIELDS if not audit.is_secret(trunk, name)]
    return save_trunk(actor, trunk=trunk, **undo.values_before(trunk, entry, fields))


@undo.way("route.saved", family="route", right="trunks.manage", from_nothing=True)
def _undo_route(actor: Actor, entry: AuditEntry) -> Trunk:
    trunk = undo.locked(Trunk.objects.filter(slug=entry.object_key))
    rows = OutboundRoute.objects.filter(trunk=trunk, prefix=entry.after["prefix"])
    route = undo.locked(rows.filter(reseller=entry.after["reseller_id"]))
    if not entry.before:
        delete_route(actor, route)
        return trunk
    values = undo.values_before(route, entry, ["position", "weight"])
    save_route(
        actor, prefix=route.prefix, trunk=trunk, reseller=route.reseller, **values
    )
    return trunk


@undo.way("route.deleted", family="route", right="trunks.manage")
def _undo_route_deletion(actor: Actor, entry: AuditEntry) -> Trunk:
    trunk = undo.locked(Trunk.objects.filter(slug=entry.object_key))
    values = undo.values_of(OutboundRoute(), entry, ROUTE_FIELDS)
    save_route(actor, trunk=trunk, **values)
    return trunk
