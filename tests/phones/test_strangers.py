"""Who gets nothing at a phone's address, what it looks like, and who is told."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx.models import Extension
from pbx_console.provisioning import alarms, fetching
from pbx_console.provisioning.models import (
    Phone,
    PhoneEvent,
    Registration,
    UnknownPhone,
)
from tests.conftest import World
from tests.phones.cast import HERE, again, agent_of, ask, make_phone

MAC, FREE_MAC = "0004130a0b0c", "000413ffee01"
ELSEWHERE = "203.0.113.66"
AGENT = agent_of("yealink-desk", MAC)
FILE = f"{MAC}.cfg"


@pytest.fixture
def phone(world: World) -> Phone:
    """A phone that is awaited."""
    return make_phone(world.nordbel, "yealink-t46u", MAC)


@pytest.fixture
def bound(world: World, phone: Phone) -> Phone:
    """A phone that has fetched its file."""
    assert ask(world.nordbel, f"/p/{phone.secret}/{FILE}", AGENT).status_code == 200
    return again(phone)


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What a worker would look at; it does not. Hosts are known by heart."""
    monkeypatch.setattr("pbx_console.branding.hosts.TTL", 1e6)
    seen: list[Any] = []
    monkeypatch.setattr(
        "pbx_console.provisioning.fetch_tasks.look_at_refusal.delay",
        lambda *told, **more: seen.append((told, more)),
    )
    return seen


def reasons(phone: Phone) -> list[str]:
    """Why somebody got nothing, as the timeline has it."""
    with as_everyone("test"):
        rows = PhoneEvent.objects.filter(phone=phone, kind="fetch_refused")
        return [row.detail["reason"] for row in rows.order_by("pk")]


def mails() -> list[OutgoingMail]:
    """Warnings in the queue."""
    with as_everyone("test"):
        return list(OutgoingMail.objects.filter(kind="phone_alarm"))


def nothing(world: World, response: Any) -> bool:
    """Is it the answer of an address that is not there, to the letter?"""
    client = Client(headers={"host": world.nordbel.host, "user-agent": AGENT})
    unknown = client.get("/nothing-is-here/at-all")
    same = response.content == unknown.content
    return bool(
        same
        and response.status_code == unknown.status_code == 404
        and dict(response.items()) == dict(unknown.items())
    )


def strangers(secret: str) -> dict[str, tuple[str, str, str, list[str]]]:
    """What is asked, by whom, from where, and what the phone's timeline then says."""
    own = f"/p/{secret}/"
    return {
        "address": (own + FILE, AGENT, ELSEWHERE, ["second_fetcher"]),
        "model": (
            own + FILE,
            AGENT.replace("T46U", "T31P"),
            HERE,
            ["second_fetcher"],
        ),
        "maker": (own + FILE, agent_of("snom-desk", MAC), HERE, ["other_phone"]),
        "other mac": (own + FILE, agent_of("yealink-desk", FREE_MAC), HERE, []),
        "secret": (f"/p/{'0' * 40}/{FILE}", AGENT, HERE, ["wrong_secret"]),
        "short": (f"/p/{secret[:-1]}/{FILE}", AGENT, HERE, ["wrong_secret"]),
        "file of snom": (own + f"snomD785-{MAC}.xml", AGENT, HERE, ["other_file"]),
        "file of another": (own + f"{FREE_MAC}.cfg", AGENT, HERE, ["other_file"]),
        "up": (own + "../" + FILE, AGENT, HERE, ["other_file"]),
        "up, encoded": (own + "..%2f..%2fetc%2fpasswd", AGENT, HERE, ["other_file"]),
        "book": (own + "phonebook.xml", AGENT, ELSEWHERE, ["second_fetcher"]),
        "firmware": (own + "T46U.rom", AGENT, HERE, []),
        "bare": (f"/p/{FILE}", AGENT, ELSEWHERE, ["no_secret"]),
        "top": (f"/{FILE}", AGENT, ELSEWHERE, ["no_secret"]),
        "top, own address": (f"/{FILE}", AGENT, HERE, ["no_secret"]),
        "nul": (own + "%00" + FILE, AGENT, HERE, []),
        "long": (own + "a" * 5000, AGENT, HERE, []),
    }


@pytest.mark.parametrize("case", sorted(strangers("")))
def test_strangers_get_what_every_unknown_address_gets(
    world: World, bound: Phone, case: str
) -> None:
    path, agent, address, told = strangers(str(bound.secret))[case]
    before = again(bound)
    assert nothing(world, ask(world.nordbel, path, agent, address)), case
    expected = told if case != "other mac" else ["other_phone"]
    assert reasons(bound) == expected
    assert len(mails()) == (expected not in ([], ["no_secret"]))
    then = again(bound)
    assert (then.bound_address, then.bound_agent) == (HERE, AGENT)
    assert then.fetched_at == before.fetched_at
    again_own = ask(world.nordbel, f"/p/{bound.secret}/{FILE}", AGENT)
    assert again_own.status_code == 200


def test_only_get_and_head_and_at_the_own_reseller_only(
    world: World, bound: Phone
) -> None:
    path = f"/p/{bound.secret}/{FILE}"
    client = Client(
        headers={"host": world.nordbel.host, "user-agent": AGENT},
        enforce_csrf_checks=True,
    )
    assert client.head(path, REMOTE_ADDR=HERE).status_code == 200
    for method in ("post", "put", "delete", "options"):
        answer = getattr(client, method)(path, REMOTE_ADDR=HERE)
        unknown = getattr(client, method)("/nothing/here", REMOTE_ADDR=HERE)
        assert (answer.status_code, answer.content) == (404, unknown.content), method
    south, staff = world.zuidlijn, world.operator_host
    assert ask(south, path, AGENT).status_code == 404
    there = Client(headers={"host": staff, "user-agent": AGENT})
    assert there.get(path, REMOTE_ADDR=HERE).status_code == 404
    assert reasons(bound) == []  # nobody at another reseller's host learns of it


def test_a_window_that_closed_lets_nobody_in(world: World, phone: Phone) -> None:
    with as_everyone("test"):
        late = timezone.now() - dt.timedelta(seconds=1)
        Phone.objects.filter(pk=phone.pk).update(window_until=late)
    path = f"/p/{phone.secret}/{FILE}"
    assert nothing(world, ask(world.nordbel, path, AGENT))
    assert reasons(phone) == ["window_closed"]
    assert again(phone).bound_address is None


def test_new_firmware_and_a_new_address_of_the_registered_phone_are_the_phone(
    world: World, bound: Phone
) -> None:
    path = f"/p/{bound.secret}/{FILE}"
    newer = AGENT.replace("108.86.0.20", "108.87.0.5")
    assert ask(world.nordbel, path, newer).status_code == 200
    assert again(bound).firmware == "108.87.0.5"
    with as_everyone("test"):
        row = Registration.objects.create(
            endpoint=world.nordbel.extension.endpoint_id,
            customer=world.nordbel.customer,
            address=ELSEWHERE,
            lost_at=timezone.now(),
        )
    assert ask(world.nordbel, path, newer, ELSEWHERE).status_code == 404
    with as_everyone("test"):
        Registration.objects.filter(pk=row.pk).update(lost_at=None)
    assert ask(world.nordbel, path, newer, ELSEWHERE).status_code == 200
    assert again(bound).bound_address == ELSEWHERE
    assert ask(world.nordbel, path, newer).status_code == 404  # it has moved


def test_its_reseller_is_warned_once_an_hour(world: World, bound: Phone) -> None:
    path = f"/p/{bound.secret}/{FILE}"
    for last in range(5):
        ask(world.nordbel, path, AGENT, f"203.0.113.{last}")
    (mail,) = mails()
    assert mail.to == "owner@nordbel.example"
    assert str(bound.secret) not in mail.payload
    hour_ago = timezone.now() - dt.timedelta(hours=1)
    with as_everyone("test"):
        Phone.objects.filter(pk=bound.pk).update(alarmed_at=hour_ago)
    ask(world.nordbel, path, AGENT, ELSEWHERE)
    assert len(mails()) == 2


def test_the_work_is_the_same_whatever_there_is(
    world: World, bound: Phone, unseen: list[Any]
) -> None:
    asked = [
        f"/p/{bound.secret}/{FILE}",  # right, but from elsewhere
        f"/p/{'0' * 40}/{FILE}",
        f"/p/{'0' * 40}/{FREE_MAC}.cfg",
        f"/p/{FILE}",
        f"/p/{FREE_MAC}.cfg",
        f"/p/{MAC}.boot",
        f"/p/{FREE_MAC}.boot",
        f"/{FREE_MAC}.cfg",
        f"/{FILE}",
    ]
    ask(world.nordbel, "/warm", AGENT)
    counts = []
    for path in asked:
        before = len(unseen)
        with CountQueries() as count:
            assert ask(world.nordbel, path, AGENT, ELSEWHERE).status_code == 404
        counts.append((count.made, len(unseen) - before))
    # Who has the secret learns no more by one more look at the registrations.
    assert counts[1:] == [(counts[1][0], 1)] * (len(asked) - 1)
    assert counts[0][1] == 1
    text = json.dumps(unseen, default=str)
    assert str(bound.secret) not in text


class CountQueries:
    """How many statements a block sends."""

    made = 0

    def __enter__(self) -> CountQueries:
        self._within = connection.execute_wrapper(self._count)
        self._within.__enter__()
        return self

    def _count(self, execute: Any, sql: Any, params: Any, many: Any, more: Any) -> Any:
        self.made += 1
        return execute(sql, params, many, more)

    def __exit__(self, *error: object) -> None:
        self._within.__exit__(None, None, None)


def test_a_flood_asks_nothing_and_changes_nothing(
    world: World, bound: Phone, unseen: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "REFUSALS", fetching.parse("5 per 10 minutes"))
    path = f"/p/{'0' * 40}/{FILE}"
    for _n in range(5):
        ask(world.nordbel, path, AGENT, ELSEWHERE)
    with CountQueries() as count:
        for _n in range(50):
            answer = ask(world.nordbel, path, AGENT, ELSEWHERE)
            assert answer.status_code == 404
    assert count.made == 0
    assert len(unseen) == 5
    assert nothing(world, answer)
    # Everybody else goes on.
    assert ask(world.nordbel, f"/p/{bound.secret}/{FILE}", AGENT).status_code == 200


def test_in_production_nothing_is_told_in_clear(
    world: World, phone: Phone, settings: Any
) -> None:
    settings.PHONE_TLS_ONLY = True
    path = f"/p/{phone.secret}/{FILE}"
    assert ask(world.nordbel, path, AGENT).status_code == 404
    assert reasons(phone) == ["not_encrypted"]
    assert again(phone).bound_address is None
    assert ask(world.nordbel, path, AGENT, secure=True).status_code == 200


# As Caddy 2.6 writes the subject of a certificate that it has checked (tried).
CERTIFICATES = {
    "CN=00:04:13:0A:0B:0C,O=yealink": 200,
    "SERIALNUMBER=PID:T46U SN:0004130A0B0C,CN=phone,O=Some Maker": 200,
    "CN=0004130A0B0D,O=0004130A0B0C": 404,
    "CN=somebody": 404,
}


@pytest.mark.parametrize("subject", CERTIFICATES)
def test_a_makers_certificate_stands_for_a_window(
    world: World, bound: Phone, settings: Any, subject: str
) -> None:
    path = f"/p/{FILE}"
    more = {"HTTP_X_PHONE_CERTIFICATE": subject}
    off = ask(world.nordbel, path, AGENT, ELSEWHERE, **more)
    assert off.status_code == 404  # a header proves nothing where nobody checks
    settings.PHONE_CERTIFICATES = True
    expected = CERTIFICATES[subject]
    answer = ask(world.nordbel, path, AGENT, ELSEWHERE, **more)
    assert answer.status_code == expected
    if expected == 200:
        assert f"/p/{bound.secret}/" in answer.content.decode()
    else:
        assert reasons(bound)[-1] == "certificate"


def test_a_phone_without_a_certificate_goes_the_usual_way(
    world: World, phone: Phone, settings: Any
) -> None:
    settings.PHONE_CERTIFICATES = True
    none = {"HTTP_X_PHONE_CERTIFICATE": "{http.request.tls.client.subject}"}
    assert ask(world.nordbel, f"/p/{FILE}", AGENT, **none).status_code == 404
    path = f"/p/{phone.secret}/{FILE}"
    assert ask(world.nordbel, path, AGENT, **none).status_code == 200


def test_nobody_fills_the_list_of_unknown_phones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "MOST_OF_ADDRESS", 3)
    monkeypatch.setattr(alarms, "MOST_OF_RESELLER", 5)
    monkeypatch.setattr(alarms, "STRANGE", alarms.parse("2 per hour"))
    for last in range(8):
        ask(world.nordbel, f"/p/0004135500{last:02x}.cfg", AGENT, ELSEWHERE)
    with as_everyone("test"):
        assert UnknownPhone.objects.count() == 3
        (scan,) = PhoneEvent.objects.filter(kind="fetch_refused")
    assert scan.detail["reason"] == "scan"
    assert len(mails()) == 1
    for last in range(20):
        address = f"198.51.100.{last}"
        ask(world.nordbel, f"/p/0004136600{last:02x}.cfg", AGENT, address)
    with as_everyone("test"):
        assert UnknownPhone.objects.count() <= 5
        newest = UnknownPhone.objects.first()
    assert newest is not None
    assert newest.mac == "000413660013"


def test_no_secret_stands_anywhere_that_is_kept(
    world: World, bound: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for path, agent, address, _told in strangers(str(bound.secret)).values():
            ask(world.nordbel, path, agent, address)
        ask(world.nordbel, f"/p/{bound.secret}", AGENT)
        ask(world.nordbel, f"/p/{bound.secret}/{FILE}", AGENT)
    handler = logging.getLogger("pbx_console").root.handlers
    formatters = [
        h.formatter for h in handler if "Masked" in type(h.formatter).__name__
    ]
    assert formatters, "the log is written by the masking formatter"
    mask = formatters[0]
    assert mask is not None
    lines = "\n".join(mask.format(record) for record in caplog.records)
    assert "Not Found: /p/•••" in lines
    with as_everyone("test"):
        account = Extension.objects.get(pk=world.nordbel.extension.pk)
        kept = [str(row.__dict__) for row in PhoneEvent.objects.all()]
        kept += [str(row.__dict__) for row in AuditEntry.objects.all()]
        kept += [mail.payload for mail in mails()]
    hidden = [str(bound.secret), str(bound.admin_password), str(account.secret)]
    for secret in hidden:
        assert secret not in lines
        assert not any(secret in text for text in kept)
