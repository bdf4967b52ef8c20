"""Resellers, for platform staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.models.resellers import Feature
from pbx_console.console.forms.base import (
    LIMITS,
    Filters,
    NounForm,
    features_field,
    timezone_choices,
)


class ResellerForm(NounForm):
    """A reseller."""

    model = Reseller
    names = ("name", "slug", "country", "timezone", *LIMITS, "is_active")

    def __init__(self, *args: Any, obj: Reseller | None = None, **kwargs: Any) -> None:
        """Keep the short name of a reseller that exists: it stands in addresses."""
        super().__init__(*args, obj=obj, **kwargs)
        current = obj.timezone if obj else "Europe/Berlin"
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Billing time zone"),
            choices=timezone_choices(current),
            initial=current,
        )
        chosen = obj.features if obj else list(Feature)
        self.fields["features"] = features_field(Feature, chosen)
        if obj is None:
            self.fields["is_active"].initial = True
        else:
            del self.fields["slug"]
        self.order_fields(self.names)


class ResellerFilters(Filters):
    """Search by name."""

    placeholder = _("Name or short name")
