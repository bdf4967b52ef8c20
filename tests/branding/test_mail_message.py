"""Mails as they are read: text, dress, headers, and what they never name."""

from __future__ import annotations

import datetime as dt
import smtplib
from email.utils import getaddresses
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.accounts.mailer import mail
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import tasks
from pbx_console.branding.mail import KINDS
from pbx_console.branding.mail.message import address, message
from pbx_console.branding.mail.render import render
from pbx_console.branding.mail.transport import SmtpBackend
from pbx_console.branding.models import Brand, OutgoingMail
from tests.branding.test_mail import everyone, queue
from tests.conftest import World

__all__ = ["everyone"]

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
