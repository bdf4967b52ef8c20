"""app_queue's realtime tables, named and spelled as Asterisk does.

Underscores stand for the dashes of queues.conf. A row that is gone from `queue_members` is
an agent who is logged out. Asterisk reads them at each call and while somebody waits.
"""

# ruff: noqa: DJ001 - NULL is how Asterisk is told to take its own default
from __future__ import annotations

from django.db import models


class AstQueue(models.Model):
    """One queue. Source: queues.conf.sample."""

    name = models.CharField(max_length=40, primary_key=True)
    strategy = models.CharField(max_length=12)
    timeout = models.PositiveIntegerField()
    retry = models.PositiveIntegerField(default=1)
    wrapuptime = models.PositiveIntegerField()
    maxlen = models.PositiveIntegerField()
    servicelevel = models.PositiveIntegerField()
    musicclass = models.CharField(max_length=40, null=True)
    context = models.CharField(max_length=40, null=True)
    joinempty = models.CharField(max_length=60)
    leavewhenempty = models.CharField(max_length=60)
    ringinuse = models.CharField(max_length=3, default="no")
    autofill = models.CharField(max_length=3, default="yes")
    announce_frequency = models.PositiveIntegerField(default=0)
    min_announce_frequency = models.PositiveIntegerField(default=10)
    announce_position = models.CharField(max_length=3, default="no")
    announce_holdtime = models.CharField(max_length=3, default="no")
    announce_to_first_user = models.CharField(max_length=3, default="no")
    periodic_announce = models.CharField(max_length=120, null=True)
    periodic_announce_frequency = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "queues"

    def __str__(self) -> str:
        return self.name


class AstQueueMember(models.Model):
    """One agent who is logged in. Written by a trigger of pbx (migration 0011)."""

    uniqueid = models.BigIntegerField(primary_key=True)
    queue_name = models.CharField(max_length=40, db_index=True)
    interface = models.CharField(max_length=80)
    membername = models.CharField(max_length=40)
    state_interface = models.CharField(max_length=80)
    penalty = models.PositiveIntegerField(default=0)
    paused = models.PositiveIntegerField(default=0)
    reason_paused = models.CharField(max_length=80, null=True)

    class Meta:
        db_table = "queue_members"

    def __str__(self) -> str:
        return self.interface
