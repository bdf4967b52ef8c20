"""Filters of the audit log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.console.forms.base import Filters


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(required=False, label=label, widget=widget)


class AuditFilters(Filters):
    """Kind of object, person, days, what I did myself; search by object."""

    placeholder = _("Object")
    kind = forms.ChoiceField(
        required=False,
        label=_("Kind"),
        choices=[
            ("", _("all")),
            ("extension", _("Extensions")),
            ("did", _("Numbers")),
            ("customer", _("Customers")),
            ("user", _("People")),
            ("invitation", _("Invitations")),
            ("brand", _("Brand and domains")),
            ("pricelist", _("Price lists")),
            ("trunk", _("Trunks")),
            ("usageexport", _("Usage exports")),
            ("reseller", _("Reseller")),
        ],
    )
    person = forms.CharField(required=False, label=_("Person"), max_length=80)
    since = _day(_("From"))
    until = _day(_("Until"))
    mine = forms.BooleanField(required=False, label=_("Only what I did"))
    object = forms.CharField(
        required=False, label=_("Only this object"), max_length=100
    )

    @property
    def more(self) -> list[forms.BoundField]:
        """Return the fields behind the button; an object is chosen on its own page."""
        return [field for field in super().more if field.name != "object"]

    def words(self, name: str) -> str:
        """Return the value of a filter as a person reads it."""
        return str(_("yes")) if name == "mine" else super().words(name)
