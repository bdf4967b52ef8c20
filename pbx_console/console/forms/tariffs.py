"""By which price list somebody pays."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.metering.models import PriceList


class TariffForm(forms.Form):
    """By which list of prices a customer or reseller pays."""

    price_list = forms.ModelChoiceField(
        PriceList.objects.none(),
        label=_("Price list"),
        empty_label=_("choose a list"),
    )

    def __init__(
        self, *args: Any, lists: Any, chosen: Any = None, **kwargs: Any
    ) -> None:
        """Offer these lists."""
        now = chosen.price_list_id if chosen else None
        kwargs["initial"] = {"price_list": now}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["price_list"]
        field.queryset = lists
