"""Phones that are behind their file, whatever changed it, and how they are asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.asterisk.ami.client import AmiDown
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services.extensions import reset_secret, save_extension
from pbx_console.provisioning import freshness
from pbx_console.provisioning.models import Phone, PhoneEvent, PhoneKey, Registration
from pbx_console.provisioning.models.phones import digest_of
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.config import KeyKind
from pbx_console.provisioning.render.fetch import file_name
from pbx_console.provisioning.services import telling
from pbx_console.provisioning.services.notify import farewell
from pbx_console.provisioning.services.phone_settings import save_phone_settings
from pbx_console.provisioning.services.phones import save_keys, save_phone
from tests.conftest import World
from tests.phones.cast import HERE, again, agent_of, ask, make_phone

MAC = "000413cc0001"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What the telephone system is told."""
    sent: list[dict[str, str]] = []

    def take(actions: list[dict[str, str]]) -> list[dict[str, str]]:
        sent.extend(actions)
        return [{"Response": "Success"}] * len(actions)

    monkeypatch.setattr(telling, "ask_all", take)
    cache.delete_many(["phones-log", "phones-turn"])
    return sent


def fetched(world: World, mac: str = MAC, extension: Extension | None = None) -> Phone:
    """A phone that has its file and is registered."""
    phone = make_phone(world.nordbel, "snom-d785", mac, extension)
    name = file_name(MODELS["snom-d785"], mac)
    answer = ask(world.nordbel, f"/p/{phone.secret}/{name}", agent_of("snom-desk", mac))
    assert answer.status_code == 200
    with as_everyone("test"):
        line = phone.lines.select_related("extension__customer").get()
        Registration.objects.update_or_create(
            endpoint=line.account.endpoint_id,
            defaults={"customer": phone.customer, "address": HERE},
        )
    phone = again(phone)
    assert phone.file_digest == digest_of(answer.content.decode())
    return phone


def renumbered(phone: Phone, extension: Extension) -> None:
    save_extension(SYSTEM, customer=phone.customer, extension=extension, number="218")


def renamed(phone: Phone, extension: Extension) -> None:
    save_extension(
        SYSTEM, customer=phone.customer, extension=extension, name="Somebody else"
    )


def another_password(phone: Phone, extension: Extension) -> None:
    reset_secret(SYSTEM, extension)


def in_dutch(phone: Phone, extension: Extension) -> None:
    held = phone.customer
    save_customer(SYSTEM, reseller=held.reseller, customer=held, language="nl")


def with_a_key(phone: Phone, extension: Extension) -> None:
    save_keys(
        SYSTEM, phone, [PhoneKey(position=1, kind=KeyKind.SPEED_DIAL, value="110")]
    )


def for_all(phone: Phone, extension: Extension) -> None:
    save_phone_settings(
        SYSTEM,
        reseller=phone.customer.reseller,
        family="snom-desk",
        settings={"backlight": "9"},
    )


CAUSES = [renumbered, renamed, another_password, in_dutch, with_a_key, for_all]


@pytest.mark.parametrize("change", CAUSES)
def test_whatever_changes_its_file_is_seen_and_told(
    world: World,
    told: list[dict[str, str]],
    change: Callable[[Phone, Extension], None],
) -> None:
    phone = fetched(world)
    with as_everyone("test"):
        assert not freshness.is_behind(phone)
        telling.run()
        assert told == []
        change(again(phone), Extension.objects.get(pk=world.nordbel.extension.pk))
        assert freshness.is_behind(again(phone))
        key = again(phone).lines.get().account.endpoint_id
        Registration.objects.update(endpoint=key)
    assert telling.run() == 1
    (asked,) = told
    assert (asked["Endpoint"], asked["Variable"]) == (
        key,
        "Event=check-sync;reboot=false",
    )
    assert telling.run() == 0
    with as_everyone("test"):
        assert PhoneEvent.objects.filter(phone=phone, kind="asked").count() == 1
    ask_again(world, phone)
    with as_everyone("test"):
        assert not freshness.is_behind(again(phone))


def ask_again(world: World, phone: Phone) -> None:
    name = file_name(MODELS["snom-d785"], phone.mac)
    path = f"/p/{again(phone).secret}/{name}"
    assert ask(world.nordbel, path, agent_of("snom-desk", phone.mac)).status_code == 200


def test_what_no_log_tells_is_found_in_turn(
    world: World, told: list[dict[str, str]], settings: Any
) -> None:
    fetched(world)
    telling.run()
    settings.PHONE_TIME_SERVER = "time.example"  # a deployment's, after a restart
    assert telling.run() == 0
    assert freshness.mark_some() == 1
    assert telling.run() == 1
    assert len(told) == 1


def test_saves_in_a_row_are_one_question_and_the_next_comes_a_minute_later(
    world: World, told: list[dict[str, str]]
) -> None:
    phone = fetched(world)
    with as_everyone("test"):
        renamed(phone, world.nordbel.extension)
        with_a_key(phone, world.nordbel.extension)
    assert (telling.run(), telling.run()) == (1, 0)
    with as_everyone("test"):
        another_password(phone, world.nordbel.extension)
        save_phone(SYSTEM, again(phone), name="Desk")
        assert again(phone).wanted_digest != again(phone).told_digest
    assert telling.run() == 0
    earlier = timezone.now() - dt.timedelta(seconds=61)
    with as_everyone("test"):
        Phone.objects.update(told_at=earlier)
    assert telling.run() == 1
    assert len(told) == 2


def test_who_is_away_is_asked_when_it_is_back(
    world: World, told: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = fetched(world)
    with as_everyone("test"):
        renamed(phone, world.nordbel.extension)
        Registration.objects.update(lost_at=timezone.now())
    assert telling.run() == 0
    with as_everyone("test"):
        Registration.objects.update(lost_at=None)
        Phone.objects.update(told_at=None)

    def away(_actions: object) -> None:
        raise AmiDown("away")

    with monkeypatch.context() as patched:
        patched.setattr(telling, "ask_all", away)
        assert telling.run() == 0
    assert telling.run() == 1
    assert len(told) == 1


def test_a_bulk_change_is_spread(
    world: World, told: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST", 2)
    with as_everyone("test"):
        for n in range(3):
            number = str(230 + n)
            one = save_extension(
                SYSTEM, customer=world.nordbel.customer, number=number, name=number
            )
            fetched(world, f"000413cc001{n}", one)
        for_all(again(Phone.objects.order_by("pk")[0]), world.nordbel.extension)
    assert [telling.run() for _time in range(3)] == [2, 1, 0]
    assert len({one["Endpoint"] for one in told}) == 3


def test_an_account_that_goes_is_told_in_its_makers_words(world: World) -> None:
    key = world.nordbel.extension.endpoint_id
    agent = agent_of("fanvil", "0c383e000001")
    with as_everyone("test"):
        assert farewell(key) == []
        row = Registration.objects.create(
            endpoint=key, customer=world.nordbel.customer, agent=agent
        )
        assert farewell(key)[0]["Variable"] == "Event=resync"
        row.lost_at = timezone.now()
        row.save()
        assert farewell(key) == []
