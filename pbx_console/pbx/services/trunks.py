"""Carrier links and the routes over them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.services import audit
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


@transaction.atomic
def save_trunk(actor: Actor, *, trunk: Trunk | None = None, **values: Any) -> Trunk:
    """Create or change a trunk; the next call uses it. Raises ValidationError.

    The short name is part of the journal and cannot change.
    """
    unsaved = trunk is None
    trunk = trunk or Trunk()
    before = {} if unsaved else audit.snapshot(trunk, FIELDS)
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
    route, _made = OutboundRoute.objects.get_or_create(
        prefix=prefix, trunk=trunk, reseller=reseller, defaults={"position": position}
    )
    route.position = position
    route.full_clean()
    route.save()
    after = {"prefix": prefix, "trunk": trunk.slug, "position": position}
    audit.record(actor, "route.saved", trunk, key=trunk.slug, after=after)
    return route
