"""Babel's locale for the language in force: what pages, mails and documents write by."""

from __future__ import annotations

from babel import Locale
from django.utils.translation import get_language

_HERE = {"en": "en-GB"}  # English as read in Europe: the day before the month


def locale() -> Locale:
    """Return Babel's locale for the language in force."""
    language = get_language() or "en"
    return Locale.parse(_HERE.get(language, language), sep="-")
