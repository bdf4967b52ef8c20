"""Names that people type: read back as they are, or refused; never something else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbx_console.provisioning.render.catalogue import FAMILIES, MODELS
from pbx_console.provisioning.render.cisco import plain_name
from pbx_console.provisioning.render.config import KeyKind, LineKey, PhoneConfig
from pbx_console.provisioning.render.files import render
from pbx_console.provisioning.render.formats import Unwritable
from pbx_console.provisioning.render.values import BadValue
from tests.provisioning.readers import account_of, values_of
from tests.provisioning.samples import FIRST, FULL, fitted

ONE_OF_EACH = [
    "snom-d785",
    "snom-m700",
    "yealink-t54w",
    "yealink-w70b",
    "grandstream-grp2612",
    "grandstream-gxp2130",
    "grandstream-gxp1625",
    "grandstream-ht802",
    "gigaset-n610",
    "gigaset-maxwell-3",
    "poly-vvx250",
    "poly-e220",
    "fanvil-x3u",
    "cisco-6851",
    "generic",
]
NASTY = [
    "<user_pass>x</user_pass>",
    "]]><!-- -->",
    '"/><param name="a" value="b"/>',
    "a\nstatic.auto_provision.server.url = http://evil.example/",
    "a\r\naccount.1.password = x",
    "tab\there",
    "nul\0l",
    "line\u2028separator",
    "next\u0085line",
    "half \ud800 pair",
    "not a character \ufffe",
    "%NULL%",
    "%EMPTY%",
    "#!version:1.0.0.1",
    "= = =",
    "&amp; &lt; &#10; &nbsp;",
    "$PROXY;ext=0900@x;nme=$USER",
    " outer blanks ",
    "Zoë Ångström 🙂 שלום",
    "x" * 5000,
]
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.text(alphabet="<>\"'&%$;=#\\/[]{}|\n\r\t \u2028é", max_size=30),
)
FAST = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_each_family_is_tried() -> None:
    assert {MODELS[slug].family.slug for slug in ONE_OF_EACH} == set(FAMILIES)


def named(slug: str, text: str) -> PhoneConfig:
    """Return a phone whose every free text is this one."""
    model = MODELS[slug]
    account = replace(fitted(model).accounts[0], display_name=text)
    keys = (LineKey(KeyKind.EXTENSION), LineKey(KeyKind.BLF, "203", text))
    words = {"idle_text": text, "phonebook_name": text}
    return replace(fitted(model), accounts=(account,), keys=keys, **words)


@pytest.mark.parametrize("slug", ONE_OF_EACH)
@given(text=TEXTS)
@FAST
def test_a_name_is_read_back_as_it_is_or_refused(slug: str, text: str) -> None:
    family = MODELS[slug].family.slug
    try:
        written = render(MODELS[slug], named(slug, text))
    except (BadValue, Unwritable):
        return
    plain = render(MODELS[slug], named(slug, "Anna"))
    read = account_of(family, written)
    assert read.name == (text or FIRST.number)
    assert read._replace(name="") == account_of(family, plain)._replace(name="")
    names = set(values_of(family, written))
    assert names <= set(values_of(family, plain)), "a name made a setting"


@pytest.mark.parametrize(
    "slug", ["snom-d785", "yealink-t54w", "poly-vvx250", "fanvil-x3u"]
)
@given(text=TEXTS)
@FAST
def test_a_key_s_label_is_read_back_as_it_is_or_refused(slug: str, text: str) -> None:
    family = MODELS[slug].family.slug
    try:
        written = render(MODELS[slug], named(slug, text))
    except (BadValue, Unwritable):
        return
    name = {
        "snom-desk": "fkey[1].label",
        "yealink-desk": "linekey.2.label",
        "poly-vvx": "attendant.resourceList.1.label",
        "fanvil": "dsskey/internal[1]/Fkey[2]/Title",
    }[family]
    assert values_of(family, written)[name] == (text or "203")


@given(text=TEXTS)
@FAST
def test_a_name_cannot_add_a_field_to_cisco_s_function(text: str) -> None:
    try:
        written = render(MODELS["cisco-8851"], named("cisco-8851", text))
    except BadValue:
        return
    function = values_of("cisco-mpp", written)["Extended_Function_2_"]
    fields = function.split(";")
    assert fields[:2] == ["fnc=blf+sd+cp", "sub=203@$PROXY"]
    assert fields[3:] == [f"nme={plain_name(text or '203')}"]
    assert function.count("$") == 2


BREAKING = [text for text in NASTY if re.search(r"[\x00-\x1f]", text)]


@pytest.mark.parametrize("text", BREAKING)
def test_line_breaks_and_control_signs_reach_no_file(text: str) -> None:
    with pytest.raises(BadValue):
        named("snom-d785", text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user", "a b"),
        ("user", "a@evil.example"),
        ("user", ""),
        ("secret", "with space in it"),
        ("secret", 'quote"inside"it'),
        ("secret", "short"),
        ("secret", ""),
        ("server", "sip.example:5060"),
        ("server", "-sip.example"),
        ("server", "999.1.1.1"),
        ("server", ""),
        ("port", 0),
        ("port", 65536),
        ("number", "201;ext=1"),
        ("codecs", ()),
    ],
)
def test_an_account_that_is_none_is_refused(field: str, value: object) -> None:
    with pytest.raises(BadValue) as caught:
        replace(FIRST, **{field: value})
    assert str(value) == "" or str(value) not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mac", "00:04:13:a1:b2:c3"),
        ("accounts", ()),
        ("time_zone", "Mars/Phobos"),
        ("language", "tlh"),
        ("country", "XX"),
        ("ntp_server", "ntp example"),
        ("voicemail_number", "call me"),
        ("pickup_prefix", "|"),
        ("phonebook_url", "javascript:alert(1)"),
        ("phonebook_url", "https://user:pass@book.example/"),
        ("logo_url", "https://logo.example/a b.png"),
        ("firmware_url", "ftp://firmware.example/"),
        ("provisioning_url", "https://phones.example/no-slash"),
        ("provisioning_url", "https://[broken/"),
        ("admin_password", "pass word"),
        ("idle_text", "two\nlines"),
        ("idle_text", " outer blanks"),
        ("idle_text", "x" * 129),
        ("keys", (LineKey(KeyKind.BLF, "203", account=3),)),
    ],
)
def test_a_description_that_is_none_is_refused(field: str, value: object) -> None:
    with pytest.raises(BadValue):
        replace(FULL, **{field: value})


@pytest.mark.parametrize("value", ["203@evil", "203;x", "203 ", "", "2\n3", "x" * 40])
def test_a_key_dials_numbers_only(value: str) -> None:
    with pytest.raises(BadValue):
        LineKey(KeyKind.BLF, value)


@pytest.mark.parametrize(
    ("kind", "lamp"),
    [
        (KeyKind.BLF, "203@evil"),
        (KeyKind.BLF, "203|*88203"),
        (KeyKind.PARK, "701;nme=x"),
        (KeyKind.QUEUE, "600-a\n"),
        (KeyKind.SPEED_DIAL, "203-3f9ab0c71d24"),
        (KeyKind.FORWARD, "203-3f9ab0c71d24"),
    ],
)
def test_a_lamp_is_one_name_on_a_key_that_watches(kind: KeyKind, lamp: str) -> None:
    with pytest.raises(BadValue):
        LineKey(kind, "203", lamp=lamp)
