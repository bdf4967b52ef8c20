"""Money without floats."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.lib.money import (
    Mode,
    Money,
    MoneyError,
    Rounding,
    divide,
    parse_currency,
    parse_micro,
    to_exact,
    to_short,
)


@pytest.mark.parametrize(
    ("text", "micro"),
    [
        ("0.006", 6_000),
        ("0,006", 6_000),
        ("12", 12_000_000),
        (" 0.000001 ", 1),
        ("0.0000010", 1),
        ("-1.5", -1_500_000),
    ],
)
def test_it_reads_amounts_exactly(text: str, micro: int) -> None:
    assert parse_micro(text) == micro


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.234,56",
        "1 000",
        "+1",
        "1e3",
        "€1",
        "0.0000001",
        "1" * 14,
        ".5",
        "٣",
        "NaN",
    ],
)
def test_it_refuses_what_is_no_plain_amount(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_micro(text)


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_it_writes_what_it_can_read_again(micro: int) -> None:
    assert parse_micro(to_exact(micro)) == micro
    assert parse_micro(to_short(micro)) == micro


def test_it_shows_two_decimals_or_as_many_as_are_needed() -> None:
    assert to_short(12_500_000) == "12.50"
    assert to_short(3_600) == "0.0036"
    assert to_short(2_000_000, decimals=0) == "2"
    assert str(Money(-6_000, "EUR")) == "-0.006 EUR"


_ORACLE = {
    Mode.UP: lambda f: -((-f) // 1),
    Mode.DOWN: lambda f: f // 1,
    Mode.HALF_UP: lambda f: (f + Fraction(1, 2)) // 1,
    Mode.HALF_EVEN: round,
}


@given(
    st.integers(min_value=0, max_value=10**20),
    st.integers(min_value=1, max_value=10**6),
    st.sampled_from(list(Mode)),
)
def test_it_rounds_as_fractions_do(
    numerator: int, denominator: int, mode: Mode
) -> None:
    assert divide(numerator, denominator, mode) == _ORACLE[mode](
        Fraction(numerator, denominator)
    )


def test_it_rounds_to_the_decimals_of_the_rule() -> None:
    assert Rounding.parse("half_up_2").apply(12_345_000) == 12_350_000
    assert Rounding.parse("up_4").apply(1, 3) == 100
    assert str(Rounding.parse("half_even_6")) == "half_even_6"


@pytest.mark.parametrize("text", ["", "half_up", "half_up_7", "sideways_2", "up_44"])
def test_it_refuses_an_unknown_rounding_rule(text: str) -> None:
    with pytest.raises(MoneyError):
        Rounding.parse(text)


def test_it_never_adds_two_currencies() -> None:
    assert Money(1, "EUR") + Money(2, "EUR") == Money(3, "EUR")
    with pytest.raises(MoneyError):
        Money(1, "EUR") + Money(1, "CHF")


def test_it_knows_currency_codes() -> None:
    assert parse_currency(" eur ") == "EUR"
    with pytest.raises(MoneyError):
        parse_currency("Euro")
