"""When somebody is there: hours of the week, holidays, days of one's own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination, Kind, Reachable
from pbx_console.pbx.models.holidays import Region

MIDNIGHT = 24 * 60


def clock(minutes: int) -> str:
    """Return minutes since midnight as people write them: 510 -> 08:30."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _leads_to(name: str, words: Any, **more: Any) -> Any:
    return models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name=f"{name}_of_schedules",
        null=True,
        blank=True,
        verbose_name=words,
        **more,
    )


class Schedule(Reachable):
    """Sends a call where the moment says, in the time zone of the customer."""

    kind = Kind.SCHEDULE

    class State(models.TextChoices):
        """What a moment is."""

        OPEN = "open", _("open now")
        CLOSED = "closed", _("closed now")
        HOLIDAY = "holiday", _("holiday now")

    region = models.CharField(
        _("public holidays"), max_length=5, choices=Region, blank=True
    )
    open_to = _leads_to("open", _("when open"))
    closed_to = _leads_to("closed", _("when closed"))
    holiday_to = _leads_to("holiday", _("on holidays"))
    override = models.CharField(
        _("switched by hand"), max_length=7, choices=State, blank=True, default=""
    )
    by_phone = models.BooleanField(
        _("may be switched by telephone"),
        default=True,
        help_text=_("Every phone of the customer can switch it with a code."),
    )

    objects = OwnedManager["Schedule"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("schedule")

    @property
    def listed_hours(self) -> list[str]:
        """Return its weekly hours as text, for the log."""
        return [str(row) for row in self.hours.all()]

    @property
    def listed_days(self) -> list[str]:
        """Return its own days as text, for the log."""
        return [str(row) for row in self.days.all()]

    @property
    def hour_rows(self) -> list[str]:
        """Return its weekly hours to be made again: `0 480 1020`."""
        rows = self.hours.all()
        return [f"{row.weekday} {row.opens} {row.closes}" for row in rows]

    @property
    def day_rows(self) -> list[str]:
        """Return its own days to be made again: `2026-12-24 2026-12-26 - - Xmas`."""
        return [
            " ".join(
                str("-" if part is None else part)
                for part in (
                    row.first_day,
                    row.last_day,
                    row.opens,
                    row.closes,
                    row.name,
                )
            )
            for row in self.days.all()
        ]


class Hours(models.Model):
    """What weekly hours and days of one's own share: from when until when."""

    opens: Any
    closes: Any

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse hours that end before they begin."""
        if None not in (self.opens, self.closes) and self.closes <= self.opens:
            raise ValidationError(
                _(
                    "%(from)s to %(until)s ends before it begins. Write hours over"
                    " midnight as two rows: until 24:00, and from 00:00 the next day."
                ),
                params={"from": clock(self.opens), "until": clock(self.closes)},
            )


class ScheduleHours(Hours):
    """Open on a weekday (0 is Monday) from `opens` until `closes`, in minutes."""

    schedule = models.ForeignKey(
        Schedule, on_delete=models.CASCADE, related_name="hours"
    )
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=list(WEEKDAYS.items())
    )
    opens = models.PositiveSmallIntegerField(
        _("from"), validators=[MaxValueValidator(MIDNIGHT - 1)]
    )
    closes = models.PositiveSmallIntegerField(
        _("until"), validators=[MaxValueValidator(MIDNIGHT)]
    )

    objects = OwnedManager["ScheduleHours"](
        reseller="schedule__customer__reseller", customer="schedule__customer"
    )

    class Meta:
        ordering = ("schedule", "weekday", "opens")
        verbose_name = _("opening hours")

    def __str__(self) -> str:
        day = WEEKDAYS[self.weekday]
        return f"{day} {clock(self.opens)}–{clock(self.closes)}"


class ScheduleDay(Hours):
    """Days of one's own, both included: closed, or open at other hours."""

    schedule = models.ForeignKey(
        Schedule, on_delete=models.CASCADE, related_name="days"
    )
    name = models.CharField(_("what for"), max_length=60)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    opens = models.PositiveSmallIntegerField(
        _("from"), null=True, blank=True, validators=[MaxValueValidator(MIDNIGHT - 1)]
    )
    closes = models.PositiveSmallIntegerField(
        _("until"), null=True, blank=True, validators=[MaxValueValidator(MIDNIGHT)]
    )

    objects = OwnedManager["ScheduleDay"](
        reseller="schedule__customer__reseller", customer="schedule__customer"
    )

    class Meta:
        ordering = ("schedule", "first_day")
        verbose_name = _("own day")
        constraints = [
            models.CheckConstraint(
                name="schedule_day_order",
                condition=models.Q(last_day__gte=models.F("first_day")),
            ),
            models.CheckConstraint(
                name="schedule_day_hours",
                condition=models.Q(opens=None, closes=None)
                | models.Q(closes__gt=models.F("opens")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} {self.name}"

    def clean(self) -> None:
        """Refuse days and hours that end before they begin, and half an opening."""
        super().clean()
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("It lies before the first day.")})
        if (self.opens is None) != (self.closes is None):
            raise ValidationError(_("Write both hours, or none for a closed day."))
