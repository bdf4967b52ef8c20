"""Does each carrier answer? OPTIONS from the worker, registrations from Asterisk.

Asterisk qualifies only the addresses that it knew at its start: for objects that come from
the database neither `qualify_frequency` nor the action `PJSIPQualify` sends anything
(tried on 22.10.1). So the worker asks itself, with a request that any carrier answers.
A trunk is down after two looks without an answer and up after two with one, so a lost
packet tells nobody; trunks that are known to be down are tried last by the dialplan's
lookup, and a state that was told is told again when it has ended.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.lib.sip_options import probe
from pbx_console.pbx import notices
from pbx_console.pbx.models import Trunk, TrunkHealth

logger = logging.getLogger(__name__)
ENOUGH = 2
QUIET_AFTER_TOLD = dt.timedelta(minutes=15)
State = TrunkHealth.State


def look(now: dt.datetime | None = None) -> int:
    """Look at every trunk whose turn it is; return how many."""
    now = now or timezone.now()
    with as_everyone("watch of the carriers"):
        due = [trunk for trunk in _watched() if _is_due(trunk, now)]
        if not due:
            return 0
        took = async_to_sync(_probes)(due)
        registered = _registrations() if any(t.registers for t in due) else {}
        for trunk, milliseconds in zip(due, took, strict=True):
            state = _seen(trunk, milliseconds, registered)
            note(trunk, state, milliseconds, registered.get(trunk.endpoint_id, ""), now)
    return len(due)


async def _probes(trunks: Sequence[Trunk]) -> list[int | None]:
    return list(await asyncio.gather(*(_probe(trunk) for trunk in trunks)))


async def _probe(trunk: Trunk) -> int | None:
    if trunk.watch_seconds == 0:
        return None
    host = str(trunk.proxy or trunk.host)
    domain, way = trunk.domain, trunk.transport
    return await probe(host, trunk.port, transport=way, domain=domain)


def _watched() -> list[Trunk]:
    rows = Trunk.objects.filter(is_active=True).filter(
        Q(watch_seconds__gt=0) | Q(registers=True)
    )
    return list(rows.select_related("health", "reseller"))


def _is_due(trunk: Trunk, now: dt.datetime) -> bool:
    health = getattr(trunk, "health", None)
    if health is None or health.looked_at is None:
        return True
    pause = trunk.watch_seconds or 60
    if health.same_in_a_row < ENOUGH or health.state == State.DOWN:
        pause = min(pause, 10)  # look closer while it is not sure, or is away
    return bool(now - health.looked_at >= dt.timedelta(seconds=pause))


def _registrations() -> dict[str, str]:
    """Return what Asterisk says of each registration; nothing while it is away."""
    try:
        (answer,) = ask_all([{"Action": "PJSIPShowRegistrationsOutbound"}])
    except AmiError as error:
        logger.info("registrations not seen: %s", error)
        return {}
    return {
        str(event.get("ObjectName", "")): str(event.get("Status", ""))
        for event in answer.get("events", [])
        if event.get("Event") == "OutboundRegistrationDetail"
    }


def _seen(trunk: Trunk, milliseconds: int | None, registered: dict[str, str]) -> str:
    status = registered.get(trunk.endpoint_id, "")
    if trunk.registers and status not in ("", "Registered"):
        return str(State.DOWN)
    if trunk.watch_seconds == 0:
        return str(State.UP if status == "Registered" else State.UNKNOWN)
    return str(State.DOWN if milliseconds is None else State.UP)


def note(
    trunk: Trunk, seen: str, round_trip: int | None, registration: str, now: dt.datetime
) -> None:
    """Write down one look, and tell when the state is sure and new."""
    with transaction.atomic():
        TrunkHealth.objects.get_or_create(trunk=trunk)
        health = TrunkHealth.objects.select_for_update().get(trunk=trunk)
        health.registration = registration[:40]
        health.looked_at, health.round_trip_ms = now, round_trip
        _count(health, seen, now)
        health.save()
        _tell_if_new(trunk, health, now)


def _count(health: TrunkHealth, seen: str, now: dt.datetime) -> None:
    """Fold flapping: a state counts once it was seen `ENOUGH` times in a row."""
    if seen == health.state:
        health.same_in_a_row = min(health.same_in_a_row + 1, 1000)
        health.pending = ""
        return
    if health.pending != seen:
        health.pending, health.same_in_a_row = seen, 1
    else:
        health.same_in_a_row += 1
    if health.same_in_a_row >= ENOUGH or health.state == State.UNKNOWN:
        health.state, health.since, health.pending = seen, now, ""


def _tell_if_new(trunk: Trunk, health: TrunkHealth, now: dt.datetime) -> None:
    """Tell that it went and that it came back; at most once in a quarter of an hour."""
    down = health.state == State.DOWN
    sure = health.same_in_a_row >= ENOUGH
    if not sure or down == health.told_down or health.state == State.UNKNOWN:
        return
    if down and health.told_at and now - health.told_at < QUIET_AFTER_TOLD:
        return  # it flaps: the state on the page says so, the mail waits
    health.told_down, health.told_at = down, now
    health.save(update_fields=["told_down", "told_at"])
    verb = "trunk.went_down" if down else "trunk.came_back"
    audit.record(SYSTEM, verb, trunk, key=trunk.slug)
    notices.to_owners(
        trunk.reseller,
        "trunk_down" if down else "trunk_back",
        {"trunk": trunk.name, "happened_at": health.since, "path": _path(trunk)},
    )


def _path(trunk: Trunk) -> str:
    return f"/trunks/{trunk.slug}/"
