"""Tables that are true or not: time zones, the catalogue, soft clients."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_console.provisioning import soft_clients
from pbx_console.provisioning.render.catalogue import ALL_MODELS, FAMILIES, MODELS
from pbx_console.provisioning.render.config import Account
from pbx_console.provisioning.render.families import Feature
from pbx_console.provisioning.render.timezones import ZONES, Change, zone
from pbx_console.provisioning.render.values import BadValue
from tests.provisioning.samples import FIRST, FULL


def day_of(change: Change, year: int) -> date:
    """Return the day that a rule means, counted by hand."""
    days = [
        day
        for day in (date(year, change.month, 1) + timedelta(n) for n in range(31))
        if day.month == change.month and day.isoweekday() % 7 == change.weekday
    ]
    return days[-1] if change.week == 5 else days[change.week - 1]


@pytest.mark.parametrize("rule_text", sorted(set(ZONES.values())))
def test_the_rules_are_those_of_the_real_clock(rule_text: str) -> None:
    for name in [name for name, text in ZONES.items() if text == rule_text]:
        rule, clock = zone(name), ZoneInfo(name)
        for month in range(1, 13):
            noon = datetime(2027, month, 15, 12, tzinfo=UTC)
            summer = bool(rule.changes) and 4 <= month <= 10
            expected = timedelta(minutes=rule.minutes + (60 if summer else 0))
            assert clock.utcoffset(noon) == expected, month
        for change, before in zip(rule.changes or (), (0, 60), strict=False):
            local = datetime.combine(day_of(change, 2027), datetime.min.time(), UTC)
            offset = timedelta(minutes=rule.minutes + before)
            moment = local + timedelta(hours=change.hour) - offset
            last, first = moment - timedelta(seconds=1), moment + timedelta(seconds=1)
            assert clock.utcoffset(last.astimezone(clock)) == offset
            assert clock.utcoffset(first.astimezone(clock)) != offset


@pytest.mark.parametrize("name", ["Berlin", "Amsterdam", "Vienna", "Zurich", "London"])
def test_the_cities_that_we_sell_to_are_there(name: str) -> None:
    assert f"Europe/{name}" in ZONES


def test_the_catalogue_is_whole() -> None:
    assert len(MODELS) == len(ALL_MODELS)
    vendors = {model.vendor for model in ALL_MODELS}
    assert vendors >= {
        "Snom",
        "Yealink",
        "Grandstream",
        "Gigaset",
        "Poly",
        "Fanvil",
        "Cisco",
    }
    for model in ALL_MODELS:
        assert re.fullmatch(r"[a-z0-9-]+", model.slug)
        assert Feature.ACCOUNTS in model.features
        assert model.accounts >= 1
        assert model.keys >= 0
        assert (Feature.LINE_KEYS in model.features) <= (model.keys > 0)


def test_what_is_called_verified_has_a_document() -> None:
    for model in ALL_MODELS:
        if model.verified:
            assert model.family.sources, model.slug
            assert Feature.ACCOUNTS in model.family.documented, model.slug
    for family in FAMILIES.values():
        assert family.documented <= family.features, family.slug


def test_the_issue_s_families_are_there() -> None:
    names = " ".join(model.name for model in ALL_MODELS)
    for pattern in (
        r"\bD7\d\d", r"\bD8\d\d", r"\bM[3479]00", r"\bT3\d", r"\bT4\d", r"\bT5\d",
        r"\bW7\d", r"\bW8\d", r"\bGXP", r"\bGRP", r"\bHT8\d\d", r"\bN\d70", r"Maxwell",
        r"VVX", r"Edge E", r"\bX\d", r"\bV6\d", r"\b68\d\d", r"\b78\d\d", r"\b88\d\d",
    ):  # fmt: skip
        assert re.search(pattern, names), pattern


def entries(text: str) -> dict[str, dict[str, str]]:
    """Read a configuration as Linphone does."""
    space = "{http://www.linphone.org/xsds/lpconfig.xsd}"
    return {
        section.get("name", ""): {
            one.get("name", ""): one.text or "" for one in section
        }
        for section in ET.fromstring(text).iter(f"{space}section")
    }


def test_linphone_reads_its_accounts() -> None:
    read = entries(soft_clients.linphone_xml(FULL))
    assert read["sip"]["media_encryption"] == "srtp"
    assert read["sip"]["media_encryption_mandatory"] == "1"
    assert read["auth_info_0"]["username"] == FIRST.user
    assert read["auth_info_0"]["passwd"] == FIRST.secret
    assert (
        read["proxy_0"]["reg_proxy"] == "<sip:sip.nordbel.example:5061;transport=tls>"
    )
    identity = f'"Anna Müller" <sip:{FIRST.user}@sip.nordbel.example>'
    assert read["proxy_0"]["reg_identity"] == identity
    assert "proxy_1" in read


@given(name=st.text(max_size=30))
@settings(max_examples=40, deadline=None)
def test_a_hostile_name_stays_a_name_in_soft_clients(name: str) -> None:
    try:
        account = Account(FIRST.user, FIRST.secret, FIRST.server, "201", name)
    except BadValue:
        return
    line = soft_clients.baresip_line(account)
    assert line.endswith(";regint=600;mediaenc=srtp-mand")
    assert "\n" not in line
    quoted = re.match(r'"((?:[^"\\]|\\.)*)" <sip:', line)
    assert quoted


def test_codes_for_other_clients() -> None:
    code = soft_clients.acrobits_link(FIRST, "NORDBEL")
    assert code == f"csc:{FIRST.user}:{FIRST.secret}@NORDBEL"
    signs = soft_clients.acrobits_link(replace(FIRST, secret="a+b=c^d!e*"), "NORDBEL")
    assert unquote(signs.removesuffix("@NORDBEL").split(":")[2]) == "a+b=c^d!e*"
    assert not set("+=^!*") & set(signs)
    link = soft_clients.zoiper_link("4fab2ee7179e8dfada45e900766f520d", "abc123")
    assert link.endswith("&u=&p=&a=&t=abc123")
    assert FIRST.secret not in link
    read = ET.fromstring(soft_clients.zoiper_xml(FIRST)).find("accounts/account")
    assert read is not None
    assert [one.text for one in read] == [FIRST.user, FIRST.secret, FIRST.user]
    address = "https://phones.nordbel.example/s/abc"
    assert soft_clients.linphone_link(address) == address


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "http://a b/"])
def test_a_code_carries_a_web_address_only(address: str) -> None:
    with pytest.raises(BadValue):
        soft_clients.linphone_link(address)


def test_which_codes_carry_the_secret_is_said() -> None:
    carrying = {one.slug for one in soft_clients.CLIENTS if one.carries_secret}
    assert carrying == {"acrobits", "baresip"}
    with pytest.raises(BadValue):
        soft_clients.acrobits_link(FIRST, "A@evil")
