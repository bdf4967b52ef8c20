"""What an end user chooses on the phone page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pbx_console.console import pocket
from pbx_console.console.forms.flow import DestinationChoice
from pbx_console.console.pocket import MOBILE, OTHER, VOICEMAIL, Pocket
from pbx_console.lib import e164

WORDS = {
    pocket.HERE: gettext_lazy("At the phone"),
    MOBILE: gettext_lazy("At another number"),
    VOICEMAIL: gettext_lazy("Straight to voicemail"),
    OTHER: gettext_lazy("At somebody else’s"),
}


class WhereForm(forms.Form):
    """Where every call of the own extension rings."""

    where = forms.ChoiceField(choices=list(WORDS.items()))
    mobile = forms.CharField(
        label=gettext_lazy("Number"), required=False, max_length=40
    )

    def __init__(self, data: Any = None, *, found: Pocket) -> None:
        """Offer voicemail only to who has a box; never the own extension."""
        initial = {"where": found.where, "mobile": found.mobile, "other": found.other}
        super().__init__(data, initial=initial)
        self.found = found
        customer = found.extension.customer
        self.fields["other"] = DestinationChoice(
            customer, empty=_("choose"), label=_("Colleague, group or room")
        )
        if found.box is None:
            kept = [row for row in WORDS.items() if row[0] != VOICEMAIL]
            self.fields["where"].choices = kept  # type: ignore[attr-defined]

    def clean_mobile(self) -> str:
        """Return E.164; only looked at when it is chosen."""
        typed = str(self.cleaned_data.get("mobile") or "")
        if self.cleaned_data.get("where") != MOBILE:
            return ""
        try:
            return e164.parse(typed, country=self.found.extension.customer.country)
        except e164.NumberError as error:
            raise forms.ValidationError(
                _("Type the number with its area code.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """Ask for the colleague where one is meant."""
        data: dict[str, Any] = self.cleaned_data
        if data.get("where") == OTHER and data.get("other") is None:
            self.add_error("other", _("Choose where it should ring."))
        return data
