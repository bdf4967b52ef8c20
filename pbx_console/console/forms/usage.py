"""Filters of usage."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.console.figures import month_start
from pbx_console.console.forms.base import Filters


class MonthFilters(Filters):
    """A month (`2026-11`) and a search by customer."""

    placeholder = _("Customer or customer number")
    month = forms.RegexField(
        r"^[12]\d{3}-(0[1-9]|1[0-2])$", required=False, label=_("Month")
    )

    @property
    def first(self) -> dt.date:
        """Return the first day of the month asked for, of the present one without."""
        asked: Any = self.value("month")
        return dt.date.fromisoformat(f"{asked}-01") if asked else month_start()
