"""Filters of the list of calls."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.console.forms.base import DayFilters
from pbx_console.metering.models import Leg


class CallFilters(DayFilters):
    """Days, direction, customer, extension; search by digits of the outside number."""

    direction = forms.ChoiceField(
        required=False,
        label=_("Direction"),
        choices=[("", _("all")), *Leg.Direction.choices[:3]],
    )
    customer = forms.SlugField(required=False, label=_("Customer code"))
    extension = forms.CharField(
        required=False,
        label=_("Extension"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    state = forms.ChoiceField(
        required=False,
        label=_("Billing"),
        choices=[
            ("", _("all")),
            ("attention", _("needs a look")),
            ("rated", _("rated")),
            ("open", _("in progress")),
        ],
    )

    def __init__(self, data: Any, *, customer_is_fixed: bool, money: bool) -> None:
        """Leave out what the page fixes already."""
        super().__init__(data)
        dropped = (["customer"] if customer_is_fixed else []) + (
            [] if money else ["state"]
        )
        for name in dropped:
            del self.fields[name]
            self.cleaned_data.pop(name, None)
