"""The demo's mail catcher: takes everything, passes nothing on, shows it to a person."""

from __future__ import annotations

import http.client
import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from embedded import catcher, mailbox
from embedded.processes import CATCHER, CONSOLE
from tests.embedded.support import settings_of


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((catcher.HOST, 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Path, int, int]]:
    smtp, web = free_port(), free_port()
    controller, server = catcher.start(tmp_path / "mail", smtp=smtp, web=web)
    yield tmp_path / "mail", smtp, web
    controller.stop()
    server.shutdown()
    server.server_close()


def letter(to: str = "Ada <ada@customer.example>", **parts: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Nordbel <no-reply@nordbel.localhost>", to
    mail["Subject"] = parts.get("subject", "Grüße")
    mail.set_content(parts.get("text", "Open http://nordbel.localhost:8400/x/ now"))
    mail.add_alternative(parts.get("html", "<p>Hallo</p>"), subtype="html")
    return mail


def send(port: int, mail: EmailMessage) -> None:
    with smtplib.SMTP(catcher.HOST, port, timeout=10) as server:
        server.send_message(mail)


def page(port: int, path: str = "/", host: str = "localhost") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(catcher.HOST, port, timeout=10)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    policy = answer.headers.get("Content-Security-Policy", "")
    return answer.status, answer.read().decode(), policy


def test_it_keeps_what_was_sent_and_a_test_finds_its_links(
    running: tuple[Path, int, int],
) -> None:
    folder, smtp, _web = running
    send(smtp, letter())
    send(smtp, letter(to="eve@customer.example", subject="other"))
    found = mailbox.latest(folder, "ADA@customer.example", seconds=10)
    assert found is not None
    assert found.subject == "Grüße"
    assert found.links == ["http://nordbel.localhost:8400/x/"]
    assert mailbox.latest(folder, "nobody@customer.example") is None


def test_a_person_reads_list_text_and_html(running: tuple[Path, int, int]) -> None:
    folder, smtp, web = running
    assert "Nothing was sent yet" in page(web)[1]
    send(smtp, letter(subject="<b>bold</b>", html="<script>alert(1)</script><p>Hi"))
    found = mailbox.latest(folder, "ada@customer.example", seconds=10)
    assert found is not None
    assert "&lt;b&gt;bold" in page(web)[1]
    assert "<script>" not in page(web, f"/{found.name}")[1]
    status, text, policy = page(web, f"/{found.name}/html")
    assert status == 200
    assert "<p>Hi" in text
    assert policy.startswith("sandbox")
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("path", ["/nothing", "/../env", "/%2e%2e/env", "/1/html"])
def test_it_shows_nothing_but_mails(running: tuple[Path, int, int], path: str) -> None:
    assert page(running[2], path)[0] == 404


def test_a_foreign_page_cannot_read_it(running: tuple[Path, int, int]) -> None:
    assert page(running[2], host="evil.example")[0] == 421


def test_it_forgets_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MOST", 3)
    names = [mailbox.keep(tmp_path, letter().as_bytes()) for _ in range(5)]
    assert [x.name for x in mailbox.newest_first(tmp_path)] == names[:1:-1]


def test_the_console_of_a_demo_sends_to_it_and_production_does_not() -> None:
    ours = settings_of("demo")
    assert ours.console()["PBX_SMTP_URL"].startswith("smtp+plain://127.0.0.1:")
    given = settings_of("demo", PBX_SMTP_URL="smtps://u:p@relay.example")
    assert given.console()["PBX_SMTP_URL"] == "smtps://u:p@relay.example"
    assert not given.catches_mail
    assert CATCHER not in CONSOLE
