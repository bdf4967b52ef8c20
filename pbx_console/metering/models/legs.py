"""A carrier leg: one metered channel between the PBX and a trunk."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import OwnedManager


class LegQuerySet(models.QuerySet["Leg"]):
    """What lists and reports ask."""

    def newest_first(self) -> Self:
        """Order for lists and keyset paging."""
        return self.order_by("-answered_at", "-id")

    def before(self, answered_at: datetime, leg_id: int) -> Self:
        """Return the rows after the given one in `newest_first` order."""
        return self.filter(
            models.Q(answered_at__lt=answered_at)
            | models.Q(answered_at=answered_at, id__lt=leg_id)
        )

    def needing_attention(self) -> Self:
        """Return what was neither billed nor is in progress, and why is in `reason`."""
        return self.filter(state__in=Leg.ATTENTION)


class LegManager(OwnedManager["Leg"].from_queryset(LegQuerySet)):  # type: ignore[misc]
    """Legs of the scope."""


class Leg(models.Model):
    """Connected time of one channel, with who pays for it.

    Exists from ANSWER on. `number` is the dialled or called E.164 number with plus, or an
    emergency number. `duration_ms` runs from ANSWER to HANGUP. Rows are derived from
    channel events and can be rebuilt (`manage.py rebuild_legs`).
    """

    class Direction(models.TextChoices):
        """Which way the carrier sees the call."""

        OUT = "out", _("outgoing")
        IN = "in", _("incoming")
        EMERGENCY = "emergency", _("emergency")
        UNKNOWN = "unknown", _("unknown")

    class State(models.TextChoices):
        """Where the leg is on its way to the bill."""

        OPEN = "open", _("in progress")
        FINISHED = "finished", _("waiting for its price")
        RATED = "rated", _("rated")
        UNPRICED = "unpriced", _("without a price")
        FLAGGED = "flagged", _("to be checked")
        UNATTRIBUTED = "unattributed", _("without a customer")
        WAIVED = "waived", _("not billed")

    ATTENTION = (State.UNPRICED, State.FLAGGED, State.UNATTRIBUTED)

    class Reason(models.TextChoices):
        """Why a leg is not simply rated."""

        NONE = "", ""
        NO_CUSTOMER = "no_customer", _("The channel named no customer.")
        UNKNOWN_CUSTOMER = (
            "unknown_customer",
            _("The channel named an unknown customer."),
        )
        RESTARTED = (
            "restarted",
            _("The PBX stopped during the call; the end is not known."),
        )
        NO_HANGUP = "no_hangup", _("No end was recorded within the longest call time.")
        NO_ANSWER = "no_answer", _("The call was connected without a recorded answer.")
        UNREADABLE = "unreadable", _("The channel's billing data could not be read.")
        BACKWARDS = (
            "backwards",
            _("The call ended before it began; the clock was changed."),
        )
        NO_WHOLESALE = "no_wholesale_price", _("The purchase list has no price for it.")
        NO_RETAIL = (
            "no_retail_price",
            _("The customer's price list has no price for it."),
        )
        NO_WHOLESALE_LIST = "no_wholesale_list", _("The reseller has no purchase list.")
        NO_RETAIL_LIST = "no_retail_list", _("The customer has no price list.")
        ACCEPTED = "accepted", _("Checked and accepted by a person.")
        WAIVED = "waived", _("Checked and not billed.")

    node = models.CharField(max_length=40)
    uniqueid = models.CharField(max_length=150)
    linkedid = models.CharField(max_length=150)
    reseller = models.ForeignKey(
        Reseller,
        on_delete=models.PROTECT,
        null=True,
        related_name="legs",
        db_index=False,
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        related_name="legs",
        db_index=False,
    )
    direction = models.CharField(max_length=9, choices=Direction)
    extension_number = models.CharField(max_length=20, blank=True)
    trunk_slug = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=24, blank=True)
    caller_number = models.CharField(max_length=24, blank=True)
    answered_at = models.DateTimeField()
    hung_up_at = models.DateTimeField(null=True)
    duration_ms = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, choices=State)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)

    objects = LegManager(reseller="reseller", customer="customer")

    class Meta:
        verbose_name = _("call leg")
        constraints = [
            models.UniqueConstraint(fields=["node", "uniqueid"], name="leg_once"),
            models.CheckConstraint(
                name="leg_duration",
                condition=models.Q(duration_ms=None) | models.Q(duration_ms__gte=0),
            ),
            models.CheckConstraint(
                name="leg_billable_has_owner",
                condition=~models.Q(state__in=["finished", "rated", "unpriced"])
                | models.Q(
                    reseller__isnull=False,
                    customer__isnull=False,
                    hung_up_at__isnull=False,
                    duration_ms__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["reseller", "-answered_at", "-id"], name="leg_reseller"
            ),
            models.Index(
                fields=["customer", "-answered_at", "-id"], name="leg_customer"
            ),
            models.Index(fields=["-answered_at", "-id"], name="leg_everyone"),
            models.Index(fields=["linkedid"], name="leg_call"),
            models.Index(
                fields=["id"], name="leg_finished", condition=models.Q(state="finished")
            ),
            models.Index(
                fields=["node", "answered_at"],
                name="leg_open",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["reseller", "-answered_at", "-id"],
                name="leg_attention",
                condition=models.Q(state__in=["unpriced", "flagged", "unattributed"]),
            ),
            models.Index(
                fields=["customer"],
                name="leg_spending",
                condition=models.Q(state="open", direction="out"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.number}"
