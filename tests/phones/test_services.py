"""Phones as the services keep them: add, swap, move, remove, keys, settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.pbx.models import Device, Extension
from pbx_console.pbx.services import bulk
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.provisioning import configs
from pbx_console.provisioning.models import Phone, PhoneKey
from pbx_console.provisioning.render.config import KeyKind
from pbx_console.provisioning.services import bulk_phones
from pbx_console.provisioning.services.phone_settings import (
    save_device_settings,
    save_phone_settings,
)
from pbx_console.provisioning.services.phones import (
    add_phone,
    move_phone,
    remove_phone,
    save_keys,
    save_phone,
    swap_phone,
)
from tests.conftest import World

MAC = "000413a1b2c3"
OTHER = "805ec0112233"


@pytest.fixture
def everyone() -> Iterator[None]:
    with as_everyone("test of phones"):
        yield


@pytest.fixture
def phone(world: World, everyone: None) -> Phone:
    """Return a Snom on the desk of Nordbel's 201."""
    return add(world)


def add(world: World, mac: str = MAC, **more: Any) -> Phone:
    held = world.nordbel
    values = {"model": "snom-d785", "name": "Reception", **more}
    values.setdefault("extensions", [held.extension])
    return add_phone(SYSTEM, customer=held.customer, mac=mac, **values)


def colleague(world: World, number: str = "205") -> Extension:
    return save_extension(
        SYSTEM, customer=world.nordbel.customer, number=number, name="Carla"
    )


def words(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(refused.value.messages)


def test_a_phone_takes_the_own_account_and_the_next_one_gets_another(
    world: World, phone: Phone
) -> None:
    assert phone.window_until is not None
    assert [line.device for line in phone.lines.all()] == [None]
    second = add(world, "00:04:13:a1:b2:c4", name="Home")
    device = second.lines.get().device
    assert device is not None
    assert device.endpoint_id.endswith("-201-2")
    users = [one.user for one in configs.config_of(second).accounts]
    assert users == [device.endpoint_id]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0004.13A1.B2C3", "cannot be used"),
        ("ff:ff:ff:ff:ff:ff", "all devices"),
        ("01-00-5e-00-00-01", "group"),
        ("00:00:00:00:00:00", "No phone"),
        ("00:04:13", "12 digits"),
    ],
)
def test_what_is_no_free_address_is_refused_in_words(
    world: World, phone: Phone, typed: str, said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        add(world, typed)
    assert said in words(refused)
    assert Phone.objects.count() == 1


def test_another_resellers_phone_is_only_refused(world: World, phone: Phone) -> None:
    theirs = world.zuidlijn
    with as_reseller(theirs.reseller), pytest.raises(ValidationError) as refused:
        add_phone(
            SYSTEM,
            customer=theirs.customer,
            mac=MAC.upper(),
            model="snom-d785",
            extensions=[theirs.extension],
        )
    assert words(refused) == "This address cannot be used."
    with pytest.raises(ValidationError) as foreign:
        add(world, OTHER, extensions=[theirs.extension])
    assert "this customer's" in words(foreign)


def test_a_model_does_not_get_more_lines_than_it_has(world: World) -> None:
    with as_customer(world.nordbel.customer):
        both = [world.nordbel.extension, colleague(world)]
        with pytest.raises(ValidationError) as refused:
            add(world, model="grandstream-ht801", extensions=both)
    assert "1 line" in words(refused)
    with as_everyone("look"):
        assert not Phone.objects.exists()


def test_a_swapped_phone_keeps_everything_but_what_the_old_one_knew(
    world: World, phone: Phone
) -> None:
    save_keys(SYSTEM, phone, [PhoneKey(position=3, kind="blf", value="205")])
    save_device_settings(SYSTEM, phone, {"backlight": "9"})
    secret, digest = str(phone.secret), phone.secret_digest
    phone.bound_address = "192.0.2.9"
    phone.save()
    password = str(phone.lines.get().account.secret)
    swap_phone(SYSTEM, phone, mac="00:04:13:a1:b2:ff", model="snom-d865")
    phone = Phone.objects.get()
    assert (phone.mac, phone.model, phone.name) == (
        "000413a1b2ff",
        "snom-d865",
        "Reception",
    )
    assert (phone.bound_address, phone.settings) == (None, {"backlight": "9"})
    assert str(phone.secret) != secret
    assert not Phone.objects.filter(secret_digest=digest).exists()
    assert str(phone.lines.get().account.secret) != password
    assert [key.value for key in phone.keys.all()] == ["205"]
    swap_phone(SYSTEM, phone, mac=OTHER, model="yealink-t54w")
    assert Phone.objects.get().settings == {}  # Snom's words mean nothing there


def test_a_moved_phone_leaves_no_account_behind(world: World, phone: Phone) -> None:
    second, carla = add(world, OTHER, name="Home"), colleague(world)
    move_phone(SYSTEM, second, extensions=[carla], name="Workshop")
    assert not Device.objects.exists()
    assert second.lines.get().account == carla
    password = str(Extension.objects.get(pk=world.nordbel.extension.pk).secret)
    move_phone(SYSTEM, phone, extensions=[carla])
    assert Device.objects.get().extension == carla
    freed = Extension.objects.get(pk=world.nordbel.extension.pk)
    assert str(freed.secret) != password
    kept = str(carla.secret)
    move_phone(SYSTEM, second, extensions=[world.nordbel.extension, carla])
    assert [line.extension.number for line in second.lines.all()] == ["201", "205"]
    assert str(Extension.objects.get(pk=carla.pk).secret) == kept


def test_a_removed_phone_is_refused(world: World, phone: Phone) -> None:
    second = add(world, OTHER)
    password = str(phone.lines.get().account.secret)
    own = world.nordbel.extension
    remove_phone(SYSTEM, second)
    remove_phone(SYSTEM, phone)
    assert not Phone.objects.exists()
    assert not Device.objects.exists()
    assert str(Extension.objects.get(pk=own.pk).secret) != password
    assert AuditEntry.objects.filter(verb="phone.deleted").count() == 2


def test_keys_stand_where_they_were_put(world: World, phone: Phone) -> None:
    wished = [
        PhoneKey(position=1, kind="extension"),
        PhoneKey(position=4, kind="blf", value="205", label="Carla"),
    ]
    save_keys(SYSTEM, phone, wished)
    keys = configs.config_of(phone).keys
    assert [key.kind for key in keys] == [
        KeyKind.EXTENSION,
        KeyKind.FREE,
        KeyKind.FREE,
        KeyKind.BLF,
    ]
    wrong = [
        PhoneKey(position=1, kind="blf"),
        PhoneKey(position=2, kind="speed_dial", value="call me"),
        PhoneKey(position=3, kind="dnd", line=7),
    ]
    with pytest.raises(ValidationError) as refused:
        save_keys(SYSTEM, phone, wrong)
    assert words(refused) == (
        "Key 1: It needs a number. Key 2: A number has digits, *, # and +."
        " Key 3: The phone has no line 7."
    )
    assert phone.keys.count() == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"user_pass[1]": "x"}, "set by the console"),
        ({"backlght": "9"}, "no setting backlght"),
        ({"backlight": "bright"}, "does not take this value"),
        ({"ring_sound": "a\x00b"}, "break the phone's file"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_words(
    phone: Phone, typed: dict[str, str], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        save_device_settings(SYSTEM, phone, {"dim_timer": "5", **typed})
    assert said in words(refused)
    assert Phone.objects.get().settings == {}


def test_the_nearest_level_wins_and_says_so(world: World, phone: Phone) -> None:
    held = world.nordbel
    family = {"reseller": held.reseller, "family": "snom-desk"}
    two = {"backlight": "1", "dim_timer": "1"}
    save_phone_settings(SYSTEM, **family, settings={**two, "vol_ringer": "1"})
    save_phone_settings(SYSTEM, **family, customer=held.customer, settings=two)
    save_device_settings(SYSTEM, phone, {"backlight": "9"})
    lines = {line.name: line for line in configs.lines_of(Phone.objects.get())}
    said = [
        lines[name].origin.name for name in ("backlight", "dim_timer", "vol_ringer")
    ]
    assert said == ["DEVICE", "CUSTOMER", "RESELLER"]
    assert lines["backlight"].value == "9"
    assert not any(str(phone.secret) in line.value for line in lines.values())


def test_how_a_phone_talks_is_its_own_business(phone: Phone) -> None:
    save_phone(SYSTEM, phone, transport="udp", srtp="off")
    account = configs.config_of(Phone.objects.get()).accounts[0]
    assert (account.transport, account.srtp) == ("udp", "off")


def test_a_model_without_encryption_is_taken_and_warned_of(
    world: World, everyone: None, settings: Any
) -> None:
    settings.PHONE_TRANSPORT = "tls"
    old = add(world, model="gigaset-maxwell-3")
    account = configs.config_of(old).accounts[0]
    assert (account.transport, account.srtp) == ("udp", "off")
    assert configs.is_weaker(old)
    swap_phone(SYSTEM, old, mac=OTHER, model="yealink-t46u")
    account = configs.config_of(Phone.objects.get()).accounts[0]
    assert (account.transport, account.srtp) == ("tls", "required")


def test_a_file_of_phones_is_looked_at_first(world: World, phone: Phone) -> None:
    customer = world.nordbel.customer
    head = "mac;model;extensions;name\n"
    wrong = (
        f"{head}ff:ff:ff:ff:ff:ff;Snom D785;201;A\n{OTHER};Nothing 1;299;B\n"
        f"{MAC};Snom D865;201;Reception\n"
    )
    plan = bulk.look(bulk_phones.CODEC, owner=customer, data=wrong.encode())
    assert [(error.row, error.column) for error in plan.errors] == [
        (2, "mac"),
        (3, "model"),
        (3, "extensions"),
        (4, "model"),
    ]
    good = f"{head}{MAC};Snom D785;201;Front desk\n{OTHER};yealink t54w;201;Home\n"
    plan = bulk.apply(bulk_phones.CODEC, SYSTEM, owner=customer, data=good.encode())
    assert (len(plan.created), len(plan.changed)) == (1, 1)
    assert {p.mac: p.name for p in Phone.objects.all()} == {
        MAC: "Front desk",
        OTHER: "Home",
    }
    again = bulk.look(bulk_phones.CODEC, owner=customer, data=good.encode())
    assert again.same == 2
