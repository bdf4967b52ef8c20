"""Bans: when it is enough, who is never banned, who sees and lifts what."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone, as_reseller
from pbx_console.asterisk.ami.calls import Forged
from pbx_console.asterisk.ami.security import Failed, failed_of
from pbx_console.live.phones import ACCOUNTS, MOST, Waiting
from pbx_console.pbx import ban_list
from pbx_console.pbx.attempts import MOST_ADDRESSES, Attempts, Rules
from pbx_console.pbx.models import Ban
from pbx_console.pbx.services import bans
from pbx_console.provisioning import intake
from pbx_console.provisioning.models import Registration
from tests.conftest import World

ADDRESS = "203.0.113.9"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Asterisk is asked here."""
    monkeypatch.setattr(ban_list, "mend", lambda: True)


def made(world: World, **targets: int) -> Ban:
    owners = {getattr(world, name).reseller.pk: n for name, n in targets.items()}
    with as_everyone("test"):
        held = bans.ban(
            SYSTEM, ADDRESS, reason="passwords", attempts=40, targets=owners
        )
    assert held is not None
    return held


def test_wrong_passwords_are_forgiven_longer_than_guessed_accounts() -> None:
    attempts = Attempts(Rules(points=9))
    for _time in range(8):
        assert attempts.add(ADDRESS, "password", "c-1", now=0) is None
    done = attempts.add(ADDRESS, "password", "c-1", now=1)
    assert done is not None
    assert (done.count, done.reason, done.accounts) == (9, "passwords", {"c-1": 9})
    tries = [attempts.add(ADDRESS, "account", f"{n}", now=2) for n in range(3)]
    assert [one.reason if one else "" for one in tries] == ["", "", "accounts"]


def test_a_window_ends_and_where_phones_are_nobody_is_banned() -> None:
    attempts = Attempts(Rules(points=2, seconds=60))
    attempts.add(ADDRESS, "password", "c-1", now=0)
    assert attempts.add(ADDRESS, "password", "c-1", now=61) is None
    for kind in ("password", "account") * 50:
        assert attempts.add("192.0.2.1", kind, "c-1", now=0, known=True) is None


@given(st.lists(st.tuples(st.ip_addresses(), st.text(max_size=8)), max_size=60))
def test_a_scan_takes_no_room(tries: list[tuple[Any, str]]) -> None:
    attempts = Attempts(Rules(points=10**9))
    for address, account in tries * 3:
        attempts.add(str(address), "account", account, now=0)
    assert len(attempts.tries) <= MOST_ADDRESSES
    assert all(len(one.accounts) <= 20 for one in attempts.tries.values())


def test_what_waits_for_the_database_is_bounded() -> None:
    waiting = Waiting()
    for n in range(20_000):
        waiting.add(Failed("account", f"c-{n}", f"10.0.0.{n % 8}"))
    assert len(waiting.failed) <= 8 * (ACCOUNTS + 1)
    assert sum(waiting.failed.values()) == 20_000
    for n in range(5_000):
        waiting.add(Failed("account", "c", f"10.1.{n % 250}.{n // 250}"))
    assert len(waiting.failed) <= MOST


def test_calls_of_a_banned_address_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(intake, "ask_all", asked.extend)
    account = world.nordbel.extension.endpoint_id
    with as_everyone("test"):
        Registration.objects.create(
            endpoint=account, customer=world.nordbel.customer, address=ADDRESS
        )
        intake.end_calls(ADDRESS)
        intake.end_calls("192.0.2.1")
    assert [one["Channel"] for one in asked] == [f"/^PJSIP/{account}-[0-9a-f]+$/"]


def test_carriers_are_never_banned_and_each_ban_is_longer(world: World) -> None:
    with as_everyone("test"):
        assert bans.ban(SYSTEM, "127.0.0.2", reason="passwords") is None
        first = bans.ban(SYSTEM, ADDRESS, reason="passwords")
        assert first is not None
        assert bans.ban(SYSTEM, ADDRESS, reason="passwords") is None
        past = first.since - dt.timedelta(hours=2)
        Ban.objects.filter(pk=first.pk).update(since=past, until=past)
        assert bans.expire() == 1
        second = bans.ban(SYSTEM, ADDRESS, reason="passwords")
    assert second is not None
    assert second.until - second.since == dt.timedelta(hours=4)


def test_a_reseller_sees_attempts_on_its_own_accounts_only(
    world: World, as_person: Any, in_english: None
) -> None:
    held = made(world, nordbel=38, zuidlijn=2)
    mine, other = world.nordbel, world.zuidlijn
    with as_reseller(other.reseller):
        assert list(Ban.objects.all()) == [held]
    url = reverse("console:bans")
    page = as_person(other.people["owner"], other.host).get(url)
    text = page.content.decode()
    assert (ADDRESS in text, ">2<" in text, ">38<" in text) == (True, True, False)
    lift = reverse("console:ban_lift", kwargs={"ban": held.pk})
    as_person(mine.people["owner"], mine.host).post(lift)
    with as_everyone("test"):
        assert Ban.objects.get(pk=held.pk).lifted_at is None


def test_a_ban_of_one_reseller_is_hidden_from_others_and_lifted_by_it(
    world: World, as_person: Any
) -> None:
    held = made(world, nordbel=40)
    mine, other = world.nordbel, world.zuidlijn
    lift = reverse("console:ban_lift", kwargs={"ban": held.pk})
    stranger = as_person(other.people["owner"], other.host)
    assert ADDRESS not in stranger.get(reverse("console:bans")).content.decode()
    assert stranger.post(lift).status_code == 404
    assert as_person(mine.people["reader"], mine.host).post(lift).status_code == 403
    as_person(mine.people["technician"], mine.host).post(lift)
    with as_everyone("test"):
        assert Ban.objects.get(pk=held.pk).lifted_by == mine.people["technician"]
        assert AuditEntry.objects.filter(verb="ban.lifted").exists()


def test_staff_bans_by_hand_what_is_an_address(world: World, as_person: Any) -> None:
    client = as_person(world.operator, world.operator_host)
    url = reverse("console:bans")
    for wrong in ("nonsense", "10.0.0.0/8", "127.0.0.2", "1.2.3.4\r\nX: 1"):
        assert client.post(url, {"address": wrong}).status_code == 422
    assert client.post(url, {"address": "2001:db8::7"}).status_code == 302
    with as_everyone("test"), pytest.raises(ValidationError):
        bans.ban_by_hand(SYSTEM, "2001:DB8:0::7")


def test_what_asterisk_is_told_fits_into_its_lines() -> None:
    many = [f"2001:db8::{n:x}" for n in range(1, 201)] + ["192.0.2.1"]
    objects = ban_list.wanted(many)
    assert all(len(value) < 1000 for value in objects.values())
    told = ",".join(json.loads(value)["deny"] for value in objects.values())
    assert told.split(",") == [f"{one}/128" for one in many[:-1]] + ["192.0.2.1/32"]


EVENT = {
    "Event": "ChallengeResponseFailed",
    "Privilege": "security,all",
    "SystemName": "pbx1",
    "EventTV": "2026-11-22T11:26:22.903+0000",
    "Severity": "Error",
    "Service": "PJSIP",
    "EventVersion": "1",
    "AccountID": "c12345-201",
    "SessionID": "1-24086@127.0.0.1",
    "LocalAddress": "IPV4/UDP/127.0.0.1/24834",
    "RemoteAddress": "IPV4/UDP/203.0.113.9/50106",
    "Challenge": "1795346782/25",
    "Response": "6597",
    "ExpectedResponse": "",
}


def test_an_event_counts_only_as_asterisk_writes_it() -> None:
    assert failed_of(EVENT) == Failed("password", "c12345-201", ADDRESS)
    assert failed_of(EVENT | {"AccountID": "<unknown>"}) is None
    assert failed_of(EVENT | {"AccountID": "a b\t" * 40}) == Failed(
        "password", "", ADDRESS
    )
    cut = {key: EVENT[key] for key in list(EVENT)[:-4]}
    for wrong in (cut, EVENT | {"X": "1"}, EVENT | {"RemoteAddress": "IPV4/UDP/x/1"}):
        with pytest.raises(Forged):
            failed_of(wrong)
