"""Mails that a demo caught: one file each, the last 500, oldest first by their names.

A test or a person reads here what the console would have sent:

    letter = mailbox.latest(Instance("demo").home / "mail", "ada@customer.example")
    letter.links[0]
"""

from __future__ import annotations

import base64
import email
import email.policy
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count
from pathlib import Path

from embedded import waiting

MOST = 500
NAME = re.compile(r"\d{13}-\d{6}", re.ASCII)
_number = count()


@dataclass(frozen=True)
class Letter:
    """One caught mail."""

    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message.get("Subject", ""))

    @property
    def text(self) -> str:
        """The plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML with its pictures inside."""
        html = self._part("html")
        for part in self.message.walk():
            cid = str(part.get("Content-ID", "")).strip("<> ")
            if cid:
                data = part.get_payload(decode=True)
                assert isinstance(data, bytes)
                inside = base64.b64encode(data).decode()
                kind = part.get_content_type()
                html = html.replace(f"cid:{cid}", f"data:{kind};base64,{inside}")
        return html

    @property
    def links(self) -> list[str]:
        """Every address in the plain text, in order."""
        return re.findall(r"https?://\S+", self.text)

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


def keep(folder: Path, content: bytes) -> str:
    """Write one mail, forget the oldest ones beyond `MOST`; returns its name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{time.time_ns() // 1_000_000:013d}-{next(_number) % 1_000_000:06d}"
    fresh = folder / f"{name}.new"
    fresh.write_bytes(content)
    fresh.replace(folder / f"{name}.eml")
    for old in _files(folder)[:-MOST]:
        old.unlink(missing_ok=True)
    return name


def read(folder: Path, name: str) -> Letter | None:
    """One mail by its name; None for a name that is none of ours."""
    if not NAME.fullmatch(name):
        return None
    try:
        content = (folder / f"{name}.eml").read_bytes()
    except OSError:
        return None
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    return Letter(name, parsed)


def newest_first(folder: Path) -> Iterator[Letter]:
    """Every mail."""
    for path in reversed(_files(folder)):
        if (letter := read(folder, path.stem)) is not None:
            yield letter


def latest(folder: Path, to: str, *, seconds: float = 0) -> Letter | None:
    """The newest mail to an address; waits up to `seconds` for one."""
    found: list[Letter] = []

    def look() -> bool:
        letters = (x for x in newest_first(folder) if _is_to(x, to))
        found[:] = [letter for letter in [next(letters, None)] if letter]
        return bool(found)

    waiting.until(look, seconds=seconds)
    return found[0] if found else None


def _is_to(letter: Letter, to: str) -> bool:
    return to.lower() in str(letter.message.get("To", "")).lower()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))
