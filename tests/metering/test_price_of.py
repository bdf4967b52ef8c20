"""What the limits of money reckon with is what the call is billed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbx_console.metering.models import Price, PriceList
from pbx_console.metering.rating import LegTerms, ListTerms, by_prefix, rate
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("everyone")
NUMBER = "+493023125999"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
micro = st.integers(0, 3_000_000)
increment = st.sampled_from([1, 6, 30, 60, 7, 90])
PRICES = st.fixed_dictionaries(
    {
        "per_minute_micro": st.one_of(st.integers(0, 100), micro),
        "setup_micro": st.one_of(st.just(0), micro),
        "minimum_micro": st.one_of(st.just(0), micro),
        "first_increment": increment,
        "next_increment": increment,
    }
)
LISTS = st.fixed_dictionaries(
    {
        "rounding": st.sampled_from(PriceList.RoundingRule.values),
        "timezone": st.sampled_from(["Europe/Berlin", "UTC", "Europe/Amsterdam"]),
        "split_peak": st.booleans(),
        "peak_days": st.integers(0, 127),
        "peak_from_minute": st.integers(0, 1439),
        "peak_until_minute": st.integers(1, 1440),
    }
)
MOMENTS = st.integers(0, 365 * 86_400).map(
    lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)
here = settings(
    max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def asked(sql: str, *values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    assert row is not None
    return tuple(row)


def priced(world: World, terms: dict[str, Any], price: dict[str, Any]) -> ListTerms:
    """Nordbel's sale list with one price for everything in Germany."""
    mine = PriceList.objects.get(slug="retail-nordbel")
    PriceList.objects.filter(pk=mine.pk).update(**terms)
    mine.refresh_from_db()
    mine.prices.all().delete()
    row = Price.objects.create(
        price_list=mine, prefix="49", name="Germany", valid_from=LONG_AGO, **price
    )
    prices = by_prefix([row.terms])
    rule, window = mine.rounding_rule, mine.window
    return ListTerms(
        mine.pk, mine.name, mine.currency, rule, window, mine.split_peak, prices
    )


@here
@given(LISTS, PRICES, st.one_of(st.none(), micro), MOMENTS, st.integers(0, 20_000_000))
def test_a_call_in_progress_is_counted_as_it_would_be_billed(
    world: World,
    terms: dict[str, Any],
    price: dict[str, Any],
    off_peak: int | None,
    at: datetime,
    ms: int,
) -> None:
    listed = priced(world, terms, price | {"off_peak_per_minute_micro": off_peak})
    billed = rate(LegTerms("out", NUMBER, at, ms), listed).amount_micro
    sql = "SELECT asterisk.cost_of(%s, %s, %s, %s)"
    (counted,) = asked(sql, listed.id, NUMBER, at, ms)
    if terms["split_peak"] and off_peak is not None:
        assert counted >= billed
    else:
        assert counted == billed


def in_the_dialplan(setup: int, rate: int, first: int, following: int, s: int) -> int:
    """What [limits-cost] of asterisk_conf/etc/dialplan_limits.conf reckons."""
    more = max(0, -(-(s - first) // following)) * following
    return setup + -(-(first + more) * rate // 60)


@here
@given(PRICES, st.integers(1, 20_000))
def test_what_the_dialplan_counts_is_never_less_and_hardly_more(
    world: World, price: dict[str, Any], s: int
) -> None:
    """The bill exactly, but for the increment in which a minimum charge ends."""
    terms = {"rounding": "up_6", "split_peak": False}
    listed = priced(world, terms, price)
    sql = "SELECT setup, per_minute, first, next FROM asterisk.price_of(%s, %s)"
    known = asked(sql, world.nordbel.customer.pk, NUMBER)
    counted = in_the_dialplan(*known, s)
    leg = LegTerms("out", NUMBER, datetime.now(UTC), s * 1000)
    billed = rate(leg, listed).amount_micro
    one = price["per_minute_micro"] * price["next_increment"] / 60
    assert billed <= counted <= billed + one + 1
    if billed == price["minimum_micro"] or not price["minimum_micro"]:
        assert counted == billed


def test_it_takes_the_price_of_the_answer_and_0_without_one(world: World) -> None:
    listed = priced(world, {}, {"per_minute_micro": 60_000})
    sql = "SELECT asterisk.cost_of(%s, %s, %s, 60000)"
    before = LONG_AGO - timedelta(seconds=1)
    assert asked(sql, listed.id, NUMBER, LONG_AGO) == (60_000,)
    assert asked(sql, listed.id, NUMBER, before) == (0,)
    assert asked(sql, listed.id, "+1212555", LONG_AGO) == (0,)
    assert asked(sql, None, NUMBER, LONG_AGO) == (0,)
