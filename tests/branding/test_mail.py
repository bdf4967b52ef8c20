"""Mails: the table, who they reach, what they say and what they never name."""

from __future__ import annotations

import datetime as dt
import smtplib
from email.utils import getaddresses
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.accounts.mailer import mail
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.branding import tasks
from pbx_console.branding.mail import (
    KINDS,
    Audience,
    WrongRecipient,
    outbox,
    send_to_reseller,
)
from pbx_console.branding.mail.message import address, message
from pbx_console.branding.mail.render import render
from pbx_console.branding.mail.transport import SmtpBackend
from pbx_console.branding.models import Brand, BrandDomain, OutgoingMail
from tests.conftest import World

LANGUAGES = ("de", "en", "nl")
FOREIGN = (
    "django",
    "python",
    "asterisk",
    "typst",
    "celery",
    "pbx_console",
    "localhost:",
)


@pytest.fixture(autouse=True)
def everyone() -> Any:
    with as_everyone("test of mails"):
        yield


def queue(world: World, **over: Any) -> OutgoingMail:
    values: dict[str, Any] = {"to": "new@customer.example", "name": "Ada Lovelace"}
    values["context"] = {"path": "/invitation/abc", "organisation": "Altendorf"}
    mail(world.nordbel.reseller, "invitation", **(values | over))
    return OutgoingMail.objects.latest("pk")


# ── the table ────────────────────────────────────────────────────────────────────────


def test_a_mail_waits_in_the_callers_transaction(world: World) -> None:
    queued = queue(world)
    assert queued.state == "waiting"
    assert django_mail.outbox == []
    assert '"/invitation/abc"' in queued.payload


def test_what_it_says_is_not_readable_in_the_table(world: World) -> None:
    queued = queue(world)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload FROM branding_outgoingmail WHERE id = %s", [queued.pk]
        )
        assert cursor.fetchone()[0].startswith("v1.")


def test_it_is_sent_once_and_its_links_are_forgotten(world: World) -> None:
    queued = queue(world)
    assert outbox.run() == 1
    assert outbox.run() == 0
    queued.refresh_from_db()
    assert (queued.state, queued.payload) == ("sent", "")
    assert queued.subject == "Your access to Nordbel" or "Nordbel" in queued.subject
    assert len(django_mail.outbox) == 1


def test_a_customer_can_have_mails_queued_but_sees_none(world: World) -> None:
    with as_customer(world.nordbel.customer):
        mail(world.nordbel.reseller, "password_reset", to="end_user@nordbel.example")
        assert not OutgoingMail.objects.exists()
    with as_reseller(world.zuidlijn.reseller):
        assert not OutgoingMail.objects.exists()
    with as_reseller(world.nordbel.reseller):
        assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b.example\nBcc: c@d.example", "a, b@c.d"]
)
def test_what_is_no_address_is_refused(world: World, to: str) -> None:
    with pytest.raises(ValidationError):
        queue(world, to=to)


# ── trying again ─────────────────────────────────────────────────────────────────────


class Broken:
    """A transport that fails in one way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send_messages(self, _messages: Any) -> int:
        raise self.error


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(outbox, "get_connection", lambda: Broken(error))


def test_a_server_that_is_away_is_asked_again_later_and_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, ConnectionRefusedError())
    queued, waits = queue(world), []
    for _attempt in range(3):
        OutgoingMail.objects.update(next_try_at=timezone.now())
        assert outbox.run() == 0
        queued.refresh_from_db()
        assert queued.next_try_at is not None
        waits.append(queued.next_try_at - timezone.now())
    assert waits == sorted(waits)
    assert (queued.state, queued.failure) == ("waiting", outbox.NOT_REACHED)


def test_after_a_day_it_is_given_up_and_the_links_are_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, TimeoutError())
    queued = queue(world)
    OutgoingMail.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    outbox.run()
    queued.refresh_from_db()
    assert (queued.state, queued.payload) == ("failed", "")
    assert queued.failure == outbox.NOT_REACHED


@pytest.mark.parametrize(("code", "state"), [(550, "failed"), (451, "waiting")])
def test_a_refused_address_is_final_only_when_the_server_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, code: int, state: str
) -> None:
    error = smtplib.SMTPRecipientsRefused({"x@y.example": (code, b"mx9.operator no")})
    fail_with(monkeypatch, error)
    queued = queue(world)
    outbox.run()
    queued.refresh_from_db()
    assert queued.state == state
    assert "operator" not in queued.failure  # the server's words may name it


def test_one_bad_mail_does_not_hold_up_the_others(world: World) -> None:
    bad = queue(world)
    OutgoingMail.objects.filter(pk=bad.pk).update(kind="gone")
    queue(world, to="second@customer.example")
    assert outbox.run() == 1
    bad.refresh_from_db()
    assert bad.failure == outbox.NOT_MADE


def test_without_a_proven_domain_it_waits_and_says_why(world: World) -> None:
    queued = queue(world)
    BrandDomain.objects.filter(brand=queued.brand).update(proven_at=None)
    outbox.run()
    queued.refresh_from_db()
    assert (queued.state, queued.failure) == ("waiting", outbox.NO_DOMAIN)


def test_without_a_server_it_waits_and_says_why(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "pbx_console.branding.mail.transport.SmtpBackend"
    settings.EMAIL_HOST = ""
    queued = queue(world)
    outbox.run()
    queued.refresh_from_db()
    assert (queued.state, queued.failure) == ("waiting", outbox.NO_SERVER)


# ── whom it reaches ──────────────────────────────────────────────────────────────────

STAFF_KINDS = [k.name for k in KINDS.values() if k.audience != Audience.PERSON]


@pytest.mark.parametrize("kind", STAFF_KINDS)
@pytest.mark.parametrize(
    "to",
    [
        "admin@nordbel.example",
        "end_user@nordbel.example",
        "owner@zuidlijn.example",
        "staff@platform.example",
        "stranger@elsewhere.example",
    ],
)
def test_a_notice_for_the_reseller_reaches_nobody_else(
    world: World, kind: str, to: str
) -> None:
    with pytest.raises(WrongRecipient):
        mail(world.nordbel.reseller, kind, to=to, context={"host": "x.example"})
    assert not OutgoingMail.objects.exists()


def test_a_notice_for_the_reseller_goes_to_its_owners_in_their_language(
    world: World,
) -> None:
    owner = world.nordbel.people["owner"]
    owner.language = "nl"
    owner.save()
    sent = send_to_reseller(
        world.nordbel.reseller, "domain_off", context={"host": "x.example"}
    )
    assert [(mail.to, mail.language) for mail in sent] == [(owner.email, "nl")]


def test_somebody_who_left_gets_no_notice(world: World) -> None:
    owner = world.nordbel.people["owner"]
    owner.is_active = False
    owner.save()
    assert send_to_reseller(world.nordbel.reseller, "domain_off") == []


# ── what it says ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("slug", ["nordbel", "zuidlijn"])
def test_every_kind_is_in_the_brands_dress_in_html_and_text(
    world: World, slug: str, kind: Any, language: str
) -> None:
    tenant = getattr(world, slug)
    brand = Brand.objects.get(reseller=tenant.reseller)
    made = render(brand, kind, language, kind.sample, "Ada Lovelace")
    own = {"nordbel": "Nordbel", "zuidlijn": "Zuidlijn"}
    assert own[slug] in made.html
    assert own[slug] in made.text
    other = (set(own) - {slug}).pop()
    for part in (made.subject, made.html, made.text):
        assert other not in part.lower()
        assert "{{" not in part
    assert f"http://{tenant.host}" in made.text
    assert made.dress.light["accent_solid"] in made.html
    assert f'lang="{language}"' in made.html


def test_the_language_given_counts_then_the_resellers(world: World) -> None:
    assert queue(world, language="nl").language == "nl"
    assert queue(world).language == "de"
    mail(world.zuidlijn.reseller, "password_reset", to="a@b.example")
    assert OutgoingMail.objects.latest("pk").language == "nl"


def test_text_from_outside_is_text_in_html(world: World) -> None:
    brand = Brand.objects.get(reseller=world.nordbel.reseller)
    evil = {"organisation": "<script>alert(1)</script> & Co"}
    made = render(brand, KINDS["invitation"], "en", evil, "<b>Eve</b>")
    assert "<script>" not in made.html
    assert "<b>" not in made.html
    assert "<script>alert(1)</script> & Co" in made.text


def test_the_address_comes_from_the_table_and_never_from_a_request(
    world: World, rf: Any
) -> None:
    rf.get("/", headers={"host": "evil.example"})
    brand = Brand.objects.get(reseller=world.nordbel.reseller)
    made = render(brand, KINDS["password_reset"], "en", {"path": "/password/x"})
    assert "evil.example" not in made.html
    assert "http://nordbel.localhost" in made.text


@pytest.mark.parametrize(
    "path", ["//evil.example/", "https://evil.example/", "x", "/\\e"]
)
def test_a_link_out_of_the_brand_is_a_mistake(world: World, path: str) -> None:
    brand = Brand.objects.get(reseller=world.nordbel.reseller)
    with pytest.raises(ValueError, match="path"):
        render(brand, KINDS["password_reset"], "en", {"path": path})


# ── headers ──────────────────────────────────────────────────────────────────────────


def packed(world: World, **over: Any) -> Any:
    brand = Brand.objects.get(reseller=world.nordbel.reseller)
    for name, value in over.pop("brand", {}).items():
        setattr(brand, name, value)
    made = render(brand, KINDS["test"], "de", {"path": "/"})
    return message(made, to="ada@customer.example", **over).message()


def test_headers_name_the_brand_and_nothing_below_it(world: World) -> None:
    found = packed(world)
    assert found["From"] == "Nordbel <no-reply@nordbel.localhost>"
    assert found["Message-ID"].endswith("@nordbel.localhost>")
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["X-Mailer"] is None
    names = {name.lower() for name, _value in found.items()}
    assert not {n for n in names if n.startswith("x-")}
    head = found.as_string().partition("\n\n")[0].lower()
    assert not [word for word in FOREIGN if word in head]
    assert "=====" not in head  # the boundary that gives Python away


def test_answers_go_to_the_support(world: World) -> None:
    found = packed(world, brand={"support_email": "hilfe@nordbel.example"})
    assert found["Reply-To"] == "Nordbel <hilfe@nordbel.example>"


def test_it_has_text_html_and_the_logos_the_html_shows(world: World) -> None:
    found = packed(world)
    kinds = [part.get_content_type() for part in found.walk()]
    assert kinds[:4] == [
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert kinds[4:] == ["image/png", "image/png"]
    assert {p["Content-ID"] for p in found.walk() if p["Content-ID"]} == {
        "<logo>",
        "<logo-dark>",
    }


@given(st.text(max_size=80))
def test_no_name_makes_two_addresses_or_a_header(name: str) -> None:
    made = address(name, "ada@customer.example")
    assert "\n" not in made
    assert "\r" not in made
    assert [spec for _name, spec in getaddresses([made])] == ["ada@customer.example"]


@pytest.mark.parametrize(
    "name",
    ["Eve\r\nBcc: all@x.example", "Lovelace, Ada", '"Ada" <x@y.example>', "Ünal"],
)
def test_a_name_stays_a_name_in_the_message(world: World, name: str) -> None:
    found = packed(world, name=name)
    assert found["Bcc"] is None
    assert [spec for _n, spec in getaddresses([found["To"]])] == [
        "ada@customer.example"
    ]


def test_the_greeting_to_the_relay_names_the_sender_and_not_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[str, Any] = {}

    def recorder(host: str, port: int, **kwargs: Any) -> None:
        seen.update(kwargs)
        raise ConnectionRefusedError

    monkeypatch.setattr(smtplib, "SMTP", recorder)
    backend = SmtpBackend(host="127.0.0.1", port=9)
    mail = EmailMessage("s", "b", "Nordbel <no-reply@nordbel.example>", ["a@b.example"])
    with pytest.raises(ConnectionRefusedError):
        backend.send_messages([mail])
    assert seen["local_hostname"] == "nordbel.example"


def test_subjects_are_in_the_readers_language(world: World) -> None:
    brand = Brand.objects.get(reseller=world.nordbel.reseller)
    with translation.override("de"):
        made = render(brand, KINDS["test"], "en", KINDS["test"].sample)
    assert made.subject == "Test mail from Nordbel"


def test_mails_are_forgotten_after_ninety_days(world: World) -> None:
    with as_everyone("test"):
        for to in ("left", "given-up", "waits", "young"):
            mail(world.nordbel.reseller, "password_reset", to=f"{to}@customer.example")
        rows, now = OutgoingMail.objects, timezone.now()
        rows.update(created_at=now - dt.timedelta(days=91), sent_at=None)
        rows.exclude(to__startswith="waits").update(next_try_at=None)
        rows.filter(to__startswith="left").update(sent_at=now)
        rows.filter(to__startswith="waits").update(next_try_at=now)
        rows.filter(to__startswith="young").update(
            created_at=now - dt.timedelta(days=89)
        )
        assert tasks.forget_mails() == 2
        kept = sorted(row.to.partition("@")[0] for row in rows.all())
    assert kept == ["waits", "young"]


def test_english_mails_write_the_day_first(world: World) -> None:
    with as_everyone("test"):
        brand = Brand.objects.get(reseller=world.nordbel.reseller)
        ends = dt.datetime(2026, 11, 29, 9, 30, tzinfo=dt.UTC)
        kind = KINDS["invitation"]
        text = render(brand, kind, "en", {**kind.sample, "ends_at": ends}).text
    assert "29 November 2026, 10:30" in text
