"""Calling back who asked for it: the place in the queue is kept by a stand-in.

A row that waits becomes a Local channel in the queue, at the caller's place among those
who joined earlier and later; when an agent takes it, the caller is dialled, paid by the
queue. Asterisk notes how it went in its own store (`callback/<id>`), where this looks:
a worker that dies, or an AMI that is away, loses nothing, and nothing is dialled twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.pbx.models import QueueCallback

logger = logging.getLogger(__name__)
State = QueueCallback.State
BATCH = 20
ATTEMPTS = 3
PAUSE = dt.timedelta(minutes=5)
# A stand-in without a note is still in the queue for at most the longest wait.
GRACE = dt.timedelta(minutes=2)
FAMILY = "callback"


def run() -> int:
    """Move every call back that is due; return how many were put into their queue."""
    with as_everyone("calling back"):
        try:
            _look()
            return _begin_due()
        except AmiError as error:
            logger.warning("call backs wait: %s", error)
            return 0


def _open(state: str) -> Any:
    rows = QueueCallback.objects.filter(state=state, try_at__lte=timezone.now())
    rows = rows.select_related("queue__customer").order_by("joined_at", "pk")
    return rows.select_for_update(skip_locked=True, of=("self",))


def _begin_due() -> int:
    begun = 0
    while begun < BATCH and _begin_one():
        begun += 1
    return begun


def _begin_one() -> bool:
    """Mark first, dial then: twice "calling" is impossible, a lost one is found again."""
    with transaction.atomic():
        row = _open(State.WAITING).first()
        if row is None:
            return False
        row.state, row.began_at = State.CALLING, timezone.now()
        row.attempts += 1
        row.save(update_fields=["state", "began_at", "attempts"])
    place = place_of(row, _waiting(row.queue.asterisk_name))
    (answer,) = ask_all([originate(row, place)])
    if answer.get("Response") != "Success":
        _failed(row, str(answer.get("Message", "")))
    return True


def _waiting(queue: str) -> list[Mapping[str, Any]]:
    (answer,) = ask_all([{"Action": "QueueStatus", "Queue": queue}])
    return [e for e in answer["events"] if e.get("Event") == "QueueEntry"]


def place_of(row: QueueCallback, entries: Sequence[Mapping[str, Any]]) -> int:
    """Return the place among those who wait: behind everybody who came earlier."""
    waited = (timezone.now() - row.joined_at).total_seconds()
    return 1 + sum(int(entry.get("Wait") or 0) >= waited for entry in entries)


def originate(row: QueueCallback, place: int) -> dict[str, str]:
    """Return the action that puts a stand-in into the queue."""
    name = f"{row.queue.customer.code}-{row.pk}"
    milliseconds = (row.queue.max_wait_seconds + 60) * 1000
    return {
        "Action": "Originate",
        "Channel": f"Local/{name}@queue-callback/n",
        "Context": "queue-callback-out",
        "Exten": name,
        "Priority": "1",
        "Timeout": str(milliseconds),
        "Async": "true",
        "Variable": f"__PBX_PLACE={place}",
    }


def _look() -> None:
    """Take the notes of stand-ins that are over."""
    rows = list(
        QueueCallback.objects.filter(state=State.CALLING).select_related("queue")
    )
    if not rows:
        return
    notes, there = _notes(), _stand_ins()
    for row in rows:
        note = notes.get(str(row.pk), "")
        if str(row.pk) not in there:
            _take(row, note)


def _take(row: QueueCallback, note: str) -> None:
    if note == "answered":
        row.state, row.ended_at = State.DONE, timezone.now()
        row.save(update_fields=["state", "ended_at"])
    elif note or row.began_at is None or row.began_at < timezone.now() - GRACE:
        _failed(row, note)
    else:
        return
    ask_all([{"Action": "DBDel", "Family": FAMILY, "Key": str(row.pk)}])


def _failed(row: QueueCallback, reason: str) -> None:
    """Try again later, at most three times in all."""
    logger.info("call back %s: %s", row.pk, reason)
    row.state = State.WAITING if row.attempts < ATTEMPTS else State.FAILED
    row.try_at = timezone.now() + PAUSE
    row.ended_at = timezone.now() if row.state == State.FAILED else None
    row.save(update_fields=["state", "try_at", "ended_at"])


def _notes() -> dict[str, str]:
    (answer,) = ask_all([{"Action": "DBGetTree", "Family": FAMILY}])
    return {
        str(item.get("Key", "")).rpartition("/")[2]: str(item.get("Val", ""))
        for item in answer["events"]
    }


def _stand_ins() -> set[str]:
    """Return the call backs whose Local channel is there."""
    (answer,) = ask_all([{"Action": "CoreShowChannels"}])
    names = [str(item.get("Channel", "")) for item in answer["events"]]
    return {
        name.partition("@")[0].rpartition("-")[2]
        for name in names
        if name.startswith("Local/") and "@queue-callback" in name
    }
