"""What a person decides about a call that was not simply rated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.metering.models import Leg

A_DAY = 86_400


class AcceptForm(forms.Form):
    """How long it was; the PBX's own figure stands there first."""

    seconds = forms.DecimalField(
        label=_("Seconds to bill"),
        min_value=0,
        max_value=A_DAY,
        decimal_places=3,
        help_text=_("As the PBX saw it. Change it where you know better."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )

    def __init__(self, data: Any = None, *, leg: Leg) -> None:
        """Begin with the length that is known."""
        known = leg.duration_ms
        start = {} if known is None else {"seconds": str(Decimal(known) / 1000)}
        super().__init__(data, initial=start)


class WaiveForm(forms.Form):
    """Why it is never billed."""

    because = forms.CharField(
        label=_("Why it is not billed"),
        max_length=200,
        help_text=_("Stays in the history of the call."),
    )
