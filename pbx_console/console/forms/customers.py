"""Customers: the form, the choice of a price list, the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts import features
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.models.resellers import Feature
from pbx_console.console.forms.base import (
    LIMITS,
    Filters,
    NounForm,
    features_field,
    timezone_choices,
)


class CustomerForm(NounForm):
    """A customer as its reseller describes it."""

    model = Customer
    names: tuple[str, ...] = (
        "name",
        "erp_number",
        "country",
        "language",
        "timezone",
        *LIMITS,
    )
    timezone = forms.ChoiceField(label=_("Time zone"))

    def __init__(
        self,
        *args: Any,
        obj: Customer | None = None,
        reseller: Reseller | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer the zones near the customer, and what its reseller has itself."""
        super().__init__(*args, obj=obj, **kwargs)
        offered = features.offered(reseller) if reseller else list(Feature)
        chosen = obj.features if obj else offered
        self.fields["features"] = features_field(offered, chosen)
        self.beyond = set(chosen) - set(offered)
        current = obj.timezone if obj else ""
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=timezone_choices(current),
            initial=current or "Europe/Berlin",
        )

    def clean_features(self) -> list[str]:
        """Leave what the reseller does not have now as it was."""
        return [*self.cleaned_data["features"], *self.beyond]


class CustomerChangeForm(CustomerForm):
    """The same for a customer that exists: it can be closed."""

    names = (*CustomerForm.names, "max_call_minutes", "is_active")


class ResellerChoice(forms.Form):
    """For whom platform staff add something."""

    reseller = forms.ModelChoiceField(
        Reseller.objects.none(), label=_("Reseller"), to_field_name="slug"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the active resellers of the scope."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reseller"]
        field.queryset = Reseller.objects.filter(is_active=True)


class CustomerFilters(Filters):
    """Search by name, customer number or outside number."""

    placeholder = _("Name, customer number, number")
    reseller = forms.SlugField(required=False, label=_("Reseller"))
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("all")), ("active", _("active")), ("closed", _("closed"))],
    )

    def __init__(self, data: Any, *, everyone: bool) -> None:
        """Only platform staff choose a reseller."""
        super().__init__(data)
        if not everyone:
            del self.fields["reseller"]
            self.cleaned_data.pop("reseller", None)
