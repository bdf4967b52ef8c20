"""A model sets what it declares, and nothing that it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pbx_console.provisioning.render.catalogue import ALL_MODELS, FAMILIES, MODELS
from pbx_console.provisioning.render.config import (
    Codec,
    KeyKind,
    LineKey,
    PhoneConfig,
    Srtp,
    Transport,
    Web,
)
from pbx_console.provisioning.render.families import Feature
from pbx_console.provisioning.render.files import render
from pbx_console.provisioning.render.layers import settings
from tests.provisioning.readers import values_of
from tests.provisioning.samples import BY_FAMILY, FULL, fitted

Change = Callable[[PhoneConfig], PhoneConfig]


def account(**fields: object) -> Change:
    def change(config: PhoneConfig) -> PhoneConfig:
        first = replace(config.accounts[0], **fields)
        return replace(config, accounts=(first, *config.accounts[1:]))

    return change


def whole(**fields: object) -> Change:
    return lambda config: replace(config, **fields)


def without(*kinds: KeyKind) -> Change:
    def change(config: PhoneConfig) -> PhoneConfig:
        keys = tuple(key for key in config.keys if key.kind not in kinds)
        return replace(config, keys=keys)

    return change


CHANGES: dict[Feature, Change] = {
    Feature.ACCOUNTS: account(secret="another-secret-0"),
    Feature.CODECS: account(codecs=(Codec.PCMA,)),
    Feature.TIME_ZONE: whole(time_zone="Europe/London"),
    Feature.TIME_SERVER: whole(ntp_server="time.zuidlijn.example"),
    Feature.LANGUAGE: whole(language="nl", country="NL"),
    Feature.LINE_KEYS: whole(keys=()),
    Feature.PHONEBOOK: whole(phonebook_url="https://other.example/book"),
    Feature.VOICEMAIL: whole(voicemail_number="*98"),
    Feature.ADMIN_PASSWORD: whole(admin_password="another-one-1"),
    Feature.WEB_INTERFACE: whole(web=Web.OFF),
    Feature.IDLE_TEXT: whole(idle_text="Zuidlijn"),
    Feature.LOGO: whole(logo_url="https://other.example/a.png"),
    Feature.FIRMWARE: whole(firmware_url="https://other.example/2.bin"),
    Feature.PROVISIONING_URL: whole(provisioning_url="https://other.example/p/9/"),
}


def test_every_feature_has_its_test() -> None:
    """Encryption and the keys for transfer are tried apart below."""
    apart = {Feature.ENCRYPTION, Feature.TRANSFER_KEYS}
    assert set(CHANGES) | apart == set(Feature)


@pytest.mark.parametrize("family", list(BY_FAMILY))
def test_what_is_declared_changes_the_file_and_nothing_else_does(family: str) -> None:
    # One model for each different list of features.
    models = {model.features: model for model in BY_FAMILY[family]}
    for model in models.values():
        before = fitted(model)
        written = render(model, before)
        for feature, change in CHANGES.items():
            differs = render(model, change(before)) != written
            assert differs == (feature in model.features), feature


@pytest.mark.parametrize("family", list(BY_FAMILY))
def test_encryption_changes_the_file_where_it_is_declared(family: str) -> None:
    for model in BY_FAMILY[family]:
        if Feature.ENCRYPTION not in model.features:
            assert model.family.srtp == {Srtp.OFF}
            continue
        one = replace(fitted(model), accounts=fitted(model).accounts[:1], keys=())
        texts = {render(model, account(srtp=srtp)(one)) for srtp in Srtp}
        assert len(texts) == 3


@pytest.mark.parametrize("family", list(BY_FAMILY))
def test_transfer_and_conference_keys_where_they_are_declared(family: str) -> None:
    for model in BY_FAMILY[family]:
        first = (LineKey(KeyKind.EXTENSION), LineKey(KeyKind.TRANSFER, label="Weiter"))
        with_key = render(model, replace(fitted(model), keys=first))
        bare = render(model, replace(fitted(model), keys=first[:1]))
        assert (with_key != bare) == (Feature.TRANSFER_KEYS in model.features)


@pytest.mark.parametrize(
    "slug", ["snom-d785", "yealink-t54w", "cisco-8851", "fanvil-x6u"]
)
def test_every_kind_of_key_is_another_line(slug: str) -> None:
    model = MODELS[slug]
    able = [kind for kind in KeyKind if kind in model.family.kinds]
    texts = set()
    for kind in able:
        keys = (LineKey(KeyKind.EXTENSION), LineKey(kind, "203", "Key"))
        texts.add(render(model, replace(FULL, keys=keys)))
    lamps = {KeyKind.QUEUE, KeyKind.VOICEMAIL}  # to these phones both are lamps
    assert len(texts) >= len(set(able) - lamps)


LAMP = "203-3f9ab0c71d24"


@pytest.mark.parametrize(
    ("slug", "name", "wanted"),
    [
        ("snom-d785", "fkey[1]", f"blf {LAMP}|*88203"),
        ("yealink-t54w", "linekey.2.value", LAMP),
        ("grandstream-grp2614", "pks.vpk.2.value", LAMP),
        ("fanvil-x6u", "dsskey/internal[1]/Fkey[2]/Value", f"{LAMP}@1/ba*88203"),
        (
            "poly-vvx450",
            "attendant.resourceList.1.address",
            f"{LAMP}@sip.nordbel.example",
        ),
        (
            "poly-vvx450",
            "attendant.resourceList.1.callAddress",
            "203@sip.nordbel.example",
        ),
        (
            "cisco-8851",
            "Extended_Function_2_",
            f"fnc=blf+sd+cp;sub={LAMP}@$PROXY;ext=203@$PROXY;nme=Carla",
        ),
    ],
)
def test_a_key_watches_its_lamp_and_is_named_by_people(
    slug: str, name: str, wanted: str
) -> None:
    """A lamp's name carries a word; on the phone stands the number or the person."""
    model = MODELS[slug]
    key = LineKey(KeyKind.BLF, "203", "Carla", lamp=LAMP)
    config = replace(FULL, keys=(LineKey(KeyKind.EXTENSION), key))
    assert values_of(model.family.slug, render(model, config))[name] == wanted
    assert replace(key, label="").text == "203"


@pytest.mark.parametrize("slug", list(FAMILIES))
def test_settings_are_named_once_and_marked_by_what_they_carry(slug: str) -> None:
    model = next(one for one in ALL_MODELS if one.family.slug == slug)
    config = fitted(model)
    written = settings(model, config)
    assert len({one.name for one in written}) == len(written)
    for one in written:
        carried = [config.accounts[0].secret, config.admin_password, "5fd0"]
        if any(secret and secret in one.value for secret in carried):
            assert one.secret, one.name


def test_time_zones_in_every_vendor_s_writing() -> None:
    """Berlin and London as each vendor's own list has them."""
    wanted = {
        "snom-d785": ("timezone", "GER+1", "GBR-0"),
        "yealink-t54w": ("local_time.start_time", "3/5/7/2", "3/5/7/1"),
        "grandstream-grp2614": (
            "dateTime.timezone.custom",
            "CET-1CEST-2,M3.5.0/02:00:00,M10.5.0/03:00:00",
            "GMT+0BST-1,M3.5.0/01:00:00,M10.5.0/02:00:00",
        ),
        "gigaset-n870": ("DmGlobal.0.TimeZone", "Europe/Berlin", "Europe/London"),
        "poly-vvx450": ("tcpIpApp.sntp.gmtOffset", "3600", "0"),
        "fanvil-x6u": ("phone/date/TimeZone", "4", "0"),
        "cisco-8851": (
            "Daylight_Saving_Time_Rule",
            "start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1",
            "start=3/-1/7/1:0:0;end=10/-1/7/2:0:0;save=1",
        ),
    }
    for slug, (name, berlin, london) in wanted.items():
        model = MODELS[slug]
        for zone, value in (("Europe/Berlin", berlin), ("Europe/London", london)):
            text = render(model, replace(FULL, time_zone=zone))
            written = values_of(model.family.slug, text)[name]
            # Some vendors' lists write "+0" where others write nothing.
            assert written.replace("GMT-0", "GMT+0") == value, slug


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ("Europe/Amsterdam", "NLD+1"),
        ("Europe/Vienna", "AUT+1"),
        ("Europe/Zurich", "CHE+1"),
        ("Europe/Vaduz", "GER+1"),
        ("Europe/Vilnius", "GRC+2"),
        ("Europe/Istanbul", "RUS+3"),
    ],
)
def test_a_city_that_snom_does_not_list_gets_one_with_its_clock(
    zone: str, code: str
) -> None:
    text = render(MODELS["snom-d785"], replace(FULL, time_zone=zone))
    assert values_of("snom-desk", text)["timezone"] == code


@pytest.mark.parametrize("transport", Transport)
def test_snom_s_proxy_names_the_transport(transport: Transport) -> None:
    config = account(transport=transport, port=5070)(FULL)
    values = values_of("snom-desk", render(MODELS["snom-d785"], config))
    proxy = f"sip.nordbel.example:5070;transport={transport.value}"
    assert values["user_outbound[1]"] == proxy
