"""The timeline: folding, what strangers send, words; states; the morning's mail."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from pbx_console.accounts.scope import as_everyone, as_reseller
from pbx_console.asterisk.ami.calls import Contact, contacts
from pbx_console.asterisk.ami.security import Failed, Heard
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx.attempts import Tries
from pbx_console.provisioning import intake, registrations, timeline
from pbx_console.provisioning.models import PhoneEvent, Registration
from pbx_console.provisioning.registrations import Known
from pbx_console.provisioning.services import silent_phones
from pbx_console.provisioning.states import states_of
from pbx_console.provisioning.timeline_words import PLAIN, words_of
from tests.conftest import World
from tests.phones.cast import make_phone

MAC = "000413bb0001"
HERE = "198.51.100.7"


def kinds(**wanted: Any) -> list[tuple[str, int]]:
    with as_everyone("test"):
        rows = PhoneEvent.objects.filter(**wanted).order_by("pk")
        return list(rows.values_list("kind", "count"))


def test_who_comes_and_goes_is_one_line(world: World) -> None:
    key = world.nordbel.extension.endpoint_id
    for _time in range(20):
        timeline.note("registered", endpoint=key, address=HERE)
        timeline.note("lost", endpoint=key, reason="expired")
    assert kinds(endpoint=key) == [("flapping", 40)]


def test_a_scanner_of_accounts_is_one_row_per_address(world: World) -> None:
    code = world.nordbel.customer.code
    failed = {Failed("account", f"{code}-{n}", HERE): 2 for n in range(100, 160)}
    nobody = {Failed("account", f"zzzzzz-{n}", HERE): 1 for n in range(50)}
    intake.take(failed | nobody, [], {})
    assert kinds() == [("refused", 120)]


def test_what_strangers_send_is_cut_and_cleaned(world: World) -> None:
    key = world.nordbel.extension.endpoint_id
    row = timeline.note(
        "registered", endpoint=key, address="nonsense", agent="a\r\n\x00\u202eb" * 200
    )
    assert row.address is None
    assert len(row.detail["agent"]) <= 200
    assert not set("\r\n\x00\u202e") & set(row.detail["agent"])


def test_every_event_has_words_whatever_stands_in_it() -> None:
    hostile = {"agent": "%s %(x)s {}", "reason": "%", "loss": "x", "rtt": None}
    for kind in ("", "%s", "made_up", "heard", "refused", "lost", *PLAIN):
        assert words_of(kind, hostile).text is not None
        assert "%s %(x)s {}" in words_of("registered", hostile).detail


def test_wrong_passwords_become_a_ban_with_its_own_targets(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbx_console.pbx.ban_list.mend", lambda: True)
    key = world.nordbel.extension.endpoint_id
    tries = Tries(0, 30, 30, {"password": 30}, {key: 28, "zzzzzz-1": 2})
    intake.take({}, [], {HERE: tries})
    assert kinds(endpoint=key, kind="banned") == [("banned", 1)]


def test_registrations_are_compared_with_what_was_written(world: World) -> None:
    mine, other = world.nordbel.extension.endpoint_id, "zzzzzz-201"
    here = Contact(HERE, "Snom", 9e9)
    moved = Contact("198.51.100.8", "Snom", 9e9)
    first = registrations.changes({}, {mine: here, other: here})
    registrations.write(first, {})
    known = {mine: Known(HERE, here=True, until=0)}
    assert registrations.changes(known, {mine: here}) == {}
    registrations.write(registrations.changes(known, {mine: moved}), known)
    registrations.write(registrations.changes(known, {}), known)
    with as_everyone("test"):
        (row,) = Registration.objects.all()
        assert (row.address, row.lost_at is None) == ("198.51.100.8", False)
        assert registrations.remembered() == {mine: Known("198.51.100.8")}
    assert [kind for kind, _n in kinds()] == ["registered", "moved", "lost"]


def test_a_contact_is_read_as_far_as_it_is_one() -> None:
    def item(value: str) -> dict[str, str]:
        return {"Key": "/registrar/contact/c-1;@0f", "Val": value}

    said = '{"uri":"sip:x@%s","user_agent":"U","expiration_time":"99"}'
    found = {
        host: contacts([item(said % host)], now=1)["c-1"].address
        for host in ("192.0.2.1:5060", "[2001:db8::1]:5060", "host.example", "1.2.3")
    }
    assert list(found.values()) == ["192.0.2.1", "2001:db8::1", "", ""]
    for broken in ("", "[]", "null", '{"expiration_time":"x"}'):
        assert contacts([item(broken)], now=1) == {}


def test_a_phone_is_never_seen_configured_registered_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbx_console.pbx.presence.words_of", lambda codes: {})
    phone = make_phone(world.nordbel, "snom-d785", MAC)
    words = []
    with as_everyone("test"):
        words.append(states_of([phone])[phone.pk].word)
        phone.fetched_at = timezone.now()
        words.append(states_of([phone])[phone.pk].word)
        row = Registration.objects.create(
            endpoint=world.nordbel.extension.endpoint_id,
            customer=phone.customer,
            address=HERE,
            latency_ms=21,
        )
        state = states_of([phone])[phone.pk]
        words.append(state.word)
        assert (state.address, state.latency) == (HERE, 21)
        row.lost_at = timezone.now()
        row.save()
        words.append(states_of([phone])[phone.pk].word)
    assert words == ["never", "configured", "registered", "lost"]


def test_the_silent_are_told_once_in_the_morning_until_they_are_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbx_console.pbx.presence.words_of", lambda codes: {})
    phone = make_phone(world.nordbel, "snom-d785", MAC)
    night = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
    morning = dt.datetime(2026, 11, 22, 6, 10, tzinfo=dt.UTC)  # 07:10 in Berlin
    with as_everyone("test"):
        row = Registration.objects.create(
            endpoint=world.nordbel.extension.endpoint_id,
            customer=phone.customer,
            lost_at=night,
        )
        assert silent_phones.tell(night) == 0
        assert silent_phones.tell(morning) == 1
        assert silent_phones.tell(morning) == 0
        mails = OutgoingMail.objects.filter(kind="phones_silent")
        assert {mail.to for mail in mails} == {
            "owner@nordbel.example",
            "technician@nordbel.example",
        }
        assert all("/phones/?state=lost" in mail.payload for mail in mails)
        Registration.objects.filter(pk=row.pk).update(lost_at=None)
        silent_phones.tell(morning)
        Registration.objects.filter(pk=row.pk).update(lost_at=night)
        assert silent_phones.tell(morning) == 1


def test_pages_tell_it_in_the_readers_words_and_to_nobody_else(
    world: World, as_person: Any, in_english: None
) -> None:
    held, other = world.nordbel, world.zuidlijn
    extension = held.extension
    make_phone(held, "snom-d785", MAC)
    timeline.note("refused", endpoint=extension.endpoint_id, reason="password")
    heard = Heard(extension.endpoint_id, "1", 100, 20, 3, 100, 0, 1, 12)
    intake.take({}, [heard], {})
    wanted = {"code": held.customer.code, "number": extension.number}
    page = as_person(held.people["technician"], held.host).get(
        reverse("console:extension", kwargs=wanted)
    )
    text = page.content.decode()
    assert "wrong password" in text
    assert "16.7 % lost" in text
    with as_reseller(other.reseller), translation.override("en"):
        assert timeline.timeline_of(endpoint=extension.endpoint_id) == []


def test_old_events_go(world: World) -> None:
    key = world.nordbel.extension.endpoint_id
    with as_everyone("test"):
        for kind, days in (("registered", 91), ("heard", 31), ("lost", 31)):
            row = timeline.note(kind, endpoint=key)
            old = timezone.now() - dt.timedelta(days=days)
            PhoneEvent.objects.filter(pk=row.pk).update(last_at=old)
    assert timeline.forget_old() == 2
    assert kinds(endpoint=key) == [("lost", 1)]
