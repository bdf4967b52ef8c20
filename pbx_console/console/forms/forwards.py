"""Where calls of an extension go: one line per condition; its PIN; a new phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pbx_console.console.forms.flow import DestinationChoice
from pbx_console.lib import e164
from pbx_console.pbx.models import Device, Extension, Forward

CONDITIONS = {
    "always": gettext_lazy("Every call"),
    "busy": gettext_lazy("Busy"),
    "no_answer": gettext_lazy("No answer"),
    "offline": gettext_lazy("No phone registered"),
}


class ForwardsForm(forms.Form):
    """All four conditions of one extension: `<condition>_to`, `_number` and `_on`."""

    def __init__(self, *args: Any, extension: Extension, **kwargs: Any) -> None:
        """Offer what the customer has; the numbers as people write them."""
        super().__init__(*args, **kwargs)
        self.extension = extension
        rows = {row.condition: row for row in extension.forwards.all()}
        for condition in CONDITIONS:
            self._add(condition, rows.get(condition))

    def _add(self, condition: str, row: Forward | None) -> None:
        self.fields[f"{condition}_on"] = forms.BooleanField(
            label=_("forwarded"), required=False, initial=bool(row and row.is_active)
        )
        self.fields[f"{condition}_to"] = DestinationChoice(
            self.extension.customer,
            empty=_("an outside number"),
            label=_("To"),
            initial=row.destination_id if row else None,
        )
        self.fields[f"{condition}_number"] = forms.CharField(
            label=_("Outside number"),
            required=False,
            max_length=40,
            initial=row.outside_number if row else "",
        )

    @property
    def lines(self) -> list[tuple[str, Any, Any, Any]]:
        """Return (word, switch, choice, number) per condition."""
        return [
            (str(word), self[f"{name}_on"], self[f"{name}_to"], self[f"{name}_number"])
            for name, word in CONDITIONS.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Read the numbers; ask for a target where a forward is on."""
        for condition in CONDITIONS:
            typed = str(self.cleaned_data.get(f"{condition}_number") or "")
            target = self.cleaned_data.get(f"{condition}_to")
            self.cleaned_data[f"{condition}_number"] = ""
            if typed and target is None:
                self._read(condition, typed)
            elif target is None and self.cleaned_data.get(f"{condition}_on"):
                words = _("Choose where it goes, or type a number.")
                self.add_error(f"{condition}_to", words)
        return self.cleaned_data

    def _read(self, condition: str, typed: str) -> None:
        country = self.extension.customer.country
        try:
            number = e164.parse(typed, country=country)
        except e164.NumberError:
            words = _("Type the number with its area code.")
            self.add_error(f"{condition}_number", words)
        else:
            self.cleaned_data[f"{condition}_number"] = number

    def values(self, condition: str) -> dict[str, Any]:
        """Return what the service is told of one condition."""
        data = self.cleaned_data
        return {
            "destination": data[f"{condition}_to"],
            "outside_number": data[f"{condition}_number"],
            "is_active": data[f"{condition}_on"],
        }


class PinForm(forms.Form):
    """The PIN of an extension."""

    pin = forms.RegexField(
        r"^([0-9]{4,8})?$",
        label=gettext_lazy("PIN"),
        required=False,
        help_text=gettext_lazy("4 to 8 digits. Empty: no PIN."),
        error_messages={"invalid": gettext_lazy("4 to 8 digits.")},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 8}
        ),
    )


class DeviceForm(forms.Form):
    """The name of a phone."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        help_text=Device._meta.get_field("name").help_text,
    )
