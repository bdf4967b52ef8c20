"""Schedules: save with hours and own days, switch by hand, delete what is unused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import audit, undo
from pbx_console.pbx import schedule_lamps
from pbx_console.pbx.models import Schedule, ScheduleDay, ScheduleHours
from pbx_console.pbx.services.holidays import keep_holidays
from pbx_console.pbx.services.hunt_groups import refuse_own
from pbx_console.pbx.services.nouns import drop, store, undeletes, unmakes

FIELDS = ["number", "name", "region", "open_to", "closed_to", "holiday_to", "by_phone"]
LOGGED = ("listed_hours", "listed_days", "hour_rows", "day_rows")
HELD = ("override",)
LEADS = ("open_to", "closed_to", "holiday_to")


@transaction.atomic
def save_schedule(
    actor: Actor,
    *,
    customer: Customer | None = None,
    schedule: Schedule | None = None,
    hours: Sequence[dict[str, Any]] | None = None,
    days: Sequence[dict[str, Any]] | None = None,
    **values: Any,
) -> Schedule:
    """Create or change a schedule; `hours` and `days` are all its rows.

    Raises ValidationError for rows that end before they begin or overlap.
    """
    schedule = schedule or Schedule(customer=customer)
    for name in LEADS:
        refuse_own(schedule, values.get(name), name)
    if values.get("region"):
        keep_holidays([values["region"]])

    def parts() -> None:
        if hours is not None:
            _replace(schedule, ScheduleHours, hours)
        if days is not None:
            _replace(schedule, ScheduleDay, days)

    return store(actor, schedule, FIELDS, values, parts=parts, logged=LOGGED)


def _replace(schedule: Schedule, model: Any, rows: Sequence[dict[str, Any]]) -> None:
    made = [model(schedule=schedule, **row) for row in rows]
    for row in made:
        row.full_clean(exclude=["schedule"], validate_constraints=False)
    model.objects.filter(schedule=schedule).delete()
    refuse_overlap(made)
    model.objects.bulk_create(made)


def refuse_overlap(rows: Sequence[Any]) -> None:
    """Raise ValidationError when two rows claim the same minute or the same day."""
    for one, other in pairwise(sorted(rows, key=_span)):
        if _span(other)[0] < _span(one)[1]:
            words = _("%(one)s and %(other)s overlap. Make one row of them.")
            raise ValidationError(words % {"one": one, "other": other})


def _span(row: Any) -> tuple[int, int]:
    if isinstance(row, ScheduleDay):
        return row.first_day.toordinal(), row.last_day.toordinal() + 1
    return row.weekday * 1440 + row.opens, row.weekday * 1440 + row.closes


@transaction.atomic
def switch_schedule(actor: Actor, schedule: Schedule, state: str) -> Schedule:
    """Hold a schedule open, closed or on holiday by hand; empty: as the clock says."""
    if state not in ("", *Schedule.State.values):
        raise ValidationError(_("Choose one of the offered states."))
    before = audit.snapshot(schedule, ["override"])
    schedule.override = state
    schedule.save(update_fields=["override"])
    after = audit.snapshot(schedule, ["override"])
    key = str(schedule.pk)
    audit.record(
        actor, "schedule.switched", schedule, key=key, before=before, after=after
    )
    transaction.on_commit(schedule_lamps.mend.delay, robust=True)
    return schedule


def state_of(schedule: Schedule, at: datetime | None = None) -> tuple[str, str]:
    """Return what a moment is (open, closed, holiday) and why, as calls are told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, why FROM asterisk.schedule_state(%s, %s)",
            [schedule.pk, at or timezone.now()],
        )
        state, why = cursor.fetchone()
    return state, why


@transaction.atomic
def delete_schedule(actor: Actor, schedule: Schedule) -> None:
    """Delete a schedule. Raises ValidationError with the uses when it is in use."""
    drop(actor, schedule, [*FIELDS, *LOGGED, *HELD])


@undo.way("schedule.switched", family="schedule switch", right="callflow.manage")
def _undo_switch(actor: Actor, entry: AuditEntry) -> Schedule:
    schedule = undo.locked(Schedule.objects.filter(pk=entry.object_key))
    values = undo.values_before(schedule, entry, ["override"])
    return switch_schedule(actor, schedule, values["override"])


@undo.way("schedule.saved", family="schedule", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Schedule:
    schedule = undo.locked(Schedule.objects.filter(pk=entry.object_key))
    values = undo.values_before(schedule, entry, FIELDS)
    if undo.changed_names(entry) & {"hour_rows", "day_rows"}:
        undo.ensure_as_left(schedule, entry, ["hour_rows", "day_rows"])
        values |= _rows_of(entry.before)
    return save_schedule(actor, schedule=schedule, **values)


def _rows_of(before: dict[str, Any]) -> dict[str, Any]:
    """Return weekly hours and own days as they were."""
    hours = [map(int, text.split()) for text in before.get("hour_rows") or []]
    days = [text.split(" ", 4) for text in before.get("day_rows") or []]
    return {
        "hours": [dict(zip(_HOUR, row, strict=True)) for row in hours],
        "days": [
            {
                "first_day": date.fromisoformat(first),
                "last_day": date.fromisoformat(last),
                "opens": None if opens == "-" else int(opens),
                "closes": None if closes == "-" else int(closes),
                "name": name,
            }
            for first, last, opens, closes, name in days
        ],
    }


_HOUR = ("weekday", "opens", "closes")


def _again(actor: Actor, schedule: Schedule, values: dict[str, Any]) -> Schedule:
    before = values.pop("_before")
    schedule.override = before.get("override", "")
    return save_schedule(actor, schedule=schedule, **_rows_of(before), **values)


undeletes(Schedule, FIELDS, _again, right="callflow.manage")
unmakes(Schedule, delete_schedule, right="callflow.manage")
