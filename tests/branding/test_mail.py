"""Mails: the table, who they reach, what they say and what they never name."""

from __future__ import annotations

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from pbx_console.accounts.mailer import mail
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.branding.mail import (
    KINDS,
    Audience,
    WrongRecipient,
    outbox,
    send_to_reseller,
)
from pbx_console.branding.models import BrandDomain, OutgoingMail
from tests.conftest import World


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
