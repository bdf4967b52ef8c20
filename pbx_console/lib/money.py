"""Money as integers: micro-units (one millionth) of a currency. No floats anywhere.

0.006 EUR per minute is `6000`; 12.50 EUR is `12500000`. Texts are read and written
exactly; rounding happens only where a rule is named (`Rounding`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pbx_console.lib.texts import Explained, gettext_noop

MICRO: Final = 1_000_000
MAX_MICRO: Final = 10**15
"""Nothing in a price list or on a call is worth a billion; larger is a typing error."""

NO_CURRENCY: Final = "XXX"
"""ISO 4217's code for "no currency": a free call of a customer without a price list."""

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,15})(?:[.,]([0-9]+))?")


class MoneyError(Explained):
    """A text that is not an amount; the message says why and how to mend it."""


class Mode(StrEnum):
    """How what does not fit the unit is treated."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Rounding:
    """A stated rounding rule: a mode and the number of decimals kept (0 to 6)."""

    mode: Mode
    decimals: int

    @classmethod
    def parse(cls, text: str) -> Rounding:
        """Read `half_up_4`. Raises MoneyError."""
        mode, _, decimals = text.rpartition("_")
        if mode not in set(Mode) or decimals not in set("0123456"):
            raise MoneyError(
                gettext_noop("“%(text)s” is not a rounding rule such as half_up_4."),
                text=text[:30],
            )
        return cls(Mode(mode), int(decimals))

    def __str__(self) -> str:
        return f"{self.mode}_{self.decimals}"

    @property
    def unit_micro(self) -> int:
        """Return the smallest amount that may result, in micro-units."""
        return 10 ** (6 - self.decimals)

    def apply(self, numerator: int, denominator: int = 1) -> int:
        """Round the fraction (in micro-units, not negative) to whole units, in micro."""
        unit = self.unit_micro
        return divide(numerator, denominator * unit, self.mode) * unit


def divide(numerator: int, denominator: int, mode: Mode) -> int:
    """Return the rounded quotient of integers; both not negative, the second not 0."""
    whole, rest = divmod(numerator, denominator)
    if rest == 0 or mode is Mode.DOWN:
        return whole
    if mode is Mode.UP:
        return whole + 1
    twice = 2 * rest
    if twice == denominator:
        return whole + (1 if mode is Mode.HALF_UP else whole & 1)
    return whole + (1 if twice > denominator else 0)


def parse_currency(text: str) -> str:
    """Return an ISO 4217 code in capitals. Raises MoneyError."""
    code = text.strip().upper()
    if not _CURRENCY.fullmatch(code):
        raise MoneyError(
            gettext_noop("“%(text)s” is not a currency code such as EUR."),
            text=text[:30],
        )
    return code


_NO_AMOUNT: Final = gettext_noop(
    "“%(text)s” is not an amount. Write digits with one decimal point or comma and no"
    " other signs, as in 0.0125."
)
_TOO_FINE: Final = gettext_noop("“%(text)s” has more than six decimals.")
_TOO_LARGE: Final = gettext_noop("“%(text)s” is larger than any price can be.")


def parse_micro(text: str) -> int:
    """Read `0.006`, `0,006` or `12` as micro-units.

    The last point or comma is the decimal mark; grouping marks are refused, because
    `1.234` would mean two things. Raises MoneyError.
    """
    written = text.strip()
    match = _AMOUNT.fullmatch(written)
    if match is None:
        raise MoneyError(_NO_AMOUNT, text=written[:30])
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if len(fraction.rstrip("0")) > 6:
        raise MoneyError(_TOO_FINE, text=written[:30])
    micro = int(whole) * MICRO + int(fraction[:6].ljust(6, "0") or "0")
    if micro > MAX_MICRO:
        raise MoneyError(_TOO_LARGE, text=written[:30])
    return -micro if sign else micro


def to_exact(micro: int) -> str:
    """Return all six decimals with a point: `0.006000`. For machines."""
    whole, fraction = divmod(abs(micro), MICRO)
    return f"{'-' if micro < 0 else ''}{whole}.{fraction:06d}"


def to_short(micro: int, *, decimals: int = 2) -> str:
    """Return at least `decimals` decimals and no further zeros: `0.006`, `12.50`."""
    whole, _, fraction = to_exact(micro).partition(".")
    kept = fraction.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{kept}" if kept else whole


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency. Different currencies never add up."""

    micro: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise MoneyError(
                gettext_noop("%(one)s and %(other)s do not add up."),
                one=self.currency,
                other=other.currency,
            )
        return Money(self.micro + other.micro, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.micro, self.currency)

    def __str__(self) -> str:
        return f"{to_short(self.micro)} {self.currency}"
