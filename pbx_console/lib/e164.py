"""Outside numbers: stored as E.164 with a plus, shown as people of a country write them.

Source of the rules: ITU-T E.164 and the metadata of the `phonenumbers` library.
"""

from __future__ import annotations

import re

import phonenumbers

E164 = re.compile(r"\+[1-9][0-9]{4,14}")
EMERGENCY = {"DE": {"110", "112"}, "NL": {"112"}, "AT": {"112", "133", "144"}}
_WRITTEN = re.compile(r"[0-9+()/.\s-]{2,40}")


class NumberError(ValueError):
    """A text that is not an outside number; the message says why."""


def parse(value: str, *, country: str = "DE") -> str:
    """Return a number typed by a person (`030 23125-0`) as E.164 (`+49302312500`).

    `country` is the ISO code that decides what a leading 0 means. Raises NumberError.
    """
    written = value.strip()
    if not _WRITTEN.fullmatch(written):
        raise NumberError("Use digits, spaces and a leading +, as in +49 30 23125000.")
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException as error:
        raise NumberError("This is not a telephone number.") from error
    if not phonenumbers.is_possible_number(number):
        raise NumberError("This number is too short or too long for its country.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def display(e164: str, *, country: str | None = None) -> str:
    """Return an E.164 number as people write it, national inside `country`."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.region_code_for_number(number)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, style.NATIONAL if country and home == country else style.INTERNATIONAL
    )


def is_emergency(dialled: str, *, country: str = "DE") -> bool:
    """Say whether a dialled string is an emergency number, also behind a 0."""
    numbers = EMERGENCY.get(country, {"112"}) | {"112"}
    return dialled in numbers or dialled.removeprefix("0") in numbers
