"""Takes every mail that a demo's console sends, and shows it to the person at the machine.

`python -m embedded.catcher --smtp PORT --web PORT --folder DIR`, started by the house with
the Python of the virtual environment: aiosmtpd is not in the standard library, so nothing
else here imports this module. Both ports are on the loopback; nothing is passed on.
"""

from __future__ import annotations

import argparse
import html
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from embedded import mailbox
from embedded.mailbox import Letter

HOST = "127.0.0.1"
_HOSTS = ("127.0.0.1", "localhost")
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>:root{{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}}
body{{max-width:64rem;margin:0 auto;padding:1.5rem}}h1{{font-size:1.25rem}}
table{{width:100%;border-collapse:collapse}}td,th{{text-align:left;padding:.45rem .6rem;
border-bottom:1px solid #8884;vertical-align:top}}dt{{color:#888;float:left;width:6rem}}
dd{{margin:0 0 .2rem 6rem}}iframe{{width:100%;height:46rem;border:1px solid #8886}}
pre{{white-space:pre-wrap;border:1px solid #8886;padding:1rem}}a{{color:inherit}}</style>
<body>{body}</body></html>"""
# The mail's own page: nothing runs, nothing is fetched, its styles and pictures show.
_SANDBOX = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
_OURS = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"


class Taker:
    """The SMTP side: everything is taken, whoever it is for."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the mails."""
        self.folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, mail: Envelope) -> str:
        """Keep one mail."""
        content = mail.content or b""
        mailbox.keep(self.folder, content if isinstance(content, bytes) else b"")
        return "250 kept"


class Pages(BaseHTTPRequestHandler):
    """The reader's side: a list, one mail, its HTML alone."""

    folder: Path

    def do_GET(self) -> None:
        """Answer one page. A foreign Host is a page of somebody else asking for ours."""
        if self.headers.get("Host", "").partition(":")[0] not in _HOSTS:
            self.send_error(421)
            return
        name, _, part = self.path.strip("/").partition("/")
        if not name:
            self._say(_list(self.folder), _OURS)
            return
        letter = mailbox.read(self.folder, name)
        if letter is None:
            self.send_error(404)
        elif part == "html":
            self._say(letter.html, _SANDBOX)
        else:
            self._say(_one(letter), _OURS)

    def _say(self, page: str, policy: str) -> None:
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the supervisor's log is for mails."""


def _list(folder: Path) -> str:
    rows = "".join(_row(letter) for letter in mailbox.newest_first(folder))
    table = f"<table><tr><th>When<th>To<th>From<th>Subject</tr>{rows}</table>"
    nothing = (
        "<p>Nothing was sent yet. Mails of this demo end here and nowhere else.</p>"
    )
    body = f"<h1>Caught mails</h1>{table if rows else nothing}"
    return _PAGE.format(title="Caught mails", body=body)


def _row(letter: Letter) -> str:
    head = [_head(letter, name) for name in ("Date", "To", "From")]
    cells = "".join(f"<td>{text}" for text in head)
    subject = html.escape(letter.subject) or "(no subject)"
    return f'<tr>{cells}<td><a href="/{letter.name}">{subject}</a></tr>'


def _one(letter: Letter) -> str:
    names = ("From", "Reply-To", "To", "Date", "Message-ID")
    facts = "".join(
        f"<dt>{name}<dd>{_head(letter, name)}"
        for name in names
        if name in letter.message
    )
    body = (
        f'<p><a href="/">All mails</a></p><h1>{html.escape(letter.subject)}</h1>'
        f'<dl>{facts}</dl><iframe sandbox="allow-popups" title="HTML" '
        f'src="/{letter.name}/html"></iframe>'
        f"<h1>As text</h1><pre>{html.escape(letter.text)}</pre>"
    )
    return _PAGE.format(title=html.escape(letter.subject), body=body)


def _head(letter: Letter, name: str) -> str:
    return html.escape(str(letter.message.get(name, "")))


def start(folder: Path, *, smtp: int, web: int) -> tuple[Any, ThreadingHTTPServer]:
    """Start both sides; the caller ends them."""
    controller = Controller(Taker(folder), hostname=HOST, port=smtp)
    controller.start()
    handler = type("Handler", (Pages,), {"folder": folder})
    server = ThreadingHTTPServer((HOST, web), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return controller, server


def main() -> None:
    """Run until the supervisor ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smtp", type=int, required=True)
    parser.add_argument("--web", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    start(given.folder, smtp=given.smtp, web=given.web)
    threading.Event().wait()


if __name__ == "__main__":
    main()
