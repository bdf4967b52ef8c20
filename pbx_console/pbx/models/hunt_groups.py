"""Several phones behind one number."""

from __future__ import annotations

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination, Kind, Reachable


class HuntGroup(Reachable):
    """Rings its members until one answers; then the overflow takes the call.

    Whose turn it is and who was idle for how long is known to Asterisk alone.
    """

    kind = Kind.GROUP

    class Strategy(models.TextChoices):
        """In which order the members ring."""

        ALL = "all", _("all at once")
        ORDER = "order", _("one after another")
        ROTATING = "rotating", _("one after another, each call begins with the next")
        IDLE = "idle", _("whoever has not spoken for the longest time")

    strategy = models.CharField(
        _("who rings"), max_length=8, choices=Strategy, default=Strategy.ALL
    )
    ring_seconds = models.PositiveSmallIntegerField(
        _("seconds per step"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
        help_text=_("How long all members ring, or each of them in turn."),
    )
    overflow = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="overflow_of_groups",
        null=True,
        blank=True,
        verbose_name=_("if nobody answers"),
    )
    name_prefix = models.CharField(
        _("before the caller's name"),
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(
                r'^[^\x00-\x1f\x7f"<>\\;]*$',
                _("Letters and digits without quotes, <, >, \\ and ;."),
            )
        ],
        help_text=_("Members see it on their display, for example “Sales”."),
    )
    is_recorded = models.BooleanField(
        _("record its calls"),
        default=False,
        help_text=_(
            "Both parties are told before it begins, as the rules for recordings say."
        ),
    )

    objects = OwnedManager["HuntGroup"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("hunt group")

    @property
    def member_ids(self) -> list[int]:
        """Return the destinations of its members, in order."""
        return [row.destination_id for row in self.members.all()]

    @property
    def listed_members(self) -> list[str]:
        """Return the members as people know them, for the log."""
        rows = self.members.select_related("destination")
        return [str(row.destination) for row in rows]


class HuntGroupMember(models.Model):
    """An extension, or another group whose members ring in its place."""

    group = models.ForeignKey(
        HuntGroup, on_delete=models.CASCADE, related_name="members"
    )
    destination = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="member_of_groups",
        verbose_name=_("member"),
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = OwnedManager["HuntGroupMember"](
        reseller="group__customer__reseller", customer="group__customer"
    )

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("group member")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "destination"], name="group_member_once"
            )
        ]

    def __str__(self) -> str:
        return str(_("member"))

    @property
    def part_of(self) -> HuntGroup:
        """Return the group."""
        return self.group
