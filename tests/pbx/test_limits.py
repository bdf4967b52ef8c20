"""Limits in SQL: windows by the local clock, countries, amounts, what is left."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Extension, Limit, LimitUse
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.pbx.services.outside_numbers import save_outside_number
from tests.conftest import Tenant, World

pytestmark = pytest.mark.django_db
ONE_EXAMPLE = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ZONES = ["Europe/Berlin", "Europe/Amsterdam", "Europe/Vienna", "Asia/Kolkata", "UTC"]
MOMENTS = st.integers(0, 3 * 365 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
# The nights when clocks are changed, to the second.
CHANGES = st.sampled_from(
    [datetime(2026, 3, 29, 0, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 0, tzinfo=UTC)]
).flatmap(
    lambda at: st.integers(-3600, 3 * 3600).map(lambda s: at + timedelta(seconds=s))
)


def ask(sql: str, *values: Any) -> Any:
    with as_everyone("test"), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def windows(moment: datetime, zone: str) -> Any:
    return ask("SELECT * FROM asterisk.local_windows(%s, %s)", moment, zone)


@ONE_EXAMPLE
@given(MOMENTS | CHANGES, st.sampled_from(ZONES))
def test_windows_hold_their_moment_and_follow_the_local_clock(
    world: World, moment: datetime, zone: str
) -> None:
    hour_from, hour_until, day_from, day_until, night, weekend = windows(moment, zone)
    local = moment.astimezone(ZoneInfo(zone))
    assert hour_from <= moment < hour_until
    assert hour_until - hour_from == timedelta(hours=1)
    assert hour_from.astimezone(ZoneInfo(zone)).minute == 0
    assert day_from <= moment < day_until
    for edge in (day_from, day_until):
        at = edge.astimezone(ZoneInfo(zone))
        assert (at.hour, at.minute, at.second) == (0, 0, 0)
    assert day_from.astimezone(ZoneInfo(zone)).date() == local.date()
    assert timedelta(hours=23) <= day_until - day_from <= timedelta(hours=25)
    assert night is (local.hour >= 20 or local.hour < 6)
    assert weekend is (local.weekday() >= 5)


@ONE_EXAMPLE
@given(MOMENTS | CHANGES, st.sampled_from(ZONES))
def test_the_next_window_begins_where_this_one_ends(
    world: World, moment: datetime, zone: str
) -> None:
    now = windows(moment, zone)
    assert windows(now[1], zone)[0] == now[1]
    assert windows(now[3], zone)[2] == now[3]
    assert windows(now[3] - timedelta(seconds=1), zone)[2] == now[2]


MS = st.none() | st.integers(0, 10**9)
MICRO = st.none() | st.integers(0, 10**10)


@ONE_EXAMPLE
@given(
    MS,
    MICRO,
    st.integers(0, 10**9),
    st.integers(0, 10**10),
    st.integers(0, 10**6),
    st.integers(0, 10**8),
    st.integers(1, 90_000),
)
def test_what_is_left_never_passes_a_cap(
    world: World,
    cap_ms: int | None,
    cap: int | None,
    used_ms: int,
    used: int,
    setup: int,
    per_minute: int,
    to_end: int,
) -> None:
    (left,) = ask(
        "SELECT asterisk.seconds_left(%s, %s, %s, %s, %s, %s, %s)",
        *(cap_ms, cap, used_ms, used, setup, per_minute, to_end),
    )
    inside = min(max(left, 0), to_end)
    if left > 0:
        assert cap_ms is None or used_ms + inside * 1000 <= cap_ms
        spent = setup + inside * per_minute // 60
        assert cap is None or setup + per_minute == 0 or used + spent <= cap
    after = max(left - to_end, 0)  # runs in the next window, which begins empty
    assert cap_ms is None or after * 1000 <= cap_ms
    assert cap is None or after * per_minute // 60 <= cap


def limited(tenant: Tenant, number: str, *, forward: bool = False) -> tuple[Any, ...]:
    """Reason, seconds and what the PBX is told, for a call of the tenant's 201."""
    ask("SELECT set_config('pbx.forward', %s, true)", "on" if forward else "")
    row: tuple[Any, ...] = ask(
        "SELECT (l).reason, (l).max_seconds, (l).limits FROM (SELECT asterisk.limited("
        "jsonb_populate_record(NULL::asterisk.route, %s), %s, %s, %s) AS l) x",
        json.dumps({"max_seconds": 14400, "tenantid": tenant.customer.code}),
        *(tenant.customer.pk, tenant.extension.pk, number),
    )
    return row


def change(tenant: Tenant, **values: Any) -> Limit:
    with as_everyone("test"):
        Limit.objects.filter(customer=tenant.customer, extension=None).update(**values)
        return Limit.objects.get(customer=tenant.customer, extension=None)


def use(tenant: Tenant, *, owner: str = "", window: str = "day", **used: int) -> None:
    with as_everyone("test"):
        owner = owner or f"c{tenant.customer.pk}"
        edges = windows(datetime.now(UTC), tenant.customer.timezone)
        LimitUse.objects.create(
            reseller=tenant.reseller,
            customer=tenant.customer,
            owner=owner,
            window=window,
            begins_at=edges[0] if window == "hour" else edges[2],
            **used,
        )


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("+493023125999", ""),
        ("+31201234567", ""),
        ("+48221234567", ""),
        ("+12125550123", "country_closed"),
        ("+4990012345", "range_closed"),
        ("+88161234567", "range_closed"),
        ("+5351234567", "range_closed"),
        ("+2101234567", "country_closed"),
        ("+49116117", ""),
    ],
)
def test_home_and_neighbours_are_open_and_dear_ranges_are_not(
    world: World, number: str, reason: str
) -> None:
    assert limited(world.nordbel, number)[0] == reason


def test_a_country_opens_for_a_customer_and_closes_for_one_extension(
    world: World,
) -> None:
    north = world.nordbel
    change(north, countries=["US", "CU"], opened=["premium"])
    assert limited(north, "+12125550123")[0] == ""
    assert limited(north, "+4990012345")[0] == ""
    assert limited(north, "+31201234567")[0] == "country_closed"
    assert limited(north, "+5351234567")[0] == "range_closed"
    with as_everyone("test"):
        Limit.objects.create(
            reseller=north.reseller,
            customer=north.customer,
            extension=north.extension,
            countries=[],
        )
    assert limited(north, "+12125550123")[0] == "country_closed"
    assert limited(north, "+493023125999")[0] == ""


def test_a_forward_leads_to_nothing_expensive_unless_that_is_allowed(
    world: World,
) -> None:
    north = world.nordbel
    change(north, countries=["US"], opened=["premium"])
    assert limited(north, "+12125550123", forward=True)[0] == "forward_closed"
    assert limited(north, "+4990012345", forward=True)[0] == "forward_closed"
    assert limited(north, "+493023125999", forward=True)[0] == ""
    change(north, expensive_forwards=True)
    assert limited(north, "+12125550123", forward=True)[0] == ""


HOME, PREMIUM = "+493023125999", "+4990012345"
FAR, CLOSED = "+12125550123", "+442071234567"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (PREMIUM, "premium"),
        (CLOSED, "United Kingdom are closed"),
        (FAR, "sent on"),
        (HOME, ""),
    ],
)
def test_what_the_limits_close_is_no_place_to_send_calls_to(
    world: World, number: str, words: str
) -> None:
    north = world.nordbel
    change(north, countries=["US"])
    with as_everyone("test"):
        Extension.objects.filter(pk=north.extension.pk).update(may_dial_premium=True)
        extension = Extension.objects.get(pk=north.extension.pk)
        ways: tuple[Any, ...] = (
            lambda: save_outside_number(
                SYSTEM, customer=north.customer, number="790", name="Away", e164=number
            ),
            lambda: save_forward(
                SYSTEM, extension=extension, condition="busy", outside_number=number
            ),
        )
        for save in ways:
            if not words:
                save()
                continue
            with pytest.raises(ValidationError, match=words):
                save()
        change(north, countries=["US"], opened=["premium"], expensive_forwards=True)
        if number in (PREMIUM, FAR):
            ways[0]()


def test_every_level_holds_over_its_own_use(world: World) -> None:
    north = world.nordbel
    change(north, money_day_micro=1_000_000, night_percent=100)
    use(north, micro=400_000, live_micro=500_000)
    reason, seconds, packed = limited(north, "+493023125999")
    assert (reason, seconds) == ("", 200)  # 0.10 left at 0.03 a minute
    day_from = int(windows(datetime.now(UTC), north.customer.timezone)[2].timestamp())
    head = f"{north.customer.code}:0:30000:60:1"
    hour = r"\d+:60000:30000000:0:0"  # what every customer has
    assert re.fullmatch(f"{head}:{hour}:{day_from}:240000:1000000:0:900000", packed)
    with as_everyone("test"):
        rule = Limit.objects.create(
            reseller=north.reseller,
            customer=north.customer,
            extension=north.extension,
            minutes_day=2,
            night_percent=100,
        )
    use(north, owner=rule.owner, ms=119_000)
    assert limited(north, "+493023125999")[1] == 1
    with as_everyone("test"):
        LimitUse.objects.filter(owner=rule.owner).update(ms=120_000)
    assert limited(north, "+493023125999")[0] == "limit_reached"


def test_the_resellers_limit_counts_what_it_pays_itself(world: World) -> None:
    north = world.nordbel
    with as_everyone("test"):
        Limit.objects.create(reseller=north.reseller, money_day_micro=1_000_000)
    use(north, owner=f"r{north.reseller.pk}", micro=999_900)
    assert limited(north, "+493023125999")[:2] == ("", 1)
    assert limited(world.zuidlijn, "+493023125999")[1] == 14_400


def told(tenant: Tenant, *counted: str) -> tuple[Any, ...]:
    """What the lookup answers to 201 whose PBX has counted that."""
    owner = tenant.customer.code
    owners = owner, f"{owner}-{tenant.extension.number}"
    for name, who, text in zip(
        ("pbx.counted", "pbx.counted_extension"), owners, counted, strict=False
    ):
        ask("SELECT set_config(%s, %s, true)", name, f"{who},{text}")
    row: tuple[Any, ...] = ask(
        "SELECT (l).reason, (l).max_seconds, (l).x1, (l).x2, (l).x3 FROM (SELECT"
        " asterisk.limited(jsonb_populate_record(NULL::asterisk.route, %s), %s, %s, %s)"
        " AS l) x",
        json.dumps({"max_seconds": 14400, "tenantid": owner}),
        *(tenant.customer.pk, tenant.extension.pk, HOME),
    )
    return row


@ONE_EXAMPLE
@given(st.integers(0, 1_100_000), st.integers(0, 1_100_000), st.integers(-1, 1))
def test_the_larger_of_both_figures_counts_as_used(
    world: World, known: int, counted: int, window: int
) -> None:
    north = world.nordbel
    change(north, money_day_micro=1_000_000, night_percent=100)
    with as_everyone("test"):
        LimitUse.objects.filter(owner=f"c{north.customer.pk}").delete()
    use(north, micro=known)
    begin = int(windows(datetime.now(UTC), north.customer.timezone)[2].timestamp())
    begin += window * 86_400  # what was counted yesterday, or by a wrong clock, is not
    answer = told(north, f"0,0,0,{begin},5,{counted}", "")
    used = max(known, counted) if window == 0 else known
    left = (1_000_000 - used) * 60 // 30_000
    if left <= 0:
        assert answer[0] == "limit_reached"
    else:
        assert answer[:3] == ("", min(left, answer[1]), str(left))
        assert answer[3:] == (None, None)


@pytest.mark.parametrize(
    "rubbish", ["", ",,,,,", "a,b,c,d,e,f", "1", "9" * 40 + ",1,1", "'; --", "\\"]
)
def test_rubbish_as_counters_is_nothing_counted(world: World, rubbish: str) -> None:
    north = world.nordbel
    change(north, money_day_micro=1_000_000, night_percent=100)
    assert told(north, rubbish, rubbish)[0] == ""


def test_counters_that_were_not_told_are_compared_by_the_pbx(world: World) -> None:
    north = world.nordbel
    change(north, money_day_micro=1_000_000, night_percent=100)
    assert told(north, "", "")[4] is None
    with as_everyone("test"):
        Limit.objects.create(reseller=north.reseller, money_day_micro=2_000_000)
    answer = told(north, "", "")
    assert answer[4] == "check"
    assert int(answer[3]) > 0
