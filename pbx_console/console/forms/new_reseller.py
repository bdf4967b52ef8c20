"""A new reseller, with what it needs to begin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models.resellers import Language
from pbx_console.console.forms.resellers import ResellerForm
from pbx_console.metering.models import PriceList


class NewResellerForm(ResellerForm):
    """A reseller with its purchase list and its first owner, who is invited by mail."""

    price_list = forms.ModelChoiceField(
        PriceList.objects.none(),
        label=_("Purchase list"),
        empty_label=_("choose later"),
        required=False,
    )
    owner_name = forms.CharField(label=_("Name of the owner"), max_length=80)
    owner_email = forms.EmailField(label=_("Mail address of the owner"), max_length=200)
    owner_language = forms.ChoiceField(
        label=_("Language of the owner"), choices=Language.choices
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the platform's own lists."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["price_list"]
        field.queryset = PriceList.objects.filter(kind=PriceList.Kind.WHOLESALE)
