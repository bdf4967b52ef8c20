"""Values as people read them, by language and place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from pbx_console.console import formats

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("micro", "german", "english"),
    [
        (8_412_600_000, f"8.412,60{NBSP}€", "€8,412.60"),
        (-7_700_000, f"\u22127,70{NBSP}€", "\u2212€7.70"),
        (0, f"0,00{NBSP}€", "€0.00"),
        (4_999, f"0,00{NBSP}€", "€0.00"),
        (None, "–", "–"),
    ],
)
def test_it_writes_money_by_language(
    micro: int | None, german: str, english: str
) -> None:
    with translation.override("de"):
        assert formats.money(micro, "EUR") == german
    with translation.override("en"):
        assert formats.money(micro, "EUR") == english


def test_it_never_rounds_a_price_away() -> None:
    with translation.override("de"):
        assert formats.price(34_000, "EUR") == f"0,0340{NBSP}€"
        assert formats.price(105_970, "EUR") == f"0,105970{NBSP}€"
        assert formats.price(106_000, "EUR") == f"0,1060{NBSP}€"
    with translation.override("en"):
        assert formats.price(34_000, "EUR") == "€0.0340"


def test_it_writes_counts_shares_and_durations() -> None:
    with translation.override("de"):
        assert formats.count(1288) == "1.288"
        assert formats.count(-3) == "\u22123"
        assert formats.share(0.3692) == f"36,9{NBSP}%"
        assert formats.minutes(614_160) == "10.236"
    assert formats.duration(187) == "3:07"
    assert formats.duration(41) == "0:41"
    assert formats.duration(3729) == "1:02:09"


@pytest.mark.parametrize(
    ("number", "country", "words"),
    [
        ("+493023125100", "", "+49 30 23125100"),
        ("+493023125100", "DE", "030 23125100"),
        ("+493023125100", "NL", "+49 30 23125100"),
        ("110", "DE", "110"),
        ("112", "", "112"),
        ("anonymous", "", "anonymous"),
        ("+", "", "+"),
        ("", "", "–"),
        (None, "", "–"),
    ],
)
def test_it_groups_numbers_and_leaves_short_ones(
    number: str | None, country: str, words: str
) -> None:
    assert formats.phone(number, country) == words


def test_it_writes_a_moment_in_the_zone_in_force() -> None:
    noon = datetime(2026, 11, 19, 9, 14, tzinfo=UTC)
    berlin = ZoneInfo("Europe/Berlin")
    with time_machine.travel(noon, tick=False), timezone.override(berlin):
        with translation.override("de"):
            assert formats.moment(noon) == "10:14"
            assert formats.moment(datetime(2026, 11, 18, 16, 20, tzinfo=UTC)) == (
                "gestern, 17:20"
            )
            assert formats.moment(datetime(2026, 11, 5, 8, 0, tzinfo=UTC)) == (
                "5. Nov., 09:00"
            )
            # Half past eleven at night in UTC is the next day in Berlin.
            assert formats.day(datetime(2026, 11, 4, 23, 30, tzinfo=UTC)) == "5. Nov."
        with translation.override("en"):
            assert formats.day(date(2025, 11, 5)) == "5 Nov 2025"
            assert formats.today_line() == "Thursday, 19 November 2026, 10:14"
        assert formats.moment(None) == "–"


def test_dutch_writes_values_its_own_way() -> None:
    noon = datetime(2026, 11, 19, 9, 14, tzinfo=UTC)
    with (
        time_machine.travel(noon, tick=False),
        timezone.override(ZoneInfo("Europe/Amsterdam")),
        translation.override("nl"),
    ):
        assert formats.money(8_412_600_000, "EUR") == f"€{NBSP}8.412,60"
        assert formats.price(34_000, "EUR") == f"€{NBSP}0,0340"
        assert formats.count(1288) == "1.288"
        assert formats.share(0.3692) == f"36,9{NBSP}%"
        assert formats.day(date(2026, 11, 5)) == "5 nov"
        assert formats.month(date(2026, 11, 1)) == "november"
        assert formats.today_line() == "donderdag 19 november 2026, 10:14"
        assert formats.phone("+31207990100", "NL") == "020 799 0100"
