"""What a moment is to a schedule: the lookup against an oracle, DST, holidays, walls."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import (
    Destination,
    Holiday,
    HuntGroup,
    Region,
    Schedule,
    ScheduleHours,
)
from pbx_console.pbx.services.holidays import keep_holidays, of_region
from pbx_console.pbx.services.hunt_groups import delete_group, save_group
from pbx_console.pbx.services.schedules import save_schedule, state_of, switch_schedule
from tests.conftest import World, owner_connection

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def plan(world: World) -> Schedule:
    """A schedule without any rows."""
    with as_everyone("test"):
        return save_schedule(SYSTEM, customer=world.nordbel.customer, name="Office")


def local(*parts: int, fold: int = 0) -> datetime:
    """A moment on the clocks of Berlin."""
    return datetime(*parts, tzinfo=BERLIN, fold=fold)  # type: ignore[misc,arg-type]


def test_the_lookup_agrees_with_an_oracle(plan: Schedule) -> None:
    rng = random.Random(7)
    rows: list[dict[str, int]] = []
    for weekday in range(7):
        marks = sorted(rng.sample(range(0, 1441, 15), 2 * rng.randrange(4)))
        for opens, closes in zip(marks[::2], marks[1::2], strict=True):
            rows.append({"weekday": weekday, "opens": opens, "closes": closes})
    with as_everyone("test"):
        save_schedule(SYSTEM, schedule=plan, hours=rows)
    start = datetime(2027, 3, 1, tzinfo=UTC)
    moments = [start + timedelta(minutes=rng.randrange(400_000)) for _n in range(3000)]
    for row in rows:  # the very first and last minutes
        day = datetime(2027, 3, 22, tzinfo=BERLIN) + timedelta(days=row["weekday"])
        for minute in (
            row["opens"] - 1,
            row["opens"],
            row["closes"] - 1,
            row["closes"],
        ):
            moments.append(day + timedelta(minutes=minute))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t, (asterisk.schedule_state(%s, t)).state FROM unnest(%s) t",
            [plan.pk, moments],
        )
        answers = cursor.fetchall()
    assert len(answers) == len(moments)
    for moment, state in answers:
        here = moment.astimezone(BERLIN)
        minute = here.hour * 60 + here.minute
        is_open = any(
            r["weekday"] == here.weekday() and r["opens"] <= minute < r["closes"]
            for r in rows
        )
        assert state == ("open" if is_open else "closed"), moment


def test_clocks_that_change_are_the_customers_clocks(plan: Schedule) -> None:
    sunday = [{"weekday": 6, "opens": 150, "closes": 180}]  # 02:30 to 03:00
    with as_everyone("test"):
        save_schedule(SYSTEM, schedule=plan, hours=sunday)
    # In spring the half hour does not exist, in autumn it comes twice.
    spring = datetime(2027, 3, 28, 0, 0, tzinfo=UTC)
    states = [state_of(plan, spring + timedelta(minutes=5 * n))[0] for n in range(36)]
    assert states.count("open") == 0
    for fold in (0, 1):
        assert state_of(plan, local(2027, 10, 31, 2, 45, fold=fold))[0] == "open"
    assert state_of(plan, local(2027, 10, 31, 3, 0))[0] == "closed"


def test_own_days_come_before_holidays_and_both_before_the_week(plan: Schedule) -> None:
    week = [{"weekday": day, "opens": 480, "closes": 1020} for day in range(7)]
    party = {"name": "Stocktaking", "first_day": date(2027, 1, 1)}
    days = [party | {"last_day": date(2027, 1, 1), "opens": 600, "closes": 720}]
    with as_everyone("test"):
        keep_holidays(["DE-BE"], today=date(2027, 1, 1))
        save_schedule(SYSTEM, schedule=plan, region="DE-BE", hours=week)
        assert state_of(plan, local(2027, 1, 1, 11)) == ("holiday", "feast Neujahr")
        save_schedule(SYSTEM, schedule=plan, days=days)
        assert state_of(plan, local(2027, 1, 1, 11)) == ("open", "day Stocktaking")
        assert state_of(plan, local(2027, 1, 1, 13))[0] == "closed"
        assert state_of(plan, local(2027, 1, 2, 11)) == ("open", "hours")
        switch_schedule(SYSTEM, plan, "closed")
        assert state_of(plan, local(2027, 1, 2, 11)) == ("closed", "hand")


def test_the_table_of_holidays_says_what_the_library_says(world: World) -> None:
    today = date(2027, 6, 1)
    with as_everyone("test"):
        Holiday.objects.create(region="NL", day="2027-02-02", name="Nothing")
        keep_holidays(today=today)
        assert keep_holidays(today=today) == 0
        for region in Region.values:
            for year in (2027, 2028, 2029):
                rows = Holiday.objects.filter(region=region, day__year=year)
                assert dict(rows.values_list("day", "name")) == of_region(region, year)
    assert of_region("DE-BE", 2027) != of_region("DE-BY", 2027)


def test_the_database_refuses_overlapping_rows_itself(plan: Schedule) -> None:
    row = {"schedule": plan, "weekday": 1}
    with as_everyone("test"):
        ScheduleHours.objects.create(**row, opens=0, closes=600)
        ScheduleHours.objects.create(**row, opens=600, closes=1440)
        ScheduleHours.objects.create(schedule=plan, weekday=2, opens=0, closes=600)
        with pytest.raises(IntegrityError), transaction.atomic():
            ScheduleHours.objects.create(**row, opens=599, closes=601)


def test_only_asterisk_may_switch_a_schedule_from_a_phone(world: World) -> None:
    name = "asterisk.override_schedule(text, text, text)"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('pbx_asterisk', %s, 'EXECUTE'),"
            " has_function_privilege('pbx_console', %s, 'EXECUTE')",
            [name, name],
        )
        assert cursor.fetchone() == (True, False)


@pytest.mark.django_db(transaction=True)
def test_what_is_in_use_stays_also_at_the_database(committed_world: World) -> None:
    customer = committed_world.nordbel.customer
    with as_everyone("test"):
        group = save_group(SYSTEM, customer=customer, name="Sales", members=[])
        plan = save_schedule(
            SYSTEM, customer=customer, name="Office", open_to=group.destination
        )
        with pytest.raises(Exception, match="Schedule Office"):
            delete_group(SYSTEM, group)
        assert HuntGroup.objects.filter(pk=group.pk).exists()
        key = group.destination.pk
    with owner_connection() as owner:
        owner.execute("SET pbx.scope = 'everyone'")
        with pytest.raises(Exception, match="violates foreign key"):
            owner.execute("DELETE FROM pbx_huntgroup WHERE id = %s", [group.pk])
        endpoint = committed_world.nordbel.extension.endpoint_id
        owner.execute("UPDATE pbx_schedule SET number = '700' WHERE id = %s", [plan.pk])
        switch = "SELECT asterisk.override_schedule(%s, %s, %s)"
        stranger = committed_world.zuidlijn.extension.endpoint_id
        for who, number, state in (
            (stranger, "700", "open"),
            (endpoint, "701", "open"),
            (endpoint, "700", "ajar"),
            (endpoint, "", "open"),
        ):
            assert owner.execute(switch, [who, number, state]).fetchone() == ("",)
        assert owner.execute(switch, [endpoint, "700", "open"]).fetchone() == ("open",)
        assert owner.execute(switch, [endpoint, "700", "clock"]).fetchone() == (
            "closed",
        )
        owner.execute("UPDATE pbx_schedule SET by_phone = false")
        assert owner.execute(switch, [endpoint, "700", "open"]).fetchone() == ("",)
    with as_everyone("test"):
        assert Destination.objects.filter(pk=key).exists()
        entries = AuditEntry.objects.filter(verb="schedule.switched")
        assert {entry.actor_name for entry in entries} == {"201 Reception"}
        assert entries.count() == 2
