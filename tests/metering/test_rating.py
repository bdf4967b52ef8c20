"""The rating function against published values and an exact-fraction oracle."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_console.lib.money import Mode, Rounding
from pbx_console.metering.peak import PeakWindow
from pbx_console.metering.rating import (
    LegTerms,
    ListTerms,
    NoPrice,
    PriceTerms,
    RatedCharge,
    by_prefix,
    rate,
)

BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)
WORKDAYS, EVERY_DAY = 31, 127
OFFICE = PeakWindow(WORKDAYS, 8 * 60, 18 * 60, BERLIN)


def price(prefix: str = "49", **changes: object) -> PriceTerms:
    terms: dict[str, object] = {
        "id": 1,
        "prefix": prefix,
        "name": "Germany",
        "destination_class": "national",
        "per_minute_micro": 6_000,
        "off_peak_per_minute_micro": None,
        "setup_micro": 0,
        "minimum_micro": 0,
        "first_increment": 60,
        "next_increment": 1,
        "valid_from": LONG_AGO,
        "valid_until": None,
    }
    return PriceTerms(**(terms | changes))  # type: ignore[arg-type]


def listed(
    *prices: PriceTerms,
    rounding: str = "half_up_6",
    window: PeakWindow = OFFICE,
    split: bool = False,
) -> ListTerms:
    return ListTerms(
        1, "Test", "EUR", Rounding.parse(rounding), window, split, by_prefix(prices)
    )


def charge(
    prices: ListTerms, ms: int, *, at: datetime = NOON, number: str = "+4930123456"
) -> RatedCharge:
    return rate(LegTerms("out", number, at, ms), prices)


@pytest.mark.parametrize(
    ("seconds", "micro"),
    [(32, 3_600), (57, 6_000), (75, 7_800), (30, 3_000), (1, 3_000)],
)
def test_it_agrees_with_published_values(seconds: int, micro: int) -> None:
    """0.006 per minute at 30/6 (cgrates issue 118)."""
    prices = listed(price(first_increment=30, next_increment=6))
    assert charge(prices, seconds * 1000).amount_micro == micro


@pytest.mark.parametrize(
    ("first", "following", "ms", "billed"),
    [
        (60, 60, 1, 60_000),
        (60, 60, 60_000, 60_000),
        (60, 60, 60_001, 120_000),
        (60, 1, 60_001, 61_000),
        (1, 1, 86_400_000, 86_400_000),
        (30, 6, 86_399_999, 86_400_000),
    ],
)
def test_it_rounds_time_up_by_increments(
    first: int, following: int, ms: int, billed: int
) -> None:
    prices = listed(price(first_increment=first, next_increment=following))
    assert charge(prices, ms).billed_ms == billed


def test_it_takes_the_longest_prefix() -> None:
    prices = listed(price("49"), price("4930", id=2), price("4", id=3))
    assert charge(prices, 1000).price == price("4930", id=2)
    assert charge(prices, 1000, number="+4989123").price == price("49")


def test_it_skips_prices_that_are_not_valid_yet_or_any_more() -> None:
    gone = price("4930", id=2, valid_until=NOON)
    coming = price("4930", id=3, valid_from=NOON + timedelta(milliseconds=1))
    assert charge(listed(price(), gone, coming), 1000).price == price()
    at_last = charge(listed(price(), gone), 1000, at=NOON - timedelta(microseconds=1))
    assert at_last.price == gone


def test_it_takes_the_latest_of_two_valid_prices_of_one_prefix() -> None:
    newer = price(id=2, valid_from=NOON - timedelta(days=1))
    assert charge(listed(price(), newer), 1000).price == newer


@pytest.mark.parametrize("number", ["+1212555", "+4", "112"])
def test_it_never_invents_a_price(number: str) -> None:
    with pytest.raises(NoPrice):
        charge(listed(price("49")), 1000, number=number)


def test_it_rates_nothing_without_a_list_but_what_is_free() -> None:
    with pytest.raises(NoPrice):
        rate(LegTerms("out", "+4930", NOON, 1000), None)
    free = rate(LegTerms("emergency", "112", NOON, 1000), None)
    assert (free.amount_micro, free.currency, free.rule) == (0, "XXX", "emergency")


@pytest.mark.parametrize("direction", ["emergency", "in"])
def test_it_never_charges_emergency_or_incoming_calls(direction: str) -> None:
    dear = listed(
        price("1", setup_micro=1_000_000, minimum_micro=5_000_000), price("4")
    )
    for number in ("112", "110", "+4930123456"):
        assert rate(LegTerms(direction, number, NOON, 10**7), dear).amount_micro == 0


def test_it_charges_nothing_for_zero_milliseconds() -> None:
    prices = listed(price(setup_micro=100_000, minimum_micro=200_000))
    assert charge(prices, 0).amount_micro == 0
    assert charge(prices, 1).amount_micro == 200_000


def test_it_adds_the_set_up_fee_and_holds_the_minimum() -> None:
    prices = listed(price(setup_micro=50_000, minimum_micro=60_000))
    assert charge(prices, 60_000).amount_micro == 60_000
    assert charge(prices, 120_000).amount_micro == 62_000


# Wednesday 2026-06-10: office hours end at 18:00 in Berlin, 16:00 UTC.
EDGE = datetime(2026, 6, 10, 15, 59, tzinfo=UTC)
TWO = {"per_minute_micro": 60_000, "off_peak_per_minute_micro": 6_000}


def test_it_uses_the_period_at_the_start_of_the_call() -> None:
    one = listed(price(**TWO, first_increment=1))
    assert charge(one, 120_000, at=EDGE).amount_micro == 120_000
    after = charge(one, 120_000, at=EDGE + timedelta(minutes=1))
    assert after.amount_micro == 12_000


def test_it_splits_at_the_border_if_the_list_says_so() -> None:
    split = listed(price(**TWO, first_increment=1), split=True)
    found = charge(split, 120_000, at=EDGE)
    assert found.amount_micro == 66_000
    assert [(p, ms) for p, ms, _micro in found.segments] == [
        ("peak", 60_000),
        ("off_peak", 60_000),
    ]


def test_it_gives_an_increment_to_the_period_in_which_it_begins() -> None:
    split = listed(price(**TWO, first_increment=30, next_increment=60), split=True)
    found = charge(split, 95_000, at=EDGE)
    assert [(p, ms) for p, ms, _micro in found.segments] == [
        ("peak", 90_000),
        ("off_peak", 60_000),
    ]


@pytest.mark.parametrize(
    ("wall", "fold", "peak"),
    [
        ((2026, 3, 29, 1, 59, 59), 0, False),
        ((2026, 3, 29, 3, 0, 0), 0, True),
        ((2026, 10, 25, 2, 30, 0), 0, True),
        ((2026, 10, 25, 2, 30, 0), 1, True),
        ((2026, 10, 25, 3, 59, 59), 0, False),
        ((2026, 12, 31, 23, 59, 59), 0, False),
    ],
)
def test_it_reads_the_clock_on_the_wall_on_odd_nights(
    wall: tuple[int, int, int, int, int, int], fold: int, peak: bool
) -> None:
    window = PeakWindow(EVERY_DAY, 2 * 60, 3 * 60 + 30, BERLIN)
    assert window.contains(datetime(*wall, fold=fold, tzinfo=BERLIN)) is peak


def test_it_counts_the_hour_that_is_shown_twice_twice() -> None:
    """02:00 to 03:00 lasts two hours on the last night of summer time, none in March."""
    window = PeakWindow(EVERY_DAY, 2 * 60, 3 * 60, BERLIN)
    split = listed(price(**TWO, first_increment=1), window=window, split=True)
    autumn = charge(split, 6 * 3_600_000, at=datetime(2026, 10, 24, 22, 0, tzinfo=UTC))
    spring = charge(split, 6 * 3_600_000, at=datetime(2026, 3, 28, 23, 0, tzinfo=UTC))
    assert [(p, ms // 60_000) for p, ms, _m in autumn.segments] == [
        ("off_peak", 120),
        ("peak", 120),
        ("off_peak", 120),
    ]
    assert [(p, ms // 60_000) for p, ms, _m in spring.segments] == [("off_peak", 360)]


# --- the oracle: fractions, one increment after the other, no shortcuts ---------------

INSTANTS = [
    datetime(2026, 3, 29, 0, 58, 30, 500_000, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, 59, 999_000, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 22, 59, 59, 1_000, tzinfo=UTC),
    datetime(2028, 2, 29, 22, 59, 59, 999_000, tzinfo=UTC),
]
moments = st.one_of(
    st.sampled_from(INSTANTS),
    st.integers(min_value=0, max_value=40_000_000_000).map(
        lambda ms: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    ),
)
durations = st.one_of(
    st.sampled_from([0, 1, 999, 1000, 59_999, 60_000, 60_001, 86_399_000, 86_400_000]),
    st.integers(min_value=0, max_value=20_000_000),
)
micros = st.integers(min_value=0, max_value=3_000_000)
windows = st.builds(
    PeakWindow,
    st.integers(min_value=0, max_value=127),
    st.integers(min_value=0, max_value=1439),
    st.integers(min_value=1, max_value=1440),
    st.sampled_from([BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")]),
)
prices = st.builds(
    price,
    per_minute_micro=micros,
    off_peak_per_minute_micro=st.none() | micros,
    setup_micro=st.just(0) | micros,
    minimum_micro=st.just(0) | micros,
    first_increment=st.sampled_from([1, 6, 30, 60]),
    next_increment=st.sampled_from([1, 6, 60]),
)
rules = st.builds(Rounding, st.sampled_from(list(Mode)), st.integers(0, 6))

_ROUND = {
    Mode.UP: math.ceil,
    Mode.DOWN: math.floor,
    Mode.HALF_UP: lambda f: math.floor(f + Fraction(1, 2)),
    Mode.HALF_EVEN: round,
}


def increments(row: PriceTerms, ms: int) -> list[tuple[int, int]]:
    """Return (begins at, lasts) in ms for every increment that is begun."""
    blocks = [(0, row.first_increment * 1000)]
    while sum(blocks[-1]) < ms:
        blocks.append((sum(blocks[-1]), row.next_increment * 1000))
    return blocks


def per_minute(row: PriceTerms, window: PeakWindow, at: datetime) -> int:
    if row.off_peak_per_minute_micro is None:
        return row.per_minute_micro
    local = at.astimezone(window.zone)
    minute = local.hour * 60 + local.minute
    low, high = window.from_minute, window.until_minute
    inside = low <= minute < high if low < high else not high <= minute < low
    if inside and window.days & (1 << local.weekday()):
        return row.per_minute_micro
    return row.off_peak_per_minute_micro


def oracle(
    row: PriceTerms,
    window: PeakWindow,
    split: bool,
    rule: Rounding,
    at: datetime,
    ms: int,
) -> int:
    if ms == 0:
        return 0
    amount = Fraction(row.setup_micro)
    for begins, lasts in increments(row, ms):
        moment = at + timedelta(milliseconds=begins) if split else at
        amount += Fraction(per_minute(row, window, moment) * lasts, 60_000)
    amount = max(amount, Fraction(row.minimum_micro))
    unit = 10 ** (6 - rule.decimals)
    return int(_ROUND[rule.mode](amount / unit)) * unit


@settings(max_examples=300, deadline=None)
@given(prices, windows, st.booleans(), rules, moments, durations)
def test_it_agrees_with_exact_fractions(
    row: PriceTerms,
    window: PeakWindow,
    split: bool,
    rule: Rounding,
    at: datetime,
    ms: int,
) -> None:
    terms = listed(row, rounding=str(rule), window=window, split=split)
    found = charge(terms, ms, at=at)
    assert found.amount_micro == oracle(row, window, split, rule, at, ms)
    assert found.billed_ms == sum(part for _p, part, _m in found.segments)


@settings(max_examples=200, deadline=None)
@given(prices, st.integers(0, 10**7), st.integers(0, 10**7))
def test_it_never_makes_a_longer_call_cheaper(
    row: PriceTerms, one: int, two: int
) -> None:
    terms = listed(row)
    short, long = sorted([one, two])
    assert charge(terms, short).amount_micro <= charge(terms, long).amount_micro


@given(prices, durations)
def test_it_explains_every_charge_so_that_it_can_be_computed_again(
    row: PriceTerms, ms: int
) -> None:
    found = charge(listed(row, rounding="up_4"), ms)
    if found.rule != "price":
        return
    steps = {step["step"]: step for step in found.steps}
    minutes = [step for step in found.steps if step["step"] == "minutes"]
    exact = sum(step["billed_ms"] * step["per_minute_micro"] for step in minutes)
    exact += steps.get("setup", {}).get("setup_micro", 0) * 60_000
    assert steps["rounding"]["exact_60000ths"] == exact
    counted = max(exact, steps.get("minimum", {}).get("minimum_micro", 0) * 60_000)
    amount = -(-counted // (60_000 * 100)) * 100
    assert steps["rounding"]["amount_micro"] == amount == found.amount_micro
