"""The process that reads a node's journal, as it last reported."""

from __future__ import annotations

from django.db import models

from pbx_console.accounts.scope import OwnedManager


class Follower(models.Model):
    """One row per node. Bytes behind and bad files are shown to the platform's staff."""

    node = models.CharField(max_length=40, unique=True)
    seen_at = models.DateTimeField()
    behind_bytes = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)

    objects = OwnedManager["Follower"]()

    def __str__(self) -> str:
        return self.node
