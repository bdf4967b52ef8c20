"""MAC addresses in any writing: as a label, a barcode, a table or a phone writes them."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

_PAIRS: Final = r"(?:[0-9a-f]{2}%s){5}[0-9a-f]{2}"
_SEPARATORS: Final = (":", "-", r"\.", " ", "_")
_WRITINGS: Final = re.compile(
    "|".join(
        [
            "[0-9a-f]{12}",
            *(_PAIRS % one for one in _SEPARATORS),
            *(f"(?:[0-9a-f]{{4}}{one}){{2}}[0-9a-f]{{4}}" for one in _SEPARATORS),
            *(f"[0-9a-f]{{6}}{one}[0-9a-f]{{6}}" for one in _SEPARATORS),
        ]
    )
)
_LABEL: Final = re.compile(r"^mac(?:[ -]?(?:id|address|addr))?\s*[:=]?\s*(?=[0-9a-f])")
_CHECK: Final = re.compile(
    r"^([0-9a-f]{12})-[0-9a-z]{4}$"
)  # "MAC-ID" with check digits
_LONGEST: Final = 64


class MacProblem(StrEnum):
    """Why a text is no address of one phone."""

    NOT_A_MAC = "not_a_mac"
    ALL_ZERO = "all_zero"
    BROADCAST = "broadcast"
    MULTICAST = "multicast"


class MacError(ValueError):
    """A text that is no address of one phone; `problem` says why."""

    def __init__(self, problem: MacProblem) -> None:
        """Keep the reason; the text itself may be anything and is not kept."""
        super().__init__(problem.value)
        self.problem = problem


def parse_mac(text: str) -> str:
    """Return the address as twelve small hexadecimal digits, or raise `MacError`."""
    digits = _digits(text)
    if digits == "0" * 12:
        raise MacError(MacProblem.ALL_ZERO)
    if digits == "f" * 12:
        raise MacError(MacProblem.BROADCAST)
    if int(digits[:2], 16) & 1:
        raise MacError(MacProblem.MULTICAST)
    return digits


def write_mac(mac: str, separator: str = "", *, upper: bool = False) -> str:
    """Write a parsed address as a vendor or a person wants it."""
    written = separator.join(mac[at : at + 2] for at in range(0, 12, 2))
    return written.upper() if upper else written


def _digits(text: str) -> str:
    """Return the twelve digits of any writing; nothing is checked but the form."""
    if len(text) > _LONGEST:
        raise MacError(MacProblem.NOT_A_MAC)
    plain = unicodedata.normalize("NFKC", text).strip().lower().replace("\u2010", "-")
    plain = _LABEL.sub("", plain)
    checked = _CHECK.match(plain)
    plain = checked[1] if checked else plain
    if not _WRITINGS.fullmatch(plain):
        raise MacError(MacProblem.NOT_A_MAC)
    return re.sub("[^0-9a-f]", "", plain)
