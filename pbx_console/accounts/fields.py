"""A text column that is encrypted at rest (AES-256-GCM, one key for the deployment).

The value names its key version and is bound to its table and column, so it cannot be
moved into another one. Python code sees plain text.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

VERSION = "v1."


@cache
def _cipher(key: str) -> AESGCM:
    return AESGCM(urlsafe_b64decode(key))


class SecretField(models.TextField):
    """Stores `v1.` plus base64 of nonce and ciphertext; the empty text stays empty."""

    def _place(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database."""
        if not value:
            return ""
        nonce = os.urandom(12)
        cipher = _cipher(settings.FIELD_KEY)
        sealed = nonce + cipher.encrypt(nonce, str(value).encode(), self._place())
        return VERSION + urlsafe_b64encode(sealed).decode()

    def from_db_value(self, value: Any, *_unused: Any) -> Any:
        """Decrypt on the way back. A wrong key or a moved value raises InvalidTag."""
        if not value:
            return ""
        sealed = urlsafe_b64decode(value.removeprefix(VERSION))
        cipher = _cipher(settings.FIELD_KEY)
        return cipher.decrypt(sealed[:12], sealed[12:], self._place()).decode()
