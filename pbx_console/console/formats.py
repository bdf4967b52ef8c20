"""How values are written for people: numbers, money, durations, times, by Babel.

Money comes as integer micro-units (1 000 000 = one unit of the currency), durations as
seconds, times as aware datetimes; they are shown in the time zone in force
(`timezone.activate`, done per request from the customer or reseller on screen).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import phonenumbers
from babel import dates, numbers
from django.utils import timezone
from django.utils.translation import gettext

from pbx_console.accounts.locales import locale

MICRO = Decimal(1_000_000)
DASH = "–"
MINUS = "\u2212"


def _true_minus(text: str) -> str:
    return text.replace("-", MINUS)


def count(value: int | Decimal | None) -> str:
    """Write a whole number with its group separators: 1.288."""
    return (
        DASH
        if value is None
        else _true_minus(numbers.format_decimal(value, locale=locale()))
    )


def decimal(value: float | Decimal, digits: int) -> str:
    """Write a number with at most so many decimals: 186,674."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return _true_minus(numbers.format_decimal(value, format=pattern, locale=locale()))


def money(micro: int | None, currency: str = "EUR") -> str:
    """Write an amount with two decimals and the currency sign: 8.412,60 €."""
    if micro is None:
        return DASH
    amount = (Decimal(micro) / MICRO).quantize(Decimal("0.01"))
    return _true_minus(numbers.format_currency(amount, currency, locale=locale()))


def price(micro: int | None, currency: str = "EUR") -> str:
    """Write a price of one charge or minute with four decimals or more: 0,0340 €."""
    if micro is None:
        return DASH
    amount = Decimal(micro) / MICRO
    digits = 4 if amount == amount.quantize(Decimal("0.0001")) else 6
    pattern = (
        locale()
        .currency_formats["standard"]
        .pattern.replace("0.00", "0." + "0" * digits)
    )
    text = numbers.format_currency(
        amount, currency, format=pattern, locale=locale(), currency_digits=False
    )
    return _true_minus(text)


def amounts(by_currency: dict[str, int] | None) -> str:
    """Write sums of several currencies side by side: 8,20 € + 1,00 CHF."""
    if not by_currency:
        return DASH
    return " + ".join(money(micro, code) for code, micro in sorted(by_currency.items()))


def share(value: float | Decimal | None) -> str:
    """Write a ratio as a percentage with one decimal: 0.369 -> 36,9 %."""
    if value is None:
        return DASH
    return _true_minus(numbers.format_percent(value, "#,##0.0\u00a0%", locale=locale()))


def minutes(seconds: int | float | None) -> str:
    """Write seconds as whole minutes, for sums: 10.236."""
    return DASH if seconds is None else count(round(seconds / 60))


def duration(seconds: int | float | None) -> str:
    """Write the length of one call: 3:07 or 1:02:09."""
    if seconds is None:
        return DASH
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    head = f"{hours}:{rest // 60:02d}" if hours else f"{rest // 60}"
    return f"{head}:{rest % 60:02d}"


def phone(number: str | None, country: str = "") -> str:
    """Write an E.164 number in groups: international, or national inside `country`.

    Short and emergency numbers (110) and anything unknown stay as they are.
    """
    if not number:
        return DASH
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    at_home = country and phonenumbers.region_code_for_number(parsed) == country
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        parsed, style.NATIONAL if at_home else style.INTERNATIONAL
    )


def moment(value: dt.datetime | None, *, seconds: bool = False) -> str:
    """Write a time as people say it: 10:09, yesterday 17:20, 5 Nov 17:20, 5 Nov 2025."""
    if value is None:
        return DASH
    local = timezone.localtime(value)
    clock = clock_time(value, seconds=seconds)
    days = (timezone.localdate() - local.date()).days
    if days == 0:
        return clock
    if days == 1:
        return gettext("yesterday, %(time)s") % {"time": clock}
    return f"{day(local.date())}, {clock}"


def clock_time(value: dt.datetime, *, seconds: bool = False) -> str:
    """Write the time of day: 09:52 or 09:52:14."""
    return timezone.localtime(value).strftime("%H:%M:%S" if seconds else "%H:%M")


def day(value: dt.date | None) -> str:
    """Write a day, the year only when it is another one: 5. Nov. / 5 Nov 2025."""
    if value is None:
        return DASH
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    same_year = value.year == timezone.localdate().year
    return dates.format_skeleton(
        "MMMd" if same_year else "yMMMd", value, locale=locale()
    )


def full_moment(value: dt.datetime | None) -> str:
    """Write day, year and time in full, for titles and documents."""
    if value is None:
        return DASH
    return dates.format_datetime(timezone.localtime(value), "full", locale=locale())


def today_line() -> str:
    """Write today for the head of a page: Thursday, 19 November 2026, 10:14."""
    return long_moment(timezone.now())


def long_moment(value: dt.datetime) -> str:
    """Write a moment as people say it in full: Thursday, 19 November 2026, 10:14."""
    local = timezone.localtime(value)
    return f"{dates.format_date(local, 'full', locale=locale())}, {local:%H:%M}"


def month(value: dt.date) -> str:
    """Write a month, the year only when it is another one."""
    same_year = value.year == timezone.localdate().year
    pattern = "LLLL" if same_year else "LLLL y"
    return dates.format_date(value, pattern, locale=locale())
