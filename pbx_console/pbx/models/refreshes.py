"""What Asterisk must still be told after a commit."""

from __future__ import annotations

from django.db import models


class Refresh(models.Model):
    """An endpoint whose cached objects must be expired.

    Written in the transaction of the change, taken by a worker (`pbx.refresh`), gone when
    the PBX confirmed. A Celery task only hints that there is one. `is_removed` also drops
    the endpoint's contacts.
    """

    endpoint_id = models.CharField(max_length=60, unique=True)
    is_removed = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField(auto_now=True)
    attempts = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.endpoint_id
