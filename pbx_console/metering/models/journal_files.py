"""A file of Asterisk's channel event journal and how far it was read."""

from __future__ import annotations

from django.db import models

from pbx_console.accounts.scope import OwnedManager


class JournalFile(models.Model):
    """One journal file, known by its content and not by its name.

    `identity` is the SHA-256 of the first record. A rotated, copied or restored file has
    the same one and is never read twice; a new file in an old inode has another. `tail`
    is the SHA-256 of the last bytes read (`ingest.TAIL`), so that a file that was
    rewritten in the middle is noticed. Device, inode and name are where it was seen last.
    """

    class State(models.TextChoices):
        """Whether more is expected."""

        OPEN = "open", "open"
        FINISHED = "finished", "finished"

    node = models.CharField(max_length=40)
    identity = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    device = models.BigIntegerField()
    inode = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    offset = models.BigIntegerField(default=0)
    derived_offset = models.BigIntegerField(default=0)
    tail = models.CharField(max_length=64, blank=True)
    rows = models.BigIntegerField(default=0)
    bad_rows = models.BigIntegerField(default=0)
    last_event_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager["JournalFile"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["node", "identity"], name="journal_file_once"
            ),
            models.CheckConstraint(
                name="journal_file_offsets",
                condition=models.Q(derived_offset__lte=models.F("offset")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node}:{self.name}"
