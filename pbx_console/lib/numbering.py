"""What a number is by its country's plan, and what may be held and shown.

Source: the metadata of the `phonenumbers` library. Germany: TKG section 120 names what
must not be shown as a caller (directory, mass traffic and premium numbers, 110 and 112);
the Netherlands keep information numbers (0900, 0906, 0909, 18xx) to those called.
"""

from __future__ import annotations

from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberType as Type

from pbx_console.lib.e164 import NumberError
from pbx_console.lib.texts import gettext_noop


class NumberKind(StrEnum):
    """What a number is; the value is stable, `LABELS` has the words."""

    GEOGRAPHIC = "geographic"
    MOBILE = "mobile"
    NATIONAL = "national"
    FREE = "free"
    SHARED = "shared"
    PREMIUM = "premium"
    OTHER = "other"


LABELS = {
    NumberKind.GEOGRAPHIC: gettext_noop("local number"),
    NumberKind.MOBILE: gettext_noop("mobile number"),
    NumberKind.NATIONAL: gettext_noop("national number"),
    NumberKind.FREE: gettext_noop("free of charge for callers"),
    NumberKind.SHARED: gettext_noop("service number"),
    NumberKind.PREMIUM: gettext_noop("premium number"),
    NumberKind.OTHER: gettext_noop("special number"),
}
_KINDS = {
    Type.FIXED_LINE: NumberKind.GEOGRAPHIC,
    Type.FIXED_LINE_OR_MOBILE: NumberKind.GEOGRAPHIC,
    Type.MOBILE: NumberKind.MOBILE,
    Type.VOIP: NumberKind.NATIONAL,
    Type.UAN: NumberKind.NATIONAL,
    Type.PERSONAL_NUMBER: NumberKind.NATIONAL,
    Type.TOLL_FREE: NumberKind.FREE,
    Type.SHARED_COST: NumberKind.SHARED,
    Type.PREMIUM_RATE: NumberKind.PREMIUM,
}
# Mass traffic (0137, 0138) and directory numbers are no PREMIUM_RATE for the library.
_NEVER: tuple[str, ...] = (
    "+49137",
    "+49138",
    "+49900",
    "+49118",
    "+49116",
    "+49110",
    "+49112",
    "+49115",
)
_NEVER += ("+31900", "+31906", "+31909", "+3114", "+3118", "+31112", "+31116")


def kind_of(number: str) -> NumberKind:
    """Return what an E.164 number is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return NumberKind.OTHER
    if number.startswith(("+49137", "+49138")):
        return NumberKind.PREMIUM
    return _KINDS.get(phonenumbers.number_type(parsed), NumberKind.OTHER)


def check_holdable(number: str) -> None:
    """Raise NumberError, with the reason, for what no customer can hold here."""
    if number.startswith(_short(number)) or kind_of(number) is NumberKind.PREMIUM:
        raise NumberError(
            gettext_noop("Short, directory and premium numbers are not held here.")
        )
    if kind_of(number) is NumberKind.OTHER:
        raise NumberError(gettext_noop("There is no such number in its country."))


def _short(number: str) -> tuple[str, ...]:
    """Return the forbidden beginnings; in the Netherlands 014… and 018… are also cities."""
    long = number.startswith("+31") and len(number) == 12
    return tuple(p for p in _NEVER if not (long and p in ("+3114", "+3118")))


def may_be_shown(number: str) -> bool:
    """Say whether a number may stand as the caller on somebody's display."""
    try:
        check_holdable(number)
    except NumberError:
        return False
    return True
