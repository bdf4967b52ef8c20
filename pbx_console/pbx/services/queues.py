"""Queues: save with their agents; log agents in and out; delete what nothing leads to."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import audit, undo
from pbx_console.pbx.models import Extension, Queue, QueueMember
from pbx_console.pbx.models.queues import REASONS
from pbx_console.pbx.services.nouns import drop, store, undeletes, unmakes

FIELDS = [
    *("number", "name", "strategy", "ring_seconds", "wrapup_seconds", "prefix"),
    *("music", "greeting", "announce_position", "announce_seconds"),
    *("periodic", "periodic_seconds", "max_wait_seconds", "on_timeout"),
    *("max_waiting", "on_full", "empty", "on_empty", "leave_key", "on_leave"),
    *("offers_callback", "target_seconds", "target_percent", "is_recorded"),
]
LOGGED = ("listed_agents", "agent_rows", "agent_states")
MOST_AGENTS = 200

Seat = tuple[Extension, int]  # an agent and the level


@transaction.atomic
def save_queue(
    actor: Actor,
    *,
    customer: Customer | None = None,
    queue: Queue | None = None,
    agents: list[Seat] | None = None,
    **values: Any,
) -> Queue:
    """Create or change a queue; `agents` in order, whoever stays keeps the log-in.

    Raises ValidationError for a queue that leads to itself or a foreign agent.
    """
    queue = queue or Queue(customer=customer)
    _refuse_own(queue, values)
    if agents is not None:
        _check_agents(queue, agents)

    def parts() -> None:
        if agents is not None:
            _seat(queue, agents)

    return store(actor, queue, FIELDS, values, parts=parts, logged=LOGGED)


def _refuse_own(queue: Queue, values: dict[str, Any]) -> None:
    """Refuse an end that is its own beginning; longer rounds end by counted steps."""
    for name in ("on_timeout", "on_full", "on_empty", "on_leave"):
        chosen = values.get(name)
        if chosen and (chosen.kind, chosen.object_id) == (queue.kind, queue.pk):
            raise ValidationError({name: _("It cannot lead to itself.")})


def _check_agents(queue: Queue, agents: list[Seat]) -> None:
    if any(one.customer_id != queue.customer_id for one, _level in agents):
        raise ValidationError(_("Choose one of this customer's."))
    if len({one.pk for one, _level in agents}) < len(agents):
        raise ValidationError(_("Name each agent once."))
    if len(agents) > MOST_AGENTS:
        raise ValidationError(_("200 agents at most."))


def _seat(queue: Queue, agents: list[Seat]) -> None:
    there = {row.extension_id: row for row in queue.members.all()}
    for place, (extension, level) in enumerate(agents, 1):
        row = there.pop(extension.pk, None) or QueueMember(
            queue=queue, extension=extension
        )
        row.position, row.level = place, level
        row.save()
    for gone in there.values():
        gone.delete()


@transaction.atomic
def change_agent(
    actor: Actor,
    member: QueueMember,
    *,
    logged_in: bool | None = None,
    paused: bool | None = None,
    reason: str = "",
) -> QueueMember:
    """Log an agent in or out, or pause; what a code dialled at the phone does, too.

    A trigger writes Asterisk's row; callers who already wait are served by the change.
    Raises ValidationError for a pause of somebody who is logged out.
    """
    member = QueueMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    before = _agent_facts(member)
    if reason not in ("", *REASONS):
        raise ValidationError(_("Choose one of the reasons."))
    if logged_in is not None and logged_in != member.is_logged_in:
        member.is_logged_in, member.is_paused = logged_in, False
    if paused and not member.is_logged_in:
        raise ValidationError(_("Who is logged out cannot pause."))
    if paused is not None:
        member.is_paused = paused
    member.reason = reason if member.is_paused else ""
    if _agent_facts(member) != before:
        member.save()
        after = _agent_facts(member)
        audit.record(
            actor, "queue.agent_changed", member.queue, before=before, after=after
        )
    return member


def _agent_facts(member: QueueMember) -> dict[str, Any]:
    return {
        "agent": member.extension.number,
        "is_logged_in": member.is_logged_in,
        "is_paused": member.is_paused,
        "pause": member.reason,
    }


@transaction.atomic
def delete_queue(actor: Actor, queue: Queue) -> None:
    """Delete a queue. Raises ValidationError with the uses when something leads there."""
    drop(actor, queue, [*FIELDS, *LOGGED])


@undo.way("queue.saved", family="queue", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Queue:
    queue = undo.locked(Queue.objects.filter(pk=entry.object_key))
    values = undo.values_before(queue, entry, FIELDS)
    if "agent_rows" not in undo.changed_names(entry):
        return save_queue(actor, queue=queue, **values)
    undo.ensure_as_left(queue, entry, ["agent_rows"])
    there = {row.extension_id for row in queue.members.all()}
    saved = save_queue(actor, queue=queue, agents=_seats_of(entry.before), **values)
    _sit_as_before(saved, entry.before, there)
    return saved


def _seats_of(before: dict[str, Any]) -> list[Seat]:
    """Return the agents as they were, without those whose extension is gone."""
    pairs = [map(int, text.split()) for text in before.get("agent_rows") or []]
    seats = [(key, level) for key, level in pairs]
    rows = Extension.objects.in_bulk([key for key, _level in seats])
    return [(rows[key], level) for key, level in seats if key in rows]


def _sit_as_before(queue: Queue, before: dict[str, Any], stayed: set[int]) -> None:
    """Log out and pause those who come back, as they were; who stayed is left alone."""
    states = [text.split(" ") for text in before.get("agent_states") or []]
    for key, word, *reason in states:
        row = queue.members.filter(extension_id=int(key)).first()
        if row is not None and row.extension_id not in stayed:
            row.is_logged_in, row.is_paused = word != "out", word == "paused"
            row.reason = " ".join(reason)
            row.save()


def _again(actor: Actor, queue: Queue, values: dict[str, Any]) -> Queue:
    before = values.pop("_before")
    saved = save_queue(actor, queue=queue, agents=_seats_of(before), **values)
    _sit_as_before(saved, before, set())
    return saved


undeletes(Queue, FIELDS, _again, right="callflow.manage")
unmakes(Queue, delete_queue, right="callflow.manage")
