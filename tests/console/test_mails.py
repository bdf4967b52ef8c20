"""The page of mails: every kind, a preview in each language, what was sent, a test mail."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import AuditEntry
from pbx_console.branding import dns
from pbx_console.branding.mail import KINDS, outbox
from pbx_console.branding.models import BrandDomain, OutgoingMail
from pbx_console.console.views import mails as view
from tests.conftest import World
from tests.console.conftest import Opens, text_of

pytestmark = pytest.mark.usefixtures("everyone")


def test_it_lists_every_kind_and_whom_it_reaches(sign_in: Opens) -> None:
    page = text_of(sign_in("owner").get("/brand/mails/"))
    for kind in KINDS:
        assert f"/brand/mails/{kind}/" in page
    assert "no-reply@nordbel.localhost" in page


@pytest.mark.parametrize("language", ["de", "en", "nl"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_is_shown_as_html_and_text(
    sign_in: Opens, kind: str, language: str
) -> None:
    client = sign_in("owner")
    page = text_of(client.get(f"/brand/mails/{kind}/?language={language}"))
    assert "<iframe" in page
    assert 'class="mail-text"' in page
    answer = client.get(f"/brand/mails/{kind}/page/?language={language}")
    assert f'<html lang="{language}">' in text_of(answer)
    assert "cid:" not in text_of(answer)


def test_the_preview_can_do_nothing_and_only_we_may_frame_it(sign_in: Opens) -> None:
    answer = sign_in("owner").get("/brand/mails/invitation/page/")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert not re.search(r"src=.http", text_of(answer))


def test_light_and_dark_are_what_was_asked_for(sign_in: Opens) -> None:
    client = sign_in("owner")
    dark = text_of(client.get("/brand/mails/test/page/?theme=dark"))
    light = text_of(client.get("/brand/mails/test/page/?theme=light"))
    assert "@media all" in dark
    assert "@media not all" in light


def test_an_unknown_kind_is_not_there(sign_in: Opens) -> None:
    assert sign_in("owner").get("/brand/mails/nothing/").status_code == 404
    assert sign_in("owner").get("/brand/mails/nothing/page/").status_code == 404


def test_it_shows_who_got_a_mail_and_never_what_was_in_it(
    world: World, sign_in: Opens
) -> None:
    mail(
        world.nordbel.reseller,
        "invitation",
        to="new@customer.example",
        context={"path": "/invitation/secret-token", "organisation": "Altendorf"},
    )
    page = text_of(sign_in("owner").get("/brand/mails/"))
    assert "new@customer.example" in page
    assert "secret-token" not in page
    other = text_of(sign_in("owner", "zuidlijn").get("/brand/mails/"))
    assert "new@customer.example" not in other


def test_a_mail_that_was_given_up_says_why(world: World, sign_in: Opens) -> None:
    mail(world.nordbel.reseller, "password_reset", to="x@customer.example")
    OutgoingMail.objects.update(next_try_at=None, failure=outbox.REFUSED)
    page = text_of(
        sign_in("owner").get("/brand/mails/", headers={"accept-language": "en"})
    )
    assert 'data-state="failed"' in page


def test_a_test_mail_goes_to_the_person_who_asks(
    world: World, sign_in: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "check_sender", lambda _domain: [])
    answer = sign_in("owner").post("/brand/mails/send-test/")
    assert answer.status_code == 302
    assert answer["Location"] == "/brand/mails/?check=1"
    sent = OutgoingMail.objects.get()
    assert (sent.kind, sent.to) == ("test", "owner@nordbel.example")
    entry = AuditEntry.objects.get(verb="mail.test_sent")
    assert entry.reseller == world.nordbel.reseller
    page = text_of(sign_in("owner").get("/audit/", headers={"accept-language": "en"}))
    assert "owner@nordbel.example" in page


def test_test_mails_are_throttled(
    sign_in: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Any] = []

    def twice(_limit: Any, *key: str) -> bool:
        counted.append(key)
        return len(counted) <= 2

    monkeypatch.setattr(view, "allowed", twice)
    client = sign_in("owner")
    for _attempt in range(4):
        client.post("/brand/mails/send-test/")
    assert OutgoingMail.objects.count() == 2


def test_a_get_sends_nothing(sign_in: Opens) -> None:
    assert sign_in("owner").get("/brand/mails/send-test/").status_code == 405
    assert not OutgoingMail.objects.exists()


def test_the_senders_records_are_shown_when_asked_for(
    sign_in: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def findings(domain: str) -> list[dns.Finding]:
        asked.append(domain)
        record = "v=spf1 include:mail.example <b> -all"
        return [dns.Finding("SPF", "missing", "There is none.", domain, "TXT", record)]

    monkeypatch.setattr(dns, "check_sender", findings)
    client = sign_in("owner")
    client.get("/brand/mails/")
    assert asked == []
    page = text_of(client.get("/brand/mails/?check=1"))
    assert asked == ["nordbel.localhost"]
    assert "There is none." in page
    assert "&lt;b&gt; -all" in page


def test_without_a_proven_domain_the_page_says_so(world: World, sign_in: Opens) -> None:
    client = sign_in("operator")
    BrandDomain.objects.filter(brand__reseller=world.nordbel.reseller).update(
        proven_at=None
    )
    for rest in ("", "invitation/", "?check=1"):
        answer = client.get(f"/resellers/nordbel/brand/mails/{rest}")
        assert answer.status_code == 200
        assert 'data-state="failed"' in text_of(answer)


def test_the_reseller_who_may_not_see_mails_does_not(sign_in: Opens) -> None:
    for role in ("technician", "billing", "reader", "admin", "end_user"):
        assert sign_in(role).get("/brand/mails/").status_code == 403


def test_the_preview_of_a_document_is_a_pdf(sign_in: Opens) -> None:
    answer = sign_in("owner").get("/brand/pdf/preview.pdf?draft=1")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
