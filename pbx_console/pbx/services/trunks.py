"""Carrier links and the routes over them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Reseller
from pbx_console.accounts.services import audit, undo
from pbx_console.pbx import projection, refresh, tasks
from pbx_console.pbx.models import OutboundRoute, Trunk

FIELDS = [
    "slug",
    "name",
    "reseller",
    "host",
    "port",
    "number_format",
    "username",
    "secret",
    "is_active",
]
ROUTE_FIELDS = ["prefix", "reseller", "position"]


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
    trunk.full_clean()
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


@transaction.atomic
def save_route(
    actor: Actor,
    *,
    prefix: str,
    trunk: Trunk,
    reseller: Reseller | None = None,
    position: int = 1,
) -> OutboundRoute:
    """Send calls to numbers with this prefix over a trunk. Raises ValidationError."""
    route, made = OutboundRoute.objects.get_or_create(
        prefix=prefix, trunk=trunk, reseller=reseller, defaults={"position": position}
    )
    before = {} if made else audit.snapshot(route, ROUTE_FIELDS)
    route.position = position
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
    values = undo.values_before(route, entry, ["position"])
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
