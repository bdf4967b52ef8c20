"""What phones ask for, and what strangers ask for instead."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_console.lib.macs import MacError, MacProblem, parse_mac, write_mac
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.families import Purpose
from pbx_console.provisioning.render.fetch import (
    Asked,
    Seen,
    file_name,
    file_names,
    guesses,
    meaning,
    seen,
)
from tests.provisioning.samples import BY_FAMILY, MAC

CONFIG = Purpose.CONFIG


@pytest.mark.parametrize("family", list(BY_FAMILY))
def test_a_phone_s_own_files_mean_this_phone(family: str) -> None:
    for model in BY_FAMILY[family]:
        for name, purpose in file_names(model, MAC):
            assert meaning(model, name) == Asked(purpose, MAC)
            assert meaning(model, name.upper()) == Asked(purpose, MAC)
            assert guesses(name)[model.family.slug].mac == MAC
        assert meaning(model, file_name(model, MAC)) == Asked(CONFIG, MAC)


@pytest.mark.parametrize(
    ("slug", "name", "asked"),
    [
        ("snom-d785", "snomD785-000413A1B2C3.htm", Asked(CONFIG, MAC)),
        ("snom-d785", "snomD785.htm", Asked(Purpose.COMMON)),
        ("snom-d785", "snomD765-000413A1B2C3.htm", None),
        ("yealink-t54w", "000413a1b2c3.cfg", Asked(CONFIG, MAC)),
        ("yealink-t54w", "00:04:13:a1:b2:c3.cfg", Asked(CONFIG, MAC)),
        ("yealink-t54w", "00-04-13-A1-B2-C3.cfg", Asked(CONFIG, MAC)),
        ("yealink-t54w", "0004.13a1.b2c3.cfg", Asked(CONFIG, MAC)),
        ("yealink-t54w", "y000000000096.cfg", Asked(Purpose.COMMON)),
        ("yealink-t54w", "y000000000000.boot", Asked(Purpose.COMMON)),
        ("grandstream-gxp2140", "cfg000413a1b2c3.xml", Asked(CONFIG, MAC)),
        ("grandstream-gxp2140", "cfg000413a1b2c3", Asked(CONFIG, MAC)),
        ("grandstream-gxp2140", "cfggxp2140.xml", Asked(Purpose.COMMON)),
        ("grandstream-gxp2140", "cfg.xml", Asked(Purpose.COMMON)),
        ("gigaset-n870", "000413A1B2C3.xml", Asked(CONFIG, MAC)),
        ("poly-vvx450", "000413a1b2c3.cfg", Asked(Purpose.MASTER, MAC)),
        ("poly-vvx450", "000413a1b2c3-config.cfg", Asked(CONFIG, MAC)),
        ("poly-vvx450", "000000000000.cfg", None),
        ("fanvil-x6u", "000413a1b2c3.cfg", Asked(CONFIG, MAC)),
        ("fanvil-x6u", "f0X6Uhw1.0.cfg", Asked(Purpose.COMMON)),
        ("cisco-8851", "000413a1b2c3.xml", Asked(CONFIG, MAC)),
        ("cisco-8851", "CP-8851-3PCC.xml", Asked(Purpose.COMMON)),
    ],
)
def test_known_requests(slug: str, name: str, asked: Asked | None) -> None:
    assert meaning(MODELS[slug], name) == asked


NOTHING = [
    "",
    ".",
    "..",
    "../000413a1b2c3.cfg",
    "..%2f000413a1b2c3.cfg",
    "a/000413a1b2c3.cfg",
    "\\000413a1b2c3.cfg",
    "000413a1b2c3.cfg/..",
    "000413a1b2c3.cfg\0",
    "000413a1b2c3.cfg\n",
    "000413a1b2c3..cfg",
    "000413a1b2c3.cfg?x",
    "ffffffffffff.cfg",
    "000000000000.cfg",
    "010413a1b2c3.cfg",
    "000413a1b2c3.cfg.bak",
    "000413a1b2.cfg",
    "٠٠٠٤١٣a1b2c3.cfg",
    "SEP000413A1B2C3.cnf.xml",
    "snomD785-000413A1B2C3.htm",
    "cfg000413a1b2c3.xml",
    "etc.passwd",
    "x" * 5000,
]


@pytest.mark.parametrize("name", NOTHING)
def test_other_vendors_files_and_ways_out_are_nothing(name: str) -> None:
    assert meaning(MODELS["yealink-t54w"], name) is None


def test_two_dots_are_nobody_s_file() -> None:
    assert guesses("f0X5U.hw1.cfg")
    assert guesses("f0X5U..hw1.cfg") == {}


@given(name=st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_name_breaks_it(name: str) -> None:
    for model in (MODELS["snom-d785"], MODELS["fanvil-x6u"]):
        asked = meaning(model, name)
        assert asked is None or "/" not in name
    guesses(name)
    seen(name)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 "
            "000413A1B2C3 SXM:0 UXM:0)",
            Seen("Snom", "snom-d785", "10.1.33.33", MAC),
        ),
        ("Yealink SIP-T54W 96.86.0.75 00:04:13:a1:b2:c3", None),
        ("Yealink W70B 146.85.0.20 00:04:13:a1:b2:c3", None),
        (
            "Grandstream Model HW GRP2614 V1.1A SW 1.0.5.15 DevId 000413a1b2c3",
            Seen("Grandstream", "grandstream-grp2614", "1.0.5.15", MAC),
        ),
        (
            "Gigaset N870 IP PRO/83.V2.11.0+build.a546b91;000413A1B2C3",
            Seen("Gigaset", "gigaset-n870", "83.V2.11.0", MAC),
        ),
        (
            "FileTransport PolycomVVX-VVX_450-UA/6.4.6.2494 (SN:000413a1b2c3)",
            Seen("Poly", "poly-vvx450", "6.4.6.2494", MAC),
        ),
        (
            "Fanvil X6U 2.12.16.17 000413a1b2c3",
            Seen("Fanvil", "fanvil-x6u", "2.12.16.17", MAC),
        ),
        (
            "Cisco-CP-8851-3PCC/12.0.1 (000413a1b2c3)",
            Seen("Cisco", "cisco-8851", "12.0.1", MAC),
        ),
    ],
)
def test_phones_say_who_they_are(agent: str, said: Seen | None) -> None:
    found = seen(agent)
    assert found is not None
    if said:
        assert found == said
    assert found.mac == MAC
    assert found.model in MODELS


@pytest.mark.parametrize(
    "agent", ["", "curl/8.5.0", "Mozilla/5.0", "Yealink", "x" * 10**5]
)
def test_others_are_no_phone(agent: str) -> None:
    assert seen(agent) is None


@pytest.mark.parametrize(
    "text",
    [
        "000413a1b2c3",
        "000413A1B2C3",
        "00:04:13:a1:b2:c3",
        "00-04-13-A1-B2-C3",
        "00.04.13.a1.b2.c3",
        "00 04 13 a1 b2 c3",
        "00_04_13_a1_b2_c3",
        "0004.13a1.b2c3",
        "0004-13A1-B2C3",
        "000413-a1b2c3",
        "  00:04:13:A1:B2:C3\n",
        "MAC: 00:04:13:A1:B2:C3",
        "mac=000413A1B2C3",
        "MAC-ID 000413A1B2C3-7F2Q",
        "Mac Address 0004:13a1:b2c3",
        "００：０４：１３：a1：b2：c3",
    ],
)
def test_an_address_in_any_writing(text: str) -> None:
    assert parse_mac(text) == MAC


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", MacProblem.NOT_A_MAC),
        ("000413a1b2c", MacProblem.NOT_A_MAC),
        ("000413a1b2c3d", MacProblem.NOT_A_MAC),
        ("000413a1b2cg", MacProblem.NOT_A_MAC),
        ("00:04-13:a1:b2:c3", MacProblem.NOT_A_MAC),
        ("00:04:13:a1:b2:c3:d4", MacProblem.NOT_A_MAC),
        ("0:4:13:a1:b2:c3", MacProblem.NOT_A_MAC),
        ("٠٠٠٤١٣a1b2c3", MacProblem.NOT_A_MAC),
        ("0" * 10**6, MacProblem.NOT_A_MAC),
        ("00:00:00:00:00:00", MacProblem.ALL_ZERO),
        ("FF-FF-FF-FF-FF-FF", MacProblem.BROADCAST),
        ("01:00:5e:00:00:01", MacProblem.MULTICAST),
        ("33:33:00:00:00:01", MacProblem.MULTICAST),
    ],
)
def test_what_is_no_one_s_address(text: str, problem: MacProblem) -> None:
    with pytest.raises(MacError) as caught:
        parse_mac(text)
    assert caught.value.problem is problem


@given(st.integers(1, 2**48 - 2), st.sampled_from([":", "-", ".", " ", "_", ""]))
def test_an_address_survives_every_writing(number: int, separator: str) -> None:
    digits = f"{number & ~(1 << 40):012x}"
    if int(digits, 16) == 0:
        return
    for upper in (False, True):
        assert parse_mac(write_mac(digits, separator, upper=upper)) == digits
