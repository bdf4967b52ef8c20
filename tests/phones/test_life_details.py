"""Small promises of a phone's life, each of which was broken once to see this fail."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.calls import Contact
from pbx_console.asterisk.ami.security import Failed
from pbx_console.pbx import ban_list
from pbx_console.pbx.attempts import Tries
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.provisioning import intake, registrations, timeline
from pbx_console.provisioning.models import Phone, PhoneEvent, Registration
from pbx_console.provisioning.registrations import Known
from pbx_console.provisioning.services import notify, phones
from pbx_console.provisioning.states import states_of
from pbx_console.provisioning.timeline_words import LOST, REFUSED, words_of
from tests.conftest import World
from tests.phones.cast import make_phone

HERE, THERE = "198.51.100.7", "198.51.100.8"


def rows(**wanted: Any) -> list[PhoneEvent]:
    with as_everyone("test"):
        return list(PhoneEvent.objects.filter(**wanted).order_by("pk"))


def test_only_what_is_the_same_is_folded_and_only_for_ten_minutes(world: World) -> None:
    key = world.nordbel.extension.endpoint_id
    for address, reason in ((HERE, "password"), (THERE, "password"), (HERE, "address")):
        for _time in range(2):
            timeline.note("refused", endpoint=key, address=address, reason=reason)
    assert [row.count for row in rows(endpoint=key)] == [2, 2, 2]
    with as_everyone("test"):
        earlier = timezone.now() - timeline.FOLD - dt.timedelta(seconds=1)
        PhoneEvent.objects.update(last_at=earlier)
    timeline.note("refused", endpoint=key, address=HERE, reason="password", times=5)
    assert [row.count for row in rows(endpoint=key)] == [2, 2, 2, 5]
    timeline.note("refused", endpoint=key, address=HERE, reason="password", times=3)
    assert rows(endpoint=key)[-1].count == 8
    for reason in ("password", "address") * 3:  # in turn: no more rows for it
        timeline.note("refused", endpoint=key, address=HERE, reason=reason)
    assert [row.count for row in rows(endpoint=key)] == [2, 2, 2, 11, 3]
    for _time in range(2):
        timeline.note("heard", endpoint=key, loss=0)
    assert len(rows(kind="heard")) == 2


def test_a_refused_sign_in_has_its_own_reason_and_sentence(world: World) -> None:
    key, code = world.nordbel.extension.endpoint_id, world.nordbel.customer.code
    tried = [
        Failed("password", key, HERE),
        Failed("address", key, HERE),
        Failed("account", f"{code}-999", HERE),
        Failed("password", f"{code}-998", HERE),
    ]
    intake.take(dict.fromkeys(tried, 1), [], {})
    found = [(row.endpoint, row.detail) for row in rows(kind="refused")]
    assert found == [
        (key, {"reason": "password"}),
        (key, {"reason": "address"}),
        ("", {"reason": "account", "account": f"{code}-999"}),
        ("", {"reason": "password", "account": f"{code}-998"}),
    ]
    for kind, known in (("refused", REFUSED), ("lost", LOST)):
        said = {words_of(kind, {"reason": reason}).text for reason in known}
        assert len(said) == len(known)


@pytest.mark.parametrize(
    ("left", "is_stream", "reason"),
    [(3, False, "expired"), (300, False, "signed_off"), (300, True, "ended")],
)
def test_who_is_lost_is_told_why(
    world: World, left: float, is_stream: bool, reason: str
) -> None:
    key = world.nordbel.extension.endpoint_id
    here = Contact(HERE, "Snom", 9e9)
    registrations.write(registrations.changes({}, {key: here}), {})
    intake.answered({key: 17})
    with as_everyone("test"):
        assert Registration.objects.get().latency_ms == 17
    known = {key: Known(HERE, True, timezone.now().timestamp() + left, is_stream)}
    registrations.write(registrations.changes(known, {}), known)
    (lost,) = rows(kind="lost")
    assert (lost.detail["reason"], lost.address) == (reason, HERE)
    with as_everyone("test"):
        assert Registration.objects.get().latency_ms is None
    intake.answered({key: 18})  # too late: it is not here
    with as_everyone("test"):
        assert Registration.objects.get().latency_ms is None


def test_why_it_is_not_here_stands_with_its_state(
    world: World, monkeypatch: pytest.MonkeyPatch, in_english: None
) -> None:
    presence = "pbx_console.pbx.presence.words_of"
    monkeypatch.setattr(presence, lambda codes: {})
    key = world.nordbel.extension.endpoint_id
    phone = make_phone(world.nordbel, "snom-d785", "000413ee0001")
    event = timeline.note("refused", endpoint=key, address=HERE, reason="password")
    with as_everyone("test"):
        assert "wrong password" in states_of([phone])[phone.pk].error
        row = Registration.objects.create(endpoint=key, customer=phone.customer)
        assert states_of([phone])[phone.pk].error == ""
        row.delete()
        old = timezone.now() - dt.timedelta(hours=25)
        PhoneEvent.objects.filter(pk=event.pk).update(last_at=old)
        assert states_of([phone])[phone.pk].error == ""
        Registration.objects.create(endpoint=key, customer=phone.customer)
        monkeypatch.setattr(presence, lambda codes: None)
        assert states_of([phone])[phone.pk].word == "unknown"


WORDS = {
    "snom-d785": ("check-sync;reboot=false", "check-sync;reboot=true"),
    "yealink-t46u": ("check-sync;reboot=false", "check-sync;reboot=true"),
    "grandstream-grp2616": ("resync", "check-sync;reboot=true"),
    "fanvil-x210": ("resync", "check-sync;reboot=true"),
    "poly-vvx450": ("check-sync", "check-sync"),
    "cisco-8851": ("resync", "reboot"),
}


@pytest.mark.parametrize("model", WORDS)
def test_each_maker_is_told_in_its_own_words(model: str) -> None:
    phone = Phone(model=model)
    assert (notify.event_of(phone, 0), notify.event_of(phone, 1)) == WORDS[model]


def test_the_account_that_is_here_is_told_and_nobody_who_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbx_console.pbx.presence.words_of", lambda codes: {})
    sent: list[dict[str, str]] = []

    def take(actions: list[dict[str, str]]) -> list[dict[str, str]]:
        sent.extend(actions)
        return [{"Response": "Success"}]

    monkeypatch.setattr(notify, "ask_all", take)
    phone = make_phone(world.nordbel, "snom-d785", "000413ee0002")
    with as_everyone("test"):
        held = phone.customer
        second = save_extension(SYSTEM, customer=held, number="209", name="Second")
        both = [world.nordbel.extension, second]
        phones.move_phone(SYSTEM, phone, extensions=both)
        with pytest.raises(ValidationError):
            notify.resync(SYSTEM, phone)
        Registration.objects.create(endpoint=second.endpoint_id, customer=held)
        notify.resync(SYSTEM, phone)
    assert [one["Endpoint"] for one in sent] == [second.endpoint_id]


def test_a_ban_ends_the_calls_of_phones_there_and_no_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ban_list, "mend", lambda: True)
    ended: list[str] = []

    def take(actions: list[dict[str, str]]) -> list[dict[str, str]]:
        ended.extend(action["Channel"] for action in actions)
        return [{"Response": "Success"}] * len(actions)

    monkeypatch.setattr(intake, "ask_all", take)
    mine, theirs = world.nordbel.extension, world.zuidlijn.extension
    with as_everyone("test"):
        for one, address in ((mine, HERE), (theirs, THERE)):
            Registration.objects.create(
                endpoint=one.endpoint_id, customer=one.customer, address=address
            )
    tries = Tries(0, 30, 30, {"password": 30}, {mine.endpoint_id: 30})
    intake.take({}, [], {HERE: tries})
    assert ended == [f"/^PJSIP/{mine.endpoint_id}-[0-9a-f]+$/"]
    (told,) = rows(kind="banned")
    assert (told.endpoint, told.address) == (mine.endpoint_id, HERE)
