"""The raw journal, row by row. Only ever added to."""

from __future__ import annotations

from django.db import models

from pbx_console.accounts.scope import OwnedManager
from pbx_console.metering.models.journal_files import JournalFile


class ChannelEvent(models.Model):
    """One record of the journal, or bytes that are none (`bad` says why, `raw` keeps them).

    Everything a caller can influence (number, name, channel name, extra) is
    hostile text: show it escaped and decide nothing by it.
    """

    # Written in the transaction that holds the file's row; checking it per row would
    # cost more than the row.
    file = models.ForeignKey(
        JournalFile,
        on_delete=models.PROTECT,
        related_name="events",
        db_index=False,
        db_constraint=False,
    )
    offset = models.BigIntegerField()
    length = models.IntegerField()
    node = models.CharField(max_length=40)
    bad = models.CharField(max_length=20, blank=True)
    raw = models.BinaryField(null=True)
    event_type = models.CharField(max_length=32)
    event_time = models.DateTimeField(null=True)
    uniqueid = models.TextField()
    linkedid = models.TextField()
    channel_name = models.TextField()
    tenantid = models.TextField()
    accountcode = models.TextField()
    userfield = models.TextField()
    caller_number = models.TextField()
    caller_name = models.TextField()
    context = models.TextField()
    peer = models.TextField()
    app_name = models.TextField()
    extra = models.TextField()
    damaged = models.BooleanField(default=False)

    objects = OwnedManager["ChannelEvent"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file", "offset"], name="channel_event_once"
            )
        ]
        indexes = [models.Index(fields=["uniqueid"], name="channel_event_channel")]

    def __str__(self) -> str:
        return f"{self.event_type} {self.uniqueid}"
