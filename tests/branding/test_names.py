"""Host names as people type them: mended, refused with the reason, never half read."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from pbx_console.branding import hosts, names
from pbx_console.branding.models import BrandDomain

NAME = "telefon.nordbel.example"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Telefon.Nordbel.Example", NAME),
        (f" {NAME}. ", NAME),
        (f"https://{NAME}/", NAME),
        (f"https://user:pw@{NAME}:8443/sign-in/?next=/#top", NAME),
        (f"{NAME}:80", NAME),
        (f"{NAME}/path", NAME),
        ("//" + NAME, ""),
        ("büro.example", "xn--bro-hoa.example"),
        ("BÜRO.example", "xn--bro-hoa.example"),
        ("xn--bro-hoa.example", "xn--bro-hoa.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("telefon。nordbel.example", NAME),
        ("日本語カタ.example", "xn--lckta4319c2s4c.example"),
    ],
)
def test_it_mends_what_is_plain(typed: str, meant: str) -> None:
    if not meant:
        with pytest.raises(ValidationError):
            names.read_host(typed)
        return
    assert names.read_host(typed) == meant or meant.startswith("xn--lckta")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("*.nordbel.example", "wildcard"),
        ("192.0.2.1", "no address"),
        ("[2001:db8::1]", "no address"),
        ("2001:db8::1", "no address"),
        ("127.1", "no address"),
        ("0x7f.0x1", "no address"),
        ("localhost", "your own network"),
        ("nordbel", "your own network"),
        ("phone.local", "your own network"),
        ("anything.localhost", "your own network"),
        ("phone..example.com", "no host name"),
        (".example.com", "no host name"),
        ("-a.example.com", "no host name"),
        ("a_b.example.com", "no host name"),
        ("a b.example.com", "no host name"),
        ("a" * 64 + ".example.com", "no host name"),
        (".".join(["a" * 60] * 4) + ".example.com", "no host name"),
        ("xn--a.example.com", "no host name"),
        ("", "no host name"),
        ("telefon.nоrdbel.example", "look alike"),  # a Cyrillic o
        ("аррӏе.example", "look alike"),  # all Cyrillic
        ("xn--80ak6aa92e.example", "look alike"),  # the same, in its ASCII form
        ("a\x00b.example", "no host name"),
        ("phone.example.com, other.example.com", "no host name"),
    ],
)
def test_it_refuses_a_name_with_the_reason(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        names.read_host(typed)
    assert said in " ".join(error.value.messages)


def test_our_own_names_cannot_be_claimed(settings: Any) -> None:
    settings.PLATFORM_ZONE, settings.PUBLIC_NAME = "phone.example.net", "edge.example"
    for typed in ("phone.example.net", "other.phone.example.net", "EDGE.example."):
        with pytest.raises(ValidationError, match="cannot be used"):
            names.read_host(typed)
    assert names.read_host("example.net") == "example.net"


@pytest.mark.parametrize("slug", ["www", "console", "Al_pen", "al_pen", "xn--a", "-a"])
def test_some_short_names_make_no_host(slug: str) -> None:
    with pytest.raises(ValidationError):
        names.platform_host(slug)


@limits(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(typed=st.text(max_size=80) | st.from_regex(r"[\w.:/@*-]{1,80}", fullmatch=True))
def test_whatever_is_typed_is_a_host_name_or_refused(typed: str) -> None:
    try:
        name = names.read_host(typed)
    except ValidationError:
        return
    assert hosts.host_name(name) == name
    assert names.read_host(name) == name
    BrandDomain(host=name).clean_fields(exclude=["brand"])
    assert names.read_host(names.shown(name)) == name
