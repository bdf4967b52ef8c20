"""Recorded calls: what a customer's rules are, and a row per recording that is kept.

Asterisk writes the sound into its spool; a sweep (`pbx.recording_spool`) makes it smaller,
puts it away below `settings.RECORDINGS_DIR` under a name nobody can guess, and makes the
row. Whether an extension's calls are recorded stands at the extension.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.prompts import Prompt


class RecordingRules(models.Model):
    """How a customer records. Without a row the defaults hold (`rules_of`)."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="recording_rules"
    )
    announce = models.BooleanField(
        _("announcement"),
        default=True,
        help_text=_(
            "Both parties hear that the call is recorded before it begins. In Germany"
            " recording without the consent of everybody who speaks is a criminal offence"
            " (§ 201 StGB): switch it off only where you have that consent otherwise."
        ),
    )
    prompt = models.ForeignKey(
        Prompt,
        on_delete=models.PROTECT,
        related_name="recording_rules",
        verbose_name=_("own announcement"),
        help_text=_("Empty: “This call is recorded.”"),
        null=True,
        blank=True,
    )
    keep_days = models.PositiveSmallIntegerField(
        _("kept for, days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Then recordings are deleted for good, also those made before."),
    )
    # Keys of people; none: every administrator.
    listeners = models.JSONField(_("who may listen"), default=list, blank=True)

    objects = OwnedManager["RecordingRules"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        verbose_name = _("rules for recordings")

    def __str__(self) -> str:
        return str(self.customer)

    def clean(self) -> None:
        """Refuse the announcement of somebody else."""
        super().clean()
        if self.prompt is not None and self.prompt.customer_id != self.customer_id:
            message = _("Choose a prompt of this customer.")
            raise ValidationError({"prompt": message})


class Recording(models.Model):
    """A recorded call, or the recorded part of one. `key` is the name of its file."""

    class Direction(models.TextChoices):
        """Which way the call went, seen from the extension."""

        IN = "in", _("incoming")
        OUT = "out", _("outgoing")
        INSIDE = "inside", _("inside")

    class Reason(models.TextChoices):
        """Why it was recorded."""

        RULE = "rule", _("by the setting of the extension")
        GROUP = "group", _("by the setting of the hunt group")
        QUEUE = "queue", _("by the setting of the queue")
        DEMAND = "demand", _("on demand")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="recordings"
    )
    extension = models.ForeignKey(
        Extension, on_delete=models.SET_NULL, related_name="recordings", null=True
    )
    extension_number = models.CharField(max_length=6)
    direction = models.CharField(max_length=6, choices=Direction)
    other_number = models.CharField(max_length=32, blank=True)
    reason = models.CharField(max_length=6, choices=Reason)
    through = models.CharField(max_length=100, blank=True)  # the group or queue
    announced = models.BooleanField(default=True)
    started_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()  # of sound, without the pauses
    # When somebody paused it (seconds since 1970) and for how many seconds.
    pauses = models.JSONField(default=list, blank=True)
    linkedid = models.CharField(max_length=150)
    key = models.UUIDField(unique=True)
    size = models.PositiveBigIntegerField()

    objects = OwnedManager["Recording"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("recording")
        indexes = [
            models.Index(
                fields=["customer", "-started_at", "-id"], name="recording_list"
            ),
            models.Index(fields=["customer", "linkedid"], name="recording_call"),
        ]

    def __str__(self) -> str:
        return f"{self.extension_number} · {self.other_number or '?'}"

    @property
    def told_pauses(self) -> list[tuple[dt.datetime, int]]:
        """Return when it was paused, and for how many seconds."""
        return [(dt.datetime.fromtimestamp(at, dt.UTC), s) for at, s in self.pauses]


def rules_of(customer: Customer) -> RecordingRules:
    """Return a customer's rules, unsaved defaults where none were made."""
    found: Any = RecordingRules.objects.select_related("prompt")
    return found.filter(customer=customer).first() or RecordingRules(customer=customer)
