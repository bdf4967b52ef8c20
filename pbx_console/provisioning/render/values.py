"""What may stand in a phone's file at all, whoever typed it."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

_NUMBER: Final = re.compile(r"[0-9*#+]{1,32}")
_USER: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}")
_SECRET: Final = re.compile(r"[A-Za-z0-9._~!*^+=-]{8,128}")
_HOST: Final = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*"
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,1024}")
# Control characters, halves of pairs, and what ends a line or a paragraph.
_UNSAFE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
LONGEST_TEXT: Final = 128


class BadValue(ValueError):
    """A value that no phone's file may carry. It names the field, never the value."""

    def __init__(self, field: str) -> None:
        """Keep which field it is: the value may be a secret."""
        super().__init__(f"{field} cannot be written to a phone")
        self.field = field


def is_line(text: str) -> bool:
    """Say whether a text stays one line in every format and is legal in XML 1.0."""
    if text.isascii():
        return text.isprintable() or not text
    return not any(
        unicodedata.category(sign) in _UNSAFE or (ord(sign) & 0xFFFE) == 0xFFFE
        for sign in text
    )


def check_text(field: str, text: str) -> None:
    """Refuse a text for people that would break a line, or that is too long."""
    if len(text) > LONGEST_TEXT or text != text.strip() or not is_line(text):
        raise BadValue(field)


def check_number(field: str, text: str) -> None:
    """Refuse what a phone cannot dial; empty is allowed."""
    if text and not _NUMBER.fullmatch(text):
        raise BadValue(field)


def check_user(field: str, text: str) -> None:
    """Refuse what is no plain user part of a SIP address."""
    if not _USER.fullmatch(text):
        raise BadValue(field)


def check_secret(field: str, text: str) -> None:
    """Refuse secrets that some format quotes or cuts; empty is allowed."""
    if text and not _SECRET.fullmatch(text):
        raise BadValue(field)


def check_host(field: str, text: str) -> None:
    """Refuse what is neither a host name nor an IPv4 address; empty is allowed."""
    if not text:
        return
    numeric = text.replace(".", "").isdigit()
    if not _HOST.fullmatch(text) or (numeric and not _is_ipv4(text)):
        raise BadValue(field)


def check_url(field: str, text: str) -> None:
    """Refuse what is no web address without user and password; empty is allowed."""
    if not text:
        return
    if not _URL.fullmatch(text):
        raise BadValue(field)
    parts = _split(field, text)
    if parts[0] not in {"http", "https"} or not parts[1] or "@" in parts[1]:
        raise BadValue(field)


def _split(field: str, text: str) -> tuple[str, str]:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise BadValue(field) from error
    return parts.scheme, parts.netloc


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
