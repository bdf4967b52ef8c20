"""Who set which line, and what nobody may set."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_console.provisioning.render.catalogue import FAMILIES, MODELS
from pbx_console.provisioning.render.families import Family, PhoneModel
from pbx_console.provisioning.render.files import render
from pbx_console.provisioning.render.layers import (
    Layer,
    Line,
    Origin,
    Problem,
    Refused,
    check,
    lines,
    resolve,
)
from pbx_console.provisioning.render.layers import settings as settings_of
from tests.provisioning.readers import values_of
from tests.provisioning.samples import BY_FAMILY, FIRST, FULL, REPRESENTATIVES, fitted

T54W = MODELS["yealink-t54w"]
DESK = T54W.family


def test_the_later_layer_wins_and_every_line_says_who_set_it() -> None:
    overrides = [
        Layer(Origin.DEVICE, {"features.headset_prior": "1"}),
        Layer(Origin.RESELLER, {"lang.gui": "Dutch", "features.headset_prior": "0"}),
        Layer(Origin.CUSTOMER, {"lang.gui": "English", "call_waiting.enable": "0"}),
    ]
    told = {line.name: line for line in lines(T54W, FULL, overrides)}
    assert told["lang.gui"] == Line("lang.gui", "English", Origin.CUSTOMER)
    assert told["features.headset_prior"][1:3] == ("1", Origin.DEVICE)
    assert told["call_waiting.enable"][1:3] == ("0", Origin.CUSTOMER)
    assert told["lang.wui"].origin is Origin.VENDOR
    read = values_of(DESK.slug, render(T54W, FULL, overrides))
    assert read == {name: line.value for name, line in told.items()}


def test_all_five_levels_in_one_line() -> None:
    layers = [Layer(origin, {"lang.gui": origin.name}) for origin in Origin]
    for count in range(1, 6):
        [line] = resolve(DESK, layers[:count])
        assert (line.value, line.origin) == (Origin(count).name, Origin(count))


def test_a_line_keeps_its_place_and_new_ones_follow() -> None:
    base = [line.name for line in lines(T54W, FULL)]
    reseller = Layer(Origin.RESELLER, {"call_waiting.enable": "0", "lang.gui": "Dutch"})
    assert [line.name for line in lines(T54W, FULL, [reseller])] == [
        *base,
        "call_waiting.enable",
    ]


@pytest.mark.parametrize("origin", [Origin.VENDOR, Origin.MODEL])
def test_nobody_takes_the_place_of_the_catalogue(origin: Origin) -> None:
    with pytest.raises(ValueError, match="catalogue"):
        lines(T54W, FULL, [Layer(origin, {"account.1.password": "mine-now-9"})])


DANGEROUS = [
    ("snom-desk", "user_pass[1]"),
    ("snom-desk", "user_hash[1]"),
    ("snom-desk", "user_host[1]"),
    ("snom-desk", "user_outbound[1]"),
    ("snom-desk", "setting_server"),
    ("snom-desk", "http_pass"),
    ("snom-desk", "http_client_pass"),
    ("snom-desk", "webserver_type"),
    ("snom-desk", "firmware"),
    ("snom-desk", "pnp_config"),
    ("snom-desk", "action_outgoing_url"),
    ("snom-desk", "fkey[0]"),
    ("yealink-desk", "account.1.password"),
    ("yealink-desk", "account.1.sip_server.1.address"),
    ("yealink-desk", "account.1.sip_server.2.address"),
    ("yealink-desk", "account.1.outbound_host"),
    ("yealink-desk", "account.1.srtp_encryption"),
    ("yealink-desk", "static.auto_provision.server.url"),
    ("yealink-desk", "static.security.user_password"),
    ("yealink-desk", "static.trusted_certificates.url"),
    ("yealink-desk", "action_url.incoming_call"),
    ("grandstream-grp", "provisioning.config.serverPath"),
    ("grandstream-grp", "account.1.sip.subscriber.password"),
    ("grandstream-grp", "account.1.sip.outboundProxy.1.address"),
    ("grandstream-ht", "P2"),
    ("grandstream-ht", "P34"),
    ("grandstream-ht", "P47"),
    ("grandstream-ht", "P237"),
    ("gigaset-dect", "SipAccount.00001.AuthPassword"),
    ("gigaset-dect", "Provisioning.global.ProvisioningServer"),
    ("poly-vvx", "reg.1.auth.password"),
    ("poly-vvx", "device.prov.serverName"),
    ("poly-vvx", "sec.srtp.require"),
    ("fanvil", "sip/line[1]/RegisterPswd"),
    ("fanvil", "ap/FlashServerIP"),
    ("cisco-mpp", "Password_1_"),
    ("cisco-mpp", "Profile_Rule"),
    ("cisco-mpp", "Resync_Fails_On_FNF"),
    ("cisco-mpp", "Admin_Password"),
]


@pytest.mark.parametrize(("slug", "name"), DANGEROUS)
def test_credentials_and_addresses_are_no_one_s_to_set(slug: str, name: str) -> None:
    with pytest.raises(Refused) as caught:
        check(FAMILIES[slug], name, "1")
    assert caught.value.problem in {Problem.PROTECTED, Problem.UNKNOWN}
    assert caught.value.name == name


@pytest.mark.parametrize("origin", [one for one in Origin if one > Origin.MODEL])
def test_no_level_may_set_them(origin: Origin) -> None:
    stolen = Layer(origin, {"account.1.password": "another-secret-0"})
    with pytest.raises(Refused):
        lines(T54W, FULL, [stolen])


@pytest.mark.parametrize("model", REPRESENTATIVES, ids=lambda model: model.family.slug)
def test_no_table_reaches_a_locked_setting(model: PhoneModel) -> None:
    for one in settings_of(model, fitted(model)):
        if one.locked or one.secret:
            with pytest.raises(Refused) as caught:
                check(model.family, one.name, one.value)
            assert caught.value.problem is Problem.PROTECTED


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("no.such.setting", "1", Problem.UNKNOWN),
        ("", "", Problem.UNKNOWN),
        ("call_waiting.enable = 1\nx", "1", Problem.UNKNOWN),
        ("CALL_WAITING.ENABLE", "1", Problem.UNKNOWN),
        ("call_waiting.enable", "maybe", Problem.VALUE),
        ("lang.gui", "x" * 65, Problem.VALUE),
        ("account.1.label", "a\nb = c", Problem.FORMAT),
        ("account.1.label", "%NULL%", Problem.FORMAT),
        ("account.1.label", " outer ", Problem.FORMAT),
        ("account.1.label", "x\0", Problem.FORMAT),
        ("account.1.password", FIRST.secret, Problem.PROTECTED),
    ],
)
def test_what_is_unknown_wrong_or_breaks_the_file_is_refused(
    name: str, value: str, problem: Problem
) -> None:
    with pytest.raises(Refused) as caught:
        lines(T54W, FULL, [Layer(Origin.DEVICE, {name: value})])
    assert caught.value.problem is problem
    assert FIRST.secret not in str(caught.value)


def test_secret_lines_are_marked_so_that_no_page_shows_them() -> None:
    for line in lines(T54W, FULL):
        carries = FIRST.secret in line.value or "5fd0" in line.value
        assert line.secret or not carries


TEXTS = st.text(max_size=40)


@pytest.mark.parametrize("family", list(FAMILIES.values()), ids=lambda one: one.slug)
@given(name=TEXTS, value=TEXTS)
@settings(max_examples=15, deadline=None)
def test_nothing_but_the_table_gets_in(family: Family, name: str, value: str) -> None:
    try:
        check(family, name, value)
    except Refused:
        return
    assert any(entry.name.fullmatch(name) for entry in family.adjustable)


@pytest.mark.parametrize("family", list(BY_FAMILY))
def test_a_model_s_own_settings_are_ones_that_its_format_holds(family: str) -> None:
    for model in BY_FAMILY[family]:
        for name, value in model.settings.items():
            model.family.form.check(name, value)
