"""MAC addresses in any writing, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pbx_console.lib.macs import MacError, MacProblem, parse_mac, write_mac

ONE_PHONE = st.integers(1, 2**48 - 1).map(lambda one: f"{one & 0xFEFFFFFFFFFF:012x}")
ONE_PHONE = ONE_PHONE.filter(lambda mac: mac != "0" * 12)
GROUPS = st.sampled_from([2, 4, 6, 12])
AROUND = st.sampled_from([("", ""), ("MAC: ", ""), ("mac=", " "), ("MAC ID ", "\n")])


@given(ONE_PHONE, GROUPS, st.sampled_from(":-._ "), AROUND, st.booleans())
def test_every_writing_is_the_same_phone(
    mac: str, group: int, mark: str, around: tuple[str, str], upper: bool
) -> None:
    text = mark.join(mac[at : at + group] for at in range(0, 12, group))
    text = text.upper() if upper else text
    assert parse_mac(f"{around[0]}{text}{around[1]}") == mac
    wide = "".join(chr(ord(one) + 0xFEE0) if one.isalnum() else one for one in text)
    assert parse_mac(wide) == mac  # typed with a full-width keyboard


@given(ONE_PHONE, st.sampled_from(["", ":", "-"]), st.booleans())
def test_what_is_written_is_read(mac: str, mark: str, upper: bool) -> None:
    assert parse_mac(write_mac(mac, mark, upper=upper)) == mac


@given(st.text(max_size=80))
@example("00:04:13-a1:b2:c3")  # two kinds of marks
@example("0004130a0b0")
@example("0004130a0b0c0d")
@example("000413g1b2c3")
@example("٠٠٠٤١٣٠٠٠٠٠١")  # digits, but not ours
@example("00:04:13:a1:b2:c3" * 4)
def test_anything_else_is_refused_and_nothing_worse(text: str) -> None:
    try:
        mac = parse_mac(text)
    except MacError:
        return
    assert len(mac) == 12
    assert set(mac) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ff:ff:ff:ff:ff:ff", MacProblem.BROADCAST),
        ("FFFF.FFFF.FFFF", MacProblem.BROADCAST),
        ("01:00:5e:00:00:01", MacProblem.MULTICAST),
        ("00-00-00-00-00-00", MacProblem.ALL_ZERO),
        ("", MacProblem.NOT_A_MAC),
        ("phone", MacProblem.NOT_A_MAC),
    ],
)
def test_no_phone_has_these(text: str, problem: MacProblem) -> None:
    with pytest.raises(MacError) as refused:
        parse_mac(text)
    assert refused.value.problem is problem
