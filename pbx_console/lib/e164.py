"""Outside numbers as people type them -> E.164 with a plus, as they are stored.

Source of the rules: ITU-T E.164 and the metadata of the `phonenumbers` library.
"""

from __future__ import annotations

import re

import phonenumbers

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
