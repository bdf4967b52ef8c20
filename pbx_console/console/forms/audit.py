"""Filters of the audit log."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.console.forms.base import Filters


class AuditFilters(Filters):
    """Kind of object and day; search by object or person."""

    placeholder = _("Object or person")
    kind = forms.ChoiceField(
        required=False,
        label=_("Kind"),
        choices=[
            ("", _("all")),
            ("extension", _("Extensions")),
            ("did", _("Numbers")),
            ("customer", _("Customers")),
            ("user", _("People")),
            ("pricelist", _("Price lists")),
            ("trunk", _("Trunks")),
            ("usageexport", _("Usage exports")),
        ],
    )
    day = forms.DateField(
        required=False, label=_("Day"), widget=forms.DateInput(attrs={"type": "date"})
    )
