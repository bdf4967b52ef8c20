"""The form of a schedule: hours of the week, days of its own."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.rows import RowsForm
from pbx_console.pbx.models import Schedule
from pbx_console.pbx.models.schedules import MIDNIGHT, clock

_CLOCK = re.compile(r"([01]?[0-9]|2[0-4])(?:[:.]([0-5][0-9]))?")


class ClockField(forms.CharField):
    """A time of day as minutes since midnight; 24:00 is the end of the day."""

    def __init__(self, label: Any) -> None:
        """Ask in the way in which people write times."""
        hints = {"placeholder": "00:00", "inputmode": "numeric", "size": 5}
        widget = forms.TextInput(attrs=hints)
        super().__init__(required=False, max_length=5, label=label, widget=widget)

    def prepare_value(self, value: Any) -> Any:
        """Show minutes as a time, and what was typed as it was typed."""
        return clock(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Read 8, 8:30, 08.30; an empty text is None."""
        text = str(value or "").strip()
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found else MIDNIGHT + 1
        if minutes > MIDNIGHT:
            raise forms.ValidationError(gettext("Write a time like 08:30."))
        return minutes

    def run_validators(self, value: Any) -> None:
        """Numbers have no length to check."""


class ScheduleForm(RowsForm):
    """A schedule with as many rows as it needs."""

    model = Schedule
    names = ("number", "name", "region", "by_phone")
    destinations = {
        "open_to": _("the call ends"),
        "closed_to": _("the call ends"),
        "holiday_to": _("as when closed"),
    }

    def __init__(
        self, *args: Any, customer: Customer, obj: Schedule | None = None, **kwargs: Any
    ) -> None:
        """Show the hours and days, and some empty rows."""
        super().__init__(*args, customer=customer, obj=obj, **kwargs)
        if "region" in self.fields and obj is None:
            self.fields["region"].initial = "NL" if customer.country == "NL" else ""
        hours: list[Any] = _WEEK
        days: list[Any] = []
        if obj is not None:
            hours = list(obj.hours.values("weekday", "opens", "closes"))
            names = ("name", "first_day", "last_day", "opens", "closes")
            days = list(obj.days.values(*names))
        self.add_rows("hours", _hours_row, hours)
        self.add_rows("days", _days_row, days, more=1)

    def clean(self) -> dict[str, Any]:
        """Return hours and days as lists; say which row is not whole."""
        data: dict[str, Any] = self.cleaned_data
        data["hours"] = self._whole(data, "hours", ("weekday", "opens", "closes"))
        data["days"] = self._whole(data, "days", ("first_day", "name"))
        for row in data["days"]:
            row["last_day"] = row["last_day"] or row["first_day"]
        return data

    def _whole(
        self, data: dict[str, Any], part: str, needed: tuple[str, ...]
    ) -> list[dict[str, Any]]:
        rows = []
        for place, row in self.take_rows(data, part):
            missing = [name for name in needed if row.get(name) in (None, "")]
            for name in missing:
                field = f"{part}-{place}-{name}"
                if field not in self.errors:
                    self.add_error(field, gettext("Fill in the whole row."))
            if not missing:
                rows.append(row)
        return rows

    @property
    def hours(self) -> list[list[forms.BoundField]]:
        """Return the rows of weekly hours."""
        return self.shown_rows("hours")

    @property
    def days(self) -> list[list[forms.BoundField]]:
        """Return the rows of own days."""
        return self.shown_rows("days")


_WEEK = [{"weekday": day, "opens": 8 * 60, "closes": 17 * 60} for day in range(5)]


def _hours_row() -> dict[str, forms.Field]:
    choices = [("", "–"), *WEEKDAYS.items()]
    weekday = forms.TypedChoiceField(
        choices=choices,
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Weekday"),
    )
    return {
        "weekday": weekday,
        "opens": ClockField(_("From")),
        "closes": ClockField(_("Until")),
    }


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=False, label=label, widget=widget)


def _days_row() -> dict[str, forms.Field]:
    return {
        "name": forms.CharField(required=False, max_length=60, label=_("What for")),
        "first_day": _day(_("First day")),
        "last_day": _day(_("Last day")),
        "opens": ClockField(_("From")),
        "closes": ClockField(_("Until")),
    }
