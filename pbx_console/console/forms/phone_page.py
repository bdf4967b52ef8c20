"""What an end user chooses on the phone page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pbx_console.console import pocket
from pbx_console.console.forms.flow import DestinationChoice
from pbx_console.console.pocket import ALWAYS, MOBILE, OTHER, VOICEMAIL, Pocket
from pbx_console.lib import e164

WORDS = {
    pocket.HERE: gettext_lazy("At the phone"),
    MOBILE: gettext_lazy("At another number"),
    VOICEMAIL: gettext_lazy("Straight to voicemail"),
    OTHER: gettext_lazy("At somebody else’s"),
}


ELSE = WORDS | {
    pocket.HERE: gettext_lazy("Nowhere else"),
    VOICEMAIL: gettext_lazy("To voicemail"),
    MOBILE: gettext_lazy("To another number"),
    OTHER: gettext_lazy("To somebody else"),
}
SECONDS = (15, 20, 30, 45, 60)


class RingForm(forms.Form):
    """How the own phones ring."""

    ring_seconds = forms.IntegerField(min_value=5, max_value=120, required=False)
    call_waiting = forms.TypedChoiceField(
        choices=[("1", ""), ("0", "")],
        required=False,
        coerce=lambda value: value == "1",
        empty_value=None,
    )

    @property
    def values(self) -> dict[str, Any]:
        """Return what was sent of the two."""
        return {k: v for k, v in self.cleaned_data.items() if v is not None}


class WhereForm(forms.Form):
    """Where the calls of the own extension go: every call, or those of a condition."""

    where = forms.ChoiceField(choices=list(WORDS.items()))
    mobile = forms.CharField(
        label=gettext_lazy("Number"), required=False, max_length=40
    )

    def __init__(
        self, data: Any = None, *, found: Pocket, condition: str = ALWAYS
    ) -> None:
        """Offer voicemail only to who has a box; never the own extension."""
        self.way = found.way(condition)
        initial = {
            "where": self.way.where,
            "mobile": found.outside(condition),
            "other": self.way.other,
        }
        always = condition == ALWAYS
        ids = "id_%s" if always else f"id_{condition}_%s"
        super().__init__(data, initial=initial, auto_id=ids)
        self.found = found
        self.fields["other"] = DestinationChoice(
            found.extension.customer,
            empty=_("choose"),
            label=_("Colleague, group or room"),
        )
        self.words = {
            key: word
            for key, word in (WORDS if always else ELSE).items()
            if key != VOICEMAIL or found.box is not None
        }
        self.fields["where"].choices = self.words.items()  # type: ignore[attr-defined]

    @property
    def choices(self) -> list[tuple[str, Any, str]]:
        """Return (value, word, icon) of what can be chosen."""
        return [(key, word, pocket.ICONS[key]) for key, word in self.words.items()]

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
