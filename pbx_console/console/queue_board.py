"""What the wallboard and the agent's own page show: the database's log-ins, the live
state's callers and phones, put together."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer
from pbx_console.console.formats import phone
from pbx_console.pbx import presence, queue_state
from pbx_console.pbx.models import Extension, Queue, QueueCallback, QueueMember

LATE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent of the customer, over all queues, with lamp and word."""

    extension: Extension
    lamp: str
    word: str
    queues: str


@dataclass(frozen=True, slots=True)
class Caller:
    """One who waits. `part` is the share of the longest wait, 0 to 100."""

    number: str
    since: int
    waits: int  # seconds
    queue: Queue
    is_late: bool
    part: int


@dataclass(slots=True)
class QueueNow:
    """One queue on the board. Figures are None when they are not known now."""

    queue: Queue
    waiting: int | None
    oldest: Caller | None
    free: int
    here: int
    answered: int | None
    lost: int | None
    in_time: int | None  # percent
    average: int | None
    callers: list[Caller] = field(default_factory=list)

    @property
    def is_warning(self) -> bool:
        """Say whether somebody waits too long, or nobody is there for those who wait."""
        late = any(caller.is_late for caller in self.callers)
        return late or bool(self.waiting and not self.free)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on one customer's board."""

    queues: list[QueueNow]
    agents: list[Agent]
    callers: list[Caller]
    is_known: bool
    answered: int
    lost: int
    average: int | None
    called_back: int
    callbacks: int


def board(customer: Customer) -> Board:
    """Put the board of a customer together; three queries, one look at Redis each."""
    state = queue_state.of(customer.code)
    members = list(
        QueueMember.objects.filter(queue__customer=customer).select_related(
            "queue", "extension__customer"
        )
    )
    words = presence.of({row.extension for row in members})
    shown = [
        _now(queue, members, words, None if state is None else state.get(queue.pk, {}))
        for queue in Queue.objects.filter(customer=customer)
    ]
    calls = QueueCallback.objects.filter(queue__customer=customer)
    open_ones = calls.filter(state__in=("waiting", "calling")).count()
    return Board(
        queues=shown,
        agents=_agents(members, words),
        callers=sorted((c for q in shown for c in q.callers), key=_since),
        is_known=state is not None,
        answered=sum(q.answered or 0 for q in shown),
        lost=sum(q.lost or 0 for q in shown),
        average=_average(state or {}),
        called_back=calls.filter(state="done", ended_at__date=_today()).count(),
        callbacks=open_ones,
    )


def _today() -> Any:
    return timezone.localdate()


def _since(caller: Caller) -> int:
    return caller.since


def _average(state: Mapping[int, Mapping[str, Any]]) -> int | None:
    known = sum(found.get("known", 0) for found in state.values())
    waited = sum(found.get("waited", 0) for found in state.values())
    return round(waited / known) if known else None


def _now(
    queue: Queue,
    members: Sequence[QueueMember],
    words: Mapping[str, str],
    state: Mapping[str, Any] | None,
) -> QueueNow:
    own = [row for row in members if row.queue_id == queue.pk and row.word == "in"]
    free = sum(words.get(row.extension.endpoint_id) == "free" for row in own)
    if state is None:
        return QueueNow(queue, None, None, free, len(own), None, None, None, None)
    callers = [_caller(queue, found) for found in state.get("waiting", [])]
    known = state.get("known", 0)
    return QueueNow(
        queue,
        waiting=len(callers),
        oldest=min(callers, key=_since, default=None),
        free=free,
        here=len(own),
        answered=state.get("answered", 0),
        lost=state.get("lost", 0),
        in_time=round(100 * state.get("in_time", 0) / known) if known else None,
        average=round(state.get("waited", 0) / known) if known else None,
        callers=callers,
    )


def _caller(queue: Queue, found: Mapping[str, Any]) -> Caller:
    since = int(found["since"])
    waits = max(time.time() - since, 0)
    return Caller(
        number=phone(found["number"]) if found["number"] else str(_("withheld")),
        since=since,
        waits=round(waits),
        queue=queue,
        is_late=waits > LATE_SECONDS,
        part=min(round(100 * waits / queue.max_wait_seconds), 100),
    )


def _agents(members: Sequence[QueueMember], words: Mapping[str, str]) -> list[Agent]:
    seats: dict[int, list[QueueMember]] = {}
    for row in members:
        seats.setdefault(row.extension_id, []).append(row)
    found = [_agent(rows, words) for rows in seats.values()]
    return sorted(found, key=lambda agent: agent.extension.number)


def _agent(rows: Sequence[QueueMember], words: Mapping[str, str]) -> Agent:
    extension = rows[0].extension
    word = words.get(extension.endpoint_id, presence.UNKNOWN)
    here = [row for row in rows if row.is_logged_in]
    queues = ", ".join(row.queue.name for row in here)
    if not here:
        return Agent(extension, "off", str(_("logged out")), "")
    if all(row.is_paused for row in here):
        reason = here[0].reason_word
        said = _("paused, %(reason)s") % {"reason": reason} if reason else _("paused")
        return Agent(extension, "dnd", str(said), queues)
    return Agent(extension, word or "off", phone_word(word), queues)


def phone_word(word: str) -> str:
    """Return what an agent's phone does."""
    return str(
        {
            "free": _("free"),
            "ring": _("ringing"),
            "talk": _("in a call"),
            "dnd": _("do not disturb"),
            "off": _("phone not registered"),
        }.get(word, _("not known now"))
    )
