"""The way back in by mail: one hour, once, the same answer for everybody."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from pbx_console.accounts import tasks
from pbx_console.accounts.models import (
    AuditEntry,
    PasswordReset,
    RememberedDevice,
    Session,
    User,
)
from pbx_console.accounts.scope import as_everyone
from tests.conftest import PASSWORD, World

ASK = "/sign-in/forgotten/"
NEW = "four words nobody expects"


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what would be sent."""
    sent: list[dict[str, Any]] = []

    def send(reseller: Any, kind: str, **more: Any) -> None:
        sent.append({"reseller": reseller, "kind": kind, **more})

    monkeypatch.setattr("pbx_console.branding.mail.send", send)
    return sent


def at(world: World) -> Client:
    return Client(headers={"host": world.nordbel.host})


def asked(world: World, mails: list[dict[str, Any]], role: str = "owner") -> str:
    """Ask for a mail and return the path in it."""
    at(world).post(ASK, {"email": f"{role}@nordbel.example"})
    path: str = mails[-1]["context"]["path"]
    return path


def choose(world: World, path: str, password: str = NEW) -> Any:
    return at(world).post(path, {"new": password, "again": password})


def test_the_mail_goes_to_the_person_in_the_brand_of_the_realm(
    world: World, mails: list[dict[str, Any]]
) -> None:
    path = asked(world, mails)
    assert path.startswith("/sign-in/new-password/")
    assert mails[0]["kind"] == "password_reset"
    assert mails[0]["to"] == "owner@nordbel.example"
    assert mails[0]["reseller"] == world.nordbel.reseller
    with as_everyone("test"):
        kept = PasswordReset.objects.get()
    assert path.split("/")[-2] not in (kept.token_digest, str(kept))


def test_a_new_password_ends_everything_and_still_asks_for_the_code(
    world: World, mails: list[dict[str, Any]], as_person: Any
) -> None:
    owner = world.nordbel.people["owner"]
    elsewhere = as_person(owner, world.nordbel.host)
    with as_everyone("test"):
        RememberedDevice.objects.create(
            user=owner,
            token_digest="d",
            ends_at=timezone.now() + dt.timedelta(days=9),
        )
    path = asked(world, mails)
    assert at(world).get(path).status_code == 200
    assert choose(world, path)["Location"] == "/sign-in/"

    assert elsewhere.get("/")["Location"].startswith("/sign-in/")
    with as_everyone("test"):
        assert not Session.objects.filter(user=owner).exists()
        assert not RememberedDevice.objects.filter(user=owner).exists()
        assert AuditEntry.objects.filter(verb="person.password_reset").exists()
    client = at(world)
    form = {"email": owner.email, "password": NEW}
    assert client.post("/sign-in/", form)["Location"].startswith("/sign-in/code/")
    assert client.get("/customers/")["Location"].startswith("/sign-in/code/")


def test_it_works_once_and_for_an_hour(
    world: World, mails: list[dict[str, Any]]
) -> None:
    first = asked(world, mails)
    second = asked(world, mails)
    assert at(world).get(first).status_code == 410, "a newer mail voids the older"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        assert choose(world, second).status_code == 410
    assert choose(world, second).status_code == 302
    assert choose(world, second).status_code == 410


def test_it_opens_only_on_a_host_of_its_realm(
    world: World, mails: list[dict[str, Any]]
) -> None:
    path = asked(world, mails)
    other = Client(headers={"host": world.zuidlijn.host})
    assert other.get(path).status_code == 410
    data = {"new": NEW, "again": NEW}
    assert other.post(path, data).status_code == 410


@pytest.mark.parametrize(
    "bad", ["short", "1234567890123", "Nordbel is my favourite", "x" * 129]
)
def test_a_bad_password_uses_nothing_up(
    world: World, mails: list[dict[str, Any]], bad: str
) -> None:
    path = asked(world, mails)
    assert choose(world, path, bad).status_code == 422
    assert choose(world, path).status_code == 302


def test_nothing_is_sent_to_strangers_and_people_who_left(
    world: World, mails: list[dict[str, Any]]
) -> None:
    with as_everyone("test"):
        User.objects.filter(email="owner@nordbel.example").update(is_active=False)
    for email in ("ghost@nordbel.example", "owner@nordbel.example"):
        assert at(world).post(ASK, {"email": email}).status_code == 200
    assert mails == []


def test_known_and_unknown_get_the_same_answer_and_the_same_work(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(tasks.send_reset, "delay", lambda *a: told.append(a))
    pages = []
    for email in ("owner@nordbel.example", "ghost@nordbel.example"):
        client = at(world)
        client.get("/sign-in/")
        with django_assert_num_queries(0):
            page = client.post(ASK, {"email": email})
        pages.append(re.sub(r'value="\w{64}"', "", page.content.decode()))
        assert email in pages[-1]
        pages[-1] = pages[-1].replace(email, "")
    assert len(told) == 2
    assert pages[0] == pages[1]


def test_asking_is_throttled_for_strangers_too(world: World) -> None:
    for email in ("ghost@nordbel.example", "owner@nordbel.example"):
        for _n in range(10):
            at(world).post(ASK, {"email": email})
        assert at(world).post(ASK, {"email": email}).status_code == 422


def test_the_old_password_stays_until_the_new_one_is_chosen(
    world: World, mails: list[dict[str, Any]]
) -> None:
    asked(world, mails, "admin")
    form = {"email": "admin@nordbel.example", "password": PASSWORD}
    assert at(world).post("/sign-in/", form)["Location"] == "/"
