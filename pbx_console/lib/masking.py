"""Keeping what phones are told out of every log, whoever writes the line."""

from __future__ import annotations

import logging
import re
from typing import Final

MASK: Final = "•••"
# The part of a phone's address that only the phone may know: /p/<secret>/<file>; one
# that was sent to a wrong place looks the same (RANDOM).
_ADDRESS: Final = re.compile(r"(/p/)[^/\s\"'?#]+")
RANDOM: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")


def mask(text: str) -> str:
    """Return a line without secrets of phones and accounts (40 hexadecimal digits)."""
    return RANDOM.sub(MASK, _ADDRESS.sub(rf"\1{MASK}", text))


class MaskedFormatter(logging.Formatter):
    """Masks the finished line: arguments, exceptions and tracebacks are in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as the log may have it."""
        return mask(super().format(record))
