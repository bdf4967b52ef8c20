"""What Asterisk must confirm: a revision we want and the revision it was seen with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """What the page shows beside an object."""

    LIVE = "live", _("Live")
    PENDING = "pending", _("Pending")
    FAILED = "failed", _("Failed")


class Confirmed(models.Model):
    """Mixin: `revision` counts saves, `live_revision` is what the PBX confirmed."""

    revision = models.PositiveIntegerField(default=0)
    live_revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(auto_now=True)
    live_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def state(self) -> State:
        """Return live, failed (with a reason in `failure`) or pending."""
        if self.revision == self.live_revision:
            return State.LIVE
        return State.FAILED if self.failure else State.PENDING

    @property
    def seconds_to_live(self) -> float | None:
        """Return how long the PBX took to confirm the last save."""
        if self.state != State.LIVE or self.live_at is None:
            return None
        return max((self.live_at - self.saved_at).total_seconds(), 0.0)
