"""Numbers as people write them, and what their country's plan says of them."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.console.formats import phone
from pbx_console.lib import e164, numbering
from pbx_console.lib.numbering import NumberKind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+493023125400", NumberKind.GEOGRAPHIC),
        ("+4915112345678", NumberKind.MOBILE),
        ("+31207990100", NumberKind.GEOGRAPHIC),
        ("+31612345678", NumberKind.MOBILE),
        ("+31850123456", NumberKind.NATIONAL),
        ("+31880123456", NumberKind.NATIONAL),
        ("+498001234567", NumberKind.FREE),
        ("+49180512345", NumberKind.SHARED),
        ("+491371234567", NumberKind.PREMIUM),
        ("+319001234", NumberKind.PREMIUM),
        ("+491", NumberKind.OTHER),
    ],
)
def test_it_knows_what_a_number_is(number: str, kind: NumberKind) -> None:
    assert numbering.kind_of(number) is kind


@pytest.mark.parametrize(
    "number",
    [
        *("+49110", "+49112", "+49115", "+49116117", "+4911880", "+4990012345"),
        *("+491371234567", "+31112", "+319001234", "+31900123456", "+31141234"),
        "+491",
    ],
)
def test_it_holds_and_shows_no_short_and_no_premium_number(number: str) -> None:
    with pytest.raises(e164.NumberError):
        numbering.check_holdable(number)
    assert not numbering.may_be_shown(number)


@pytest.mark.parametrize("number", ["+31182512345", "+31182999999", "+493023125400"])
def test_a_dutch_town_is_no_short_number(number: str) -> None:
    numbering.check_holdable(number)


@given(
    st.sampled_from(["DE", "NL", "AT"]),
    st.sampled_from(list(phonenumbers.PhoneNumberType.values())),
    st.sampled_from(["international", "national", "spaced", "00"]),
)
def test_what_is_shown_can_be_typed_again(country: str, kind: int, way: str) -> None:
    example = phonenumbers.example_number_for_type(country, kind)
    if example is None or not phonenumbers.is_possible_number(example):
        return
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    written = {
        "international": phone(number),
        "national": phone(number, country),
        "spaced": " ".join(number),
        "00": "00" + number[1:],
    }[way]
    assert e164.parse(written, country=country) == number


@given(st.text(max_size=45))
def test_whatever_is_typed_is_e164_or_refused(text: str) -> None:
    try:
        number = e164.parse(text)
    except e164.NumberError:
        return
    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdigit()
    assert e164.parse(number) == number
