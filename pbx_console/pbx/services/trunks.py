"""Carrier links and the routes over them."""

from __future__ import annotations

import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, undo
from pbx_console.pbx import names, projection, refresh, tasks
from pbx_console.pbx.models import Did, NumberRange, OutboundRoute, Porting, Trunk
from pbx_console.pbx.models.trunks import addresses_of
from pbx_console.pbx.services.nouns import in_use, use_text

FIELDS = [
    "slug",
    "name",
    "reseller",
    "host",
    "port",
    "more_addresses",
    "transport",
    "checks_certificate",
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
    "origin",
    "abroad_header",
    "caller_header",
    "shows_original",
    "max_calls",
    "watch_seconds",
    "is_active",
]
MOST_USES = 20
_OVER = (Porting.State.DONE, Porting.State.CANCELLED)
ROUTE_FIELDS = ["prefix", "reseller", "position", "weight"]


@transaction.atomic
def save_trunk(actor: Actor, *, trunk: Trunk | None = None, **values: Any) -> Trunk:
    """Create or change a trunk; the next call uses it. Raises ValidationError.

    The short name is part of the journal: it cannot change and is never given twice.
    """
    if trunk is None:
        _refuse_known_slug(values.get("slug", ""))
    return _save(actor, trunk, values)


def _refuse_known_slug(slug: str) -> None:
    """Raise ValidationError for the short name of a trunk that is or ever was.

    The words do not say whose it is.
    """
    with as_everyone("is the short name new"):
        there = Trunk.objects.filter(slug=slug).exists()
        told = AuditEntry.objects.filter(object_type="trunk", object_key=slug)
        if there or told.filter(verb="trunk.deleted").exists():
            message = _("This short name is taken, or calls of the past have it.")
            raise ValidationError({"slug": message})


def _save(actor: Actor, trunk: Trunk | None, values: dict[str, Any]) -> Trunk:
    unsaved = trunk is None
    trunk = trunk or Trunk()
    before = {} if unsaved else audit.snapshot(trunk, FIELDS)
    old_secret = trunk.secret
    old = None if unsaved else copy.copy(trunk)
    for name in FIELDS:
        if name in values and (unsaved or name != "slug"):
            setattr(trunk, name, values[name])
    _keep_own(actor, trunk)
    trunk.proxy = trunk.proxy or ""
    trunk.full_clean()
    _look_up(trunk, old)
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


def uses_of_trunk(trunk: Trunk) -> list[str]:
    """Return what needs a trunk, as texts: its routes, numbers and open portings.

    Of many numbers the first ones; what the asker may not see is one line without a name.
    """
    needing = _needing(trunk)
    told = [use_text(row) for rows in needing for row in rows[:MOST_USES]]
    seen = sum(rows.count() for rows in needing)
    if seen > len(told):
        more = ngettext("%(count)s more", "%(count)s more", seen - len(told))
        told.append(more % {"count": seen - len(told)})
    with as_everyone("is the trunk in use elsewhere"):
        hidden = sum(rows.count() for rows in _needing(trunk)) > seen
    return [*told, _("Something that is not yours")] if hidden else told


def _needing(trunk: Trunk) -> list[models.QuerySet[Any]]:
    kinds: list[type[models.Model]] = [OutboundRoute, Did, NumberRange, Porting]
    routes, dids, ranges, portings = (
        kind._default_manager.filter(trunk=trunk) for kind in kinds
    )
    return [routes, dids, ranges, portings.exclude(state__in=_OVER)]


@transaction.atomic
def delete_trunk(actor: Actor, trunk: Trunk) -> None:
    """Delete a trunk: Asterisk unregisters and knows its carrier no more.

    Calls of the past keep its short name. Raises ValidationError with the uses when
    something needs it.
    """
    trunk = Trunk.objects.select_for_update(of=("self",)).get(pk=trunk.pk)
    if uses := uses_of_trunk(trunk):
        raise in_use(uses)
    before = audit.snapshot(trunk, FIELDS)
    after = {"secret": audit.REPLACED} if trunk.secret else {}
    audit.record(
        actor, "trunk.deleted", trunk, key=trunk.slug, before=before, after=after
    )
    projection.remove([trunk.endpoint_id])
    refresh.request([trunk], removed=True)
    tasks.hint(trunk.endpoint_id)
    with as_everyone("finished portings let go of the trunk"):
        Porting.objects.filter(trunk=trunk).update(trunk=None)
    trunk.delete()


def _keep_own(actor: Actor, obj: Trunk) -> None:
    """What a reseller's people save is that reseller's."""
    if actor.level == "reseller" and actor.user is not None:
        obj.reseller = actor.user.reseller


def _ensure_nobody_elses(actor: Actor, trunk: Trunk) -> None:
    """Raise ValidationError when a reseller names addresses that are another owner's.

    The words do not say whose it is.
    """
    if actor.level != "reseller":
        return
    if names.is_anothers(trunk):
        raise ValidationError({"host": _("This address cannot be used.")})


def _look_up(trunk: Trunk, before: Trunk | None) -> None:
    """Note where names lead, when they are new. What is switched off may lead nowhere."""
    places = ("host", "proxy", "port", "transport")
    same = before and all(getattr(before, n) == getattr(trunk, n) for n in places)
    if same and (trunk.resolved or not trunk.names):
        return
    try:
        names.resolve(trunk)
    except ValidationError:
        if trunk.is_active:
            raise
        trunk.resolved = ""


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


@undo.way("trunk.deleted", family="trunk", right="trunks.manage")
def _undo_deletion(actor: Actor, entry: AuditEntry) -> Trunk:
    """Only trunks without a password come back: it is kept nowhere."""
    return _save(actor, None, undo.values_of(Trunk(), entry, FIELDS))


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
