"""Phones that come with their MAC address only, and what a phone is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.provisioning import configs
from pbx_console.provisioning.models import (
    Phone,
    PhoneKey,
    PhoneSettings,
    Registration,
    UnknownPhone,
)
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.config import KeyKind
from pbx_console.provisioning.render.families import Purpose
from pbx_console.provisioning.render.fetch import file_names, meaning
from pbx_console.provisioning.render.layers import Origin
from pbx_console.provisioning.services import unknown_phones, windows
from tests.conftest import World
from tests.phones.cast import HERE, again, agent_of, ask, make_phone
from tests.provisioning.readers import account_of
from tests.provisioning.samples import REPRESENTATIVES

MAC = "0004130a0b0c"
ELSEWHERE = "203.0.113.66"
AGENT = agent_of("yealink-desk", MAC)


def unknown() -> UnknownPhone:
    """The only one."""
    with as_everyone("test"):
        return UnknownPhone.objects.get()


@pytest.mark.parametrize("way", [f"/p/{MAC}.cfg", f"/{MAC}.cfg"])
def test_an_unknown_phone_is_seen_adopted_and_gets_its_file(
    world: World, way: str
) -> None:
    north = world.nordbel
    for _n in range(3):
        assert ask(north, way, AGENT).status_code == 404
    seen = unknown()
    assert (seen.reseller_id, seen.mac, seen.address, seen.times) == (
        north.reseller.pk,
        MAC,
        HERE,
        3,
    )
    assert (seen.vendor, seen.model) == ("Yealink", "yealink-t46u")
    assert seen.firmware == "108.86.0.20"
    with as_reseller(north.reseller):
        phone = unknown_phones.adopt(
            SYSTEM,
            seen,
            customer=north.customer,
            model="yealink-t46u",
            name="Lobby",
            extensions=[north.extension],
        )
        assert not UnknownPhone.objects.exists()
    assert ask(north, way, AGENT, ELSEWHERE).status_code == 404
    answer = ask(north, way, AGENT)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f"/p/{phone.secret}/" in text
    assert account_of("yealink-desk", text).user == north.extension.endpoint_id
    # From now on with its secret only.
    assert ask(north, way, AGENT).status_code == 404
    assert ask(north, f"/p/{phone.secret}/{MAC}.cfg", AGENT).status_code == 200


def test_where_the_customers_phones_are_a_new_one_needs_no_click(world: World) -> None:
    north = world.nordbel
    phone = make_phone(north, "yealink-t46u", MAC)
    assert ask(north, f"/p/{MAC}.cfg", AGENT).status_code == 404
    with as_everyone("test"):
        assert not UnknownPhone.objects.exists()  # it is known, and its page says so
        Registration.objects.create(
            endpoint=f"{north.customer.code}-299", customer=north.customer, address=HERE
        )
    assert ask(north, f"/p/{MAC}.cfg", AGENT, ELSEWHERE).status_code == 404
    assert ask(north, f"/p/{MAC}.cfg", AGENT).status_code == 200
    assert again(phone).bound_address == HERE


def test_a_new_secret_ends_the_old_one_at_once(world: World) -> None:
    north = world.nordbel
    phone = make_phone(north, "yealink-t46u", MAC)
    old = f"/p/{phone.secret}/{MAC}.cfg"
    assert ask(north, old, AGENT).status_code == 200
    with as_customer(north.customer):
        windows.rotate_secret(SYSTEM, again(phone))
    new = again(phone)
    assert new.secret != phone.secret
    assert ask(north, old, AGENT, ELSEWHERE).status_code == 404
    learned = ask(north, old, AGENT)  # from where it was: it cannot know better yet
    assert f"/p/{new.secret}/" in learned.content.decode()
    assert ask(north, old, AGENT).status_code == 404
    assert ask(north, f"/p/{new.secret}/{MAC}.cfg", AGENT).status_code == 200


def test_forgetting_and_what_cannot_be_adopted(world: World) -> None:
    north, south = world.nordbel, world.zuidlijn
    ask(north, f"/p/{MAC}.cfg", AGENT)
    make_phone(south, "yealink-t46u", MAC)  # another reseller has it
    values: dict[str, Any] = {"model": "yealink-t46u", "name": ""}
    with as_reseller(north.reseller), pytest.raises(ValidationError) as refused:
        unknown_phones.adopt(
            SYSTEM,
            unknown(),
            customer=north.customer,
            extensions=[north.extension],
            **values,
        )
    assert str(refused.value.messages) == "['This address cannot be used.']"
    with pytest.raises(ValidationError):
        unknown_phones.adopt(
            SYSTEM,
            unknown(),
            customer=south.customer,
            extensions=[south.extension],
            **values,
        )
    with as_reseller(north.reseller):
        unknown_phones.forget(SYSTEM, unknown())
        assert not UnknownPhone.objects.exists()


def test_every_line_says_who_set_it_and_shows_no_secret(world: World) -> None:
    north = world.nordbel
    phone = make_phone(north, "yealink-t46u", MAC)
    ringer = "phone_setting.backlight_time"
    with as_everyone("test"):
        for customer, value in ((None, "60"), (north.customer, "120")):
            PhoneSettings.objects.create(
                reseller=north.reseller,
                customer=customer,
                family="yealink-desk",
                settings={ringer: value},
            )
        lines = {line.name: line for line in configs.lines_of(phone)}
    assert (lines[ringer].value, lines[ringer].origin) == ("120", Origin.CUSTOMER)
    shown = "\n".join(f"{line.name} = {line.value}" for line in lines.values())
    for secret in (phone.secret, phone.admin_password, north.extension.secret):
        assert str(secret) not in shown
    assert lines["account.1.password"].value == configs.MASKED


def test_a_phone_is_told_what_its_customer_and_its_reseller_are(
    world: World, settings: Any
) -> None:
    south = world.zuidlijn
    settings.PHONE_SERVER, settings.PHONE_TRANSPORT = "brand", "tls"
    with as_everyone("test"):
        Customer.objects.filter(pk=south.customer.pk).update(
            language="nl", country="NL", timezone="Europe/Amsterdam"
        )
        colleague = save_extension(
            SYSTEM, customer=south.customer, number="205", name="Carla"
        )
    phone = make_phone(south, "snom-d785", "000413a1b2c3", colleague)
    with as_everyone("test"):
        kinds = [(1, KeyKind.EXTENSION, ""), (3, KeyKind.BLF, "201")]
        kinds += [(4, KeyKind.QUEUE, "600"), (5, KeyKind.VOICEMAIL, "700")]
        for position, kind, value in kinds:
            PhoneKey.objects.create(
                phone=phone, position=position, kind=kind.value, value=value
            )
        phone = Phone.objects.select_related("customer__reseller").get(pk=phone.pk)
        told = configs.config_of(phone)
    assert (told.language, told.country) == ("nl", "NL")
    assert told.time_zone == "Europe/Amsterdam"
    (account,) = told.accounts
    assert account.server == south.host
    assert (account.transport, account.srtp) == ("tls", "required")
    assert [key.kind for key in told.keys][1] is KeyKind.FREE
    assert told.keys[2].lamp.startswith("201-")
    assert (told.keys[3].value, told.keys[4].value) == ("*45600", "*98700")
    assert told.idle_text == "Zuidlijn" or "Zuid" in told.idle_text
    assert not configs.is_weaker(phone)
    phone.srtp = "optional"
    assert configs.is_weaker(phone)
    assert configs.config_of(phone).accounts[0].srtp == "optional"


_MACS = st.integers(0, 2**48 - 1).map(lambda one: f"{one & 0xFEFFFFFFFFFF:012x}")
_MACS = _MACS.filter(lambda one: int(one, 16) > 0)


@given(mac=_MACS, model=st.sampled_from(REPRESENTATIVES), mark=st.sampled_from(":-. "))
def test_a_phone_is_known_by_its_own_file_name_in_any_writing(
    mac: str, model: Any, mark: str
) -> None:
    for name, purpose in file_names(model, mac):
        for written in (name, name.upper() if name.isascii() else name):
            asked = meaning(MODELS[model.slug], written)
            assert asked is not None
            assert asked.mac == mac
            assert asked.purpose in (purpose, *Purpose)
    pairs = mark.join(mac[at : at + 2] for at in range(0, 12, 2))
    assert unspelled(pairs) == unspelled(pairs.upper()) == mac


def unspelled(text: str) -> str:
    """As a person's form reads it."""
    from pbx_console.provisioning.services.phones import read_mac  # noqa: PLC0415

    return read_mac(text)
