"""Numbers that come from another carrier or leave for one, as a process with dates."""

from __future__ import annotations

from typing import Any

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination
from pbx_console.pbx.models.trunks import Trunk


class Porting(models.Model):
    """One order: some numbers of a customer, in or out, and how far it is."""

    class Direction(models.TextChoices):
        """Which way the numbers go."""

        IN = "in", _("coming in")
        OUT = "out", _("leaving")

    class State(models.TextChoices):
        """How far it is. `services.portings.STEPS` says what may follow what."""

        DRAFT = "draft", _("draft")
        SENT = "sent", _("sent")
        CONFIRMED = "confirmed", _("confirmed")
        REJECTED = "rejected", _("rejected")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="portings",
        verbose_name=_("customer"),
    )
    direction = models.CharField(
        _("direction"), max_length=3, choices=Direction, default=Direction.IN
    )
    numbers = models.JSONField(_("numbers"), default=list, blank=True)
    # A range that moves as a block: its stem and the digits behind it.
    stem = models.CharField(
        _("stem of a range"),
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^\+[1-9][0-9]{3,12}$", _("E.164 with a plus."))],
    )
    digits = models.PositiveSmallIntegerField(
        _("digits behind it"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
    )
    carrier = models.CharField(
        _("other carrier"),
        max_length=80,
        help_text=_("Who has the numbers today, or who gets them."),
    )
    reference = models.CharField(_("their reference"), max_length=60, blank=True)
    holder = models.CharField(
        _("holder of the connection"),
        max_length=120,
        blank=True,
        help_text=_("Name and address exactly as the other carrier has them."),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.DRAFT, db_index=True
    )
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    agreed_on = models.DateField(_("agreed for"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    trunk = models.ForeignKey(
        Trunk,
        on_delete=models.PROTECT,
        related_name="portings",
        null=True,
        blank=True,
        verbose_name=_("trunk"),
    )
    destination = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="destination_of_portings",
        null=True,
        blank=True,
        verbose_name=_("leads to"),
        help_text=_("From the day on that the numbers are live."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    rejected_at = models.DateTimeField(_("rejected"), null=True, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    reminded_for = models.DateField(null=True, editable=False)
    overdue_told_on = models.DateField(null=True, editable=False)

    objects = OwnedManager["Porting"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("porting")

    def __str__(self) -> str:
        more = f" (+{len(self.named) - 1})" if len(self.named) > 1 else ""
        return f"{self.named[0] if self.named else ''}{more}"

    @property
    def named(self) -> list[str]:
        """Return what it moves: the range as first and last number, then the others."""
        if not self.stem or not self.digits:
            return list(self.numbers)
        last = f"{self.stem}{'9' * self.digits}"
        return [f"{self.stem}{'0' * self.digits} – {last}", *self.numbers]

    @property
    def name(self) -> str:
        """Return what pages call it."""
        return str(self)

    @property
    def is_open(self) -> bool:
        """Say whether something is still to come."""
        return self.state not in (self.State.DONE, self.State.CANCELLED)

    @property
    def day(self) -> Any:
        """Return the day it is about: agreed for, else wanted on."""
        return self.agreed_on or self.wanted_on


class PortingDocument(models.Model):
    """A paper of a porting: the signed order, the answer of the other carrier."""

    porting = models.ForeignKey(
        Porting, on_delete=models.CASCADE, related_name="documents"
    )
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(max_length=20)
    data = models.BinaryField()
    size = models.PositiveIntegerField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager["PortingDocument"](
        reseller="porting__customer__reseller", customer="porting__customer"
    )

    class Meta:
        ordering = ("id",)
        verbose_name = _("document")
        constraints = [
            models.UniqueConstraint(
                fields=["porting", "digest"],
                name="porting_document_once",
                violation_error_message=_("This document is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
