"""Which passwords are refused: too short, too long, too easy to guess, one's own words.

There are no rules about kinds of letters (NIST SP 800-63B, 3.1.1.2). How guessable a
password is says zxcvbn, offline: 30,000 leaked passwords, words, names, keyboard runs,
dates and their usual disguises. It stands for a breached list; the whole one has
hundreds of millions of lines and is not kept here.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from zxcvbn import zxcvbn

LONGEST = 128
STRONG_ENOUGH = 3  # of 4: a hundred million guesses and more
LOOKED_AT = 72  # letters; zxcvbn's work grows with the square
SHORTEST_WORD = 4

HINT = gettext_lazy(
    "12 characters or more. Four words that do not belong together are easy to remember."
)


def own_words(user: Any) -> list[str]:
    """Return the words that others know of a person: name, address, reseller."""
    if user is None:
        return []
    texts = [user.name, *re.split(r"[@.+_-]", user.email)]
    if user.reseller is not None:
        texts.append(user.reseller.name)
    words = [word for text in texts for word in re.split(r"\W+", text.casefold())]
    return [word for word in dict.fromkeys(words) if len(word) >= SHORTEST_WORD]


def refuse_words(password: str, words: list[str]) -> None:
    """Raise when a password contains one of the words, whatever stands between."""
    plain = re.sub(r"[\W_]+", "", password.casefold())
    for word in words:
        if re.sub(r"[\W_]+", "", word.casefold()) in plain:
            raise ValidationError(
                _("Leave “%(word)s” out: it is the first thing others try.")
                % {"word": word},
                code="password_own_word",
            )


class MaximumLengthValidator:
    """Refuses what nobody types, so that hashing stays cheap."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError over 128 characters."""
        if len(password) > LONGEST:
            text = _("At most %(n)s characters are kept.") % {"n": LONGEST}
            raise ValidationError(text, code="password_too_long")

    def get_help_text(self) -> str:
        """Return the hint."""
        return str(HINT)


class OwnWordsValidator:
    """Refuses a person's name, mail address and reseller inside the password."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError naming the word."""
        refuse_words(password, own_words(user))

    def get_help_text(self) -> str:
        """Return nothing: the hint says enough."""
        return ""


class GuessableValidator:
    """Refuses leaked passwords and those put together as everybody does."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password of few guesses."""
        if not password:
            return
        found = zxcvbn(password[:LOOKED_AT], user_inputs=own_words(user))
        if found["score"] < STRONG_ENOUGH:
            text = _(
                "This password is on lists of known ones or easy to guess. "
                "Add a word or two that nobody would expect."
            )
            raise ValidationError(text, code="password_guessable")

    def get_help_text(self) -> str:
        """Return nothing: the hint says enough."""
        return ""
