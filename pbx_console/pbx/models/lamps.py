"""Lamps on phones: what a key subscribes to.

Asterisk's hints know no customer, so the name of a lamp carries a word that only the
customer's own phones are told: `205-3f9ab0c71d24`. A dialled `205-<word>` is 205.
"""

from __future__ import annotations

import secrets

from django.db import models

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager


def random_word() -> str:
    """Return 48 random bits as hex: too many to be tried over SIP."""
    return secrets.token_hex(6)


class LampWord(models.Model):
    """The word of one customer."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="lamp_word"
    )
    word = models.CharField(max_length=12, unique=True, default=random_word)

    objects = OwnedManager["LampWord"](
        reseller="customer__reseller", customer="customer"
    )

    def __str__(self) -> str:
        return self.word

    def lamp(self, number: str) -> str:
        """Return what a key for an internal number subscribes to and dials."""
        return f"{number}-{self.word}"
