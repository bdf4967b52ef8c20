"""A language in which every translated text is marked: ⟦Save⟧.

It stands in for Dutch. What is on a page without the marks was not asked of the
catalogue, or is not in it, or was translated too early (at import).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from babel import Locale
from django.utils.translation import trans_real

LANGUAGE = "nl"
OPEN, SHUT = "⟦", "⟧"
SEEN_ATTRIBUTES = frozenset(
    [
        "alt",
        "title",
        "placeholder",
        "aria-label",
        "aria-description",
        "aria-roledescription",
        "aria-valuetext",
        "label",
        "content",
    ]
)
# What machines say: scripts, names of columns, examples of files.
NOT_TEXT = frozenset(("script", "style", "code", "pre", "template"))
_LETTERS = re.compile(r"[^\W\d_]{2,}")


@contextmanager
def marked(start: str = OPEN, end: str = SHUT) -> Iterator[None]:
    """Mark every text that the catalogues of Dutch (ours and Django's) hold."""

    def mark(text: str, known: bool) -> str:
        return f"{start}{text}{end}" if known and text.strip() else text

    catalogue: Any = trans_real.translation(LANGUAGE)
    one, many = catalogue.gettext, catalogue.ngettext
    catalogue.gettext = lambda text: mark(one(text), _known(catalogue, text))
    catalogue.ngettext = lambda single, plural, n: mark(many(single, plural, n), True)
    try:
        yield
    finally:
        del catalogue.gettext, catalogue.ngettext


def _known(catalogue: Any, text: str) -> bool:
    held = catalogue._catalog
    return text in held or any((text, n) in held for n in (0, 1))


class _Reader(HTMLParser):
    """Collects the texts that a person sees and that no mark surrounds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.inside: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in NOT_TEXT or values.get("data-own") is not None:
            self.inside.append(tag)
        for name, value in attrs:
            seen = name in SEEN_ATTRIBUTES or name.startswith("data-text")
            if seen and value and self._worth(tag, name, values):
                self.found += unmarked(value)

    @staticmethod
    def _worth(tag: str, name: str, values: dict[str, str | None]) -> bool:
        """A meta tag's content is for people only where it describes."""
        described = values.get("name") in ("description", "author")
        return tag != "meta" or (name == "content" and described)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside:
            return
        outside = []
        for piece in re.split(f"([{OPEN}{SHUT}])", data):
            self.depth += {OPEN: 1, SHUT: -1}.get(piece, 0)
            if self.depth <= 0 and piece not in (OPEN, SHUT):
                outside.append(piece)
        self.found += [text for text in map(_squeeze, outside) if _LETTERS.search(text)]


def unmarked(text: str, start: str = OPEN, end: str = SHUT) -> list[str]:
    """Return the pieces of a text with letters that stand outside all marks."""
    depth, outside = 0, []
    for piece in re.split(f"([{start}{end}])", text):
        depth += {start: 1, end: -1}.get(piece, 0)
        if depth <= 0 and piece not in (start, end):
            outside.append(_squeeze(piece))
    return [piece for piece in outside if _LETTERS.search(piece)]


def unmarked_html(html: str) -> list[str]:
    """Return the visible texts of a page that were not asked of the catalogue."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def calendar_words() -> set[str]:
    """Names of days and months as Babel writes them in this language."""
    locale = Locale.parse(LANGUAGE)
    return {
        name.lower().rstrip(".")
        for table in (locale.days, locale.months)
        for context in table.values()
        for width in context.values()
        for name in width.values()
        if len(name) > 1
    }
