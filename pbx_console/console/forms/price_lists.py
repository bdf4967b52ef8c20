"""Price lists: rules of the list, upload of its prices."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.console.forms.base import Filters, NounForm, timezone_choices
from pbx_console.metering.models import PriceList

DAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]


def _clock(minute: int) -> dt.time:
    return dt.time(minute // 60 % 24, minute % 60)


class PriceListForm(NounForm):
    """A list with its rounding and its peak hours."""

    model = PriceList
    names = ("name", "slug", "currency", "timezone", "rounding", "split_peak")
    peak_days = forms.MultipleChoiceField(
        label=_("Peak days"),
        choices=DAYS,
        required=False,
        initial=["0", "1", "2", "3", "4"],
        widget=forms.CheckboxSelectMultiple,
    )
    peak_from = forms.TimeField(
        label=_("Peak from"),
        initial=dt.time(8),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    peak_until = forms.TimeField(
        label=_("Peak until"),
        initial=dt.time(18),
        help_text=_("00:00 means midnight at the end of the day."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, obj: PriceList | None = None, **kwargs: Any) -> None:
        """Keep the short name of a list that exists: it stands in its address."""
        initial = _peak(obj) if obj else {}
        super().__init__(*args, obj=obj, initial=initial, **kwargs)
        current = obj.timezone if obj else "Europe/Berlin"
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Time zone"), choices=timezone_choices(current), initial=current
        )
        if obj is not None:
            del self.fields["slug"]
        self.order_fields(self.names)

    def clean(self) -> dict[str, Any]:
        """Turn days and times into the list's own figures."""
        data: dict[str, Any] = self.cleaned_data
        data["peak_days"] = sum(1 << int(day) for day in data.get("peak_days", []))
        since, until = data.pop("peak_from", None), data.pop("peak_until", None)
        if since is not None and until is not None:
            data["peak_from_minute"] = since.hour * 60 + since.minute
            data["peak_until_minute"] = until.hour * 60 + until.minute or 24 * 60
        return data


def _peak(obj: PriceList) -> dict[str, Any]:
    return {
        "peak_days": [str(day) for day in range(7) if obj.peak_days >> day & 1],
        "peak_from": _clock(obj.peak_from_minute),
        "peak_until": _clock(obj.peak_until_minute),
    }


class PriceFilters(Filters):
    """Search a list by prefix or destination."""

    placeholder = _("Prefix or destination")
