"""Voicemail users and music on hold as Asterisk reads them (extconfig.conf).

Triggers of the console's own tables keep them (pbx migration 0009), so no writer can
forget. Columns: app_voicemail's and res_musiconhold's.
"""

# ruff: noqa: DJ001, S106 - NULL tells Asterisk to take its default; a rule, no password
from __future__ import annotations

from django.db import models


class VoicemailUser(models.Model):
    """A box. `password` is the PIN: the only copy, and Asterisk may change it."""

    uniqueid = models.BigIntegerField(primary_key=True)
    context = models.CharField(max_length=20)
    mailbox = models.CharField(max_length=20)
    password = models.CharField(max_length=10, default="", db_default="")
    fullname = models.CharField(max_length=60)
    language = models.CharField(max_length=5, null=True)
    tz = models.CharField(max_length=60, null=True)
    maxsecs = models.PositiveSmallIntegerField(default=180)

    class Meta:
        db_table = "voicemail"
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "context"], name="voicemail_mailbox"
            ),
            models.CheckConstraint(
                condition=models.Q(password__regex=r"^([0-9]{4,10})?$"),
                name="voicemail_password",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox}@{self.context}"


class MusicOnHold(models.Model):
    """A class of music: the files of a directory, in the order of their names."""

    name = models.CharField(max_length=40, primary_key=True)
    mode = models.CharField(max_length=10, default="files", db_default="files")
    directory = models.CharField(max_length=80)
    sort = models.CharField(max_length=10, default="alpha", db_default="alpha")

    class Meta:
        db_table = "musiconhold"

    def __str__(self) -> str:
        return self.name
