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
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.lib.nameservers import PORTS, Unanswered
from pbx_console.lib.sip_options import Answer, probe
from pbx_console.pbx import names, notices
from pbx_console.pbx.models import Trunk, TrunkHealth
from pbx_console.pbx.models.trunks import addresses_of, is_address

logger = logging.getLogger(__name__)
ENOUGH = 2
QUIET_AFTER_TOLD = dt.timedelta(minutes=15)
MOST_ASKED = 4  # places of one name
State, Trouble = TrunkHealth.State, TrunkHealth.Trouble


def look(now: dt.datetime | None = None) -> int:
    """Look at every trunk whose turn it is; return how many."""
    now = now or timezone.now()
    with as_everyone("watch of the carriers"):
        due = [trunk for trunk in _watched() if _is_due(trunk, now)]
        if not due:
            return 0
        took = async_to_sync(_probes)(due)
        registered = _registrations() if any(t.registers for t in due) else {}
        for trunk, answer in zip(due, took, strict=True):
            seen = _seen(trunk, answer, registered.get(trunk.endpoint_id, ""))
            note(trunk, *seen, answer.milliseconds, now)
    return len(due)


async def _probes(trunks: Sequence[Trunk]) -> list[Answer]:
    return list(await asyncio.gather(*(_probe(trunk) for trunk in trunks)))


async def _probe(trunk: Trunk) -> Answer:
    """Ask the places that a trunk leads to until one answers."""
    if trunk.watch_seconds == 0:
        return Answer(None)
    try:
        places = await asyncio.to_thread(names.targets, trunk)
    except Unanswered:
        addresses = addresses_of(trunk.resolved)
        places = [(a, trunk.port or PORTS[trunk.transport]) for a in addresses]
    answer = Answer(None, str(Trouble.NO_NAME))
    if trunk.names and not trunk.resolved:
        return Answer(None, str(Trouble.NOT_OURS))
    for host, port in places[:MOST_ASKED]:
        answer = await _ask(trunk, host, port)
        if answer.milliseconds is not None:
            break
    return answer


async def _ask(trunk: Trunk, host: str, port: int) -> Answer:
    named = str(trunk.proxy or trunk.host)
    return await probe(
        host,
        port,
        transport=trunk.transport,
        domain=trunk.domain or ("" if is_address(trunk.host) else trunk.host),
        certificate_of=named if trunk.checks_certificate else "",
        authorities=settings.SIP_AUTHORITIES,
    )


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


def _seen(trunk: Trunk, answer: Answer, registration: str) -> tuple[str, str, str]:
    """Return the state, why it is down, and what Asterisk says of the registration."""
    trouble = answer.trouble if trunk.watch_seconds else ""
    if trunk.registers and registration not in ("", "Registered"):
        return str(State.DOWN), trouble or str(Trouble.REGISTRATION), registration
    if trunk.watch_seconds == 0:
        state = State.UP if registration == "Registered" else State.UNKNOWN
        return str(state), "", registration
    state = State.DOWN if answer.milliseconds is None else State.UP
    return str(state), trouble, registration


def note(
    trunk: Trunk,
    seen: str,
    trouble: str,
    registration: str,
    round_trip: int | None,
    now: dt.datetime,
) -> None:
    """Write down one look, and tell when the state is sure and new."""
    with transaction.atomic():
        TrunkHealth.objects.get_or_create(trunk=trunk)
        health = TrunkHealth.objects.select_for_update().get(trunk=trunk)
        health.registration, health.trouble = registration[:40], trouble
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
        {
            "trunk": trunk.name,
            "trouble": health.trouble,
            "happened_at": health.since,
            "path": _path(trunk),
        },
    )


def _path(trunk: Trunk) -> str:
    return f"/trunks/{trunk.slug}/"
