"""Whether the phone of an account encrypts what is spoken, as its file told it.

Empty: nobody told it anything (it was typed in by hand), and nothing is encrypted. An
account with a new secret has a phone that was told nothing yet.
"""

from __future__ import annotations

from typing import Final

from django.db import models

SRTP: Final = [
    ("", "as it likes"),
    ("off", "never"),
    ("optional", "where the other side can"),
    ("required", "always"),
]
COLUMNS: Final[dict[str, tuple[str | None, str | None]]] = {
    "required": ("sdes", "no"),
    "optional": ("sdes", "yes"),
}


class Encrypted(models.Model):
    """Mixin of accounts."""

    srtp = models.CharField(
        max_length=8,
        blank=True,
        choices=SRTP,
        default="",
        db_default="",
        editable=False,
    )

    class Meta:
        abstract = True

    @property
    def media_encryption(self) -> tuple[str | None, str | None]:
        """Return Asterisk's `media_encryption` and `media_encryption_optimistic`."""
        return COLUMNS.get(self.srtp, (None, None))
