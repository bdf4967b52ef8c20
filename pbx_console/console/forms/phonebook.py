"""Names for outside numbers, and callers that are not wanted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.console.formats import phone
from pbx_console.console.forms.base import Filters, NounForm
from pbx_console.lib import e164
from pbx_console.pbx.models import BlockedNumber, PhonebookEntry

MOST = 10


class EntryForm(NounForm):
    """A name and its numbers, one per line."""

    model = PhonebookEntry
    names = ("name", "note")
    numbers = forms.CharField(
        label=_("Numbers"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One per line, as you would dial them; ten at most."),
    )

    field_order = ["name", "numbers", "note"]

    def __init__(self, *args: Any, country: str, obj: Any = None, **kwargs: Any):
        """Read and show numbers as people in `country` write them."""
        super().__init__(*args, obj=obj, **kwargs)
        self.country = country
        self.order_fields(self.field_order)
        if obj is not None:
            shown = [phone(number, country) for number in obj.numbers]
            self.initial["numbers"] = "\n".join(shown)

    def clean_numbers(self) -> list[str]:
        """Return E.164 numbers."""
        lines = [x.strip() for x in self.cleaned_data["numbers"].splitlines()]
        found = [_parsed(line, self.country) for line in lines if line]
        if len(found) > MOST:
            raise forms.ValidationError(gettext("Ten numbers at most."))
        return list(dict.fromkeys(found))


def _parsed(text: str, country: str) -> str:
    try:
        return e164.parse(text, country=country)
    except e164.NumberError as error:
        message = gettext("%(number)s: %(reason)s")
        params = {"number": text[:40], "reason": gettext(str(error))}
        raise forms.ValidationError(message, params=params) from error


class BlockedForm(NounForm):
    """A caller, all that begin alike, or all without a number."""

    model = BlockedNumber
    names = ("is_prefix", "note")
    who = forms.ChoiceField(
        label=_("Who is refused"),
        choices=[
            ("number", _("one number")),
            ("prefix", _("all numbers that begin alike")),
            ("anonymous", _("callers without a number")),
        ],
        initial="number",
    )
    number = forms.CharField(
        label=_("Number or beginning"),
        max_length=40,
        required=False,
        help_text=_("As on the display; +49900 for a whole range."),
    )
    field_order = ["who", "number", "note"]

    def __init__(self, *args: Any, country: str, obj: Any = None, **kwargs: Any):
        """Read and show numbers as people in `country` write them."""
        super().__init__(*args, obj=obj, **kwargs)
        self.country = country
        del self.fields["is_prefix"]
        self.order_fields(self.field_order)
        if obj is not None:
            alone = "anonymous" if not obj.number else "number"
            self.initial["who"] = "prefix" if obj.is_prefix else alone
            self.initial["number"] = phone(obj.number, country) if obj.number else ""

    def clean(self) -> dict[str, Any]:
        """Turn the choice into a number and whether it is a beginning."""
        data: dict[str, Any] = self.cleaned_data
        who = data.pop("who", "number")
        typed = data.get("number", "")
        data["is_prefix"] = who == "prefix"
        if who == "anonymous":
            data["number"] = ""
        elif not typed:
            self.add_error("number", gettext("Type a number."))
        elif who == "number":
            try:
                data["number"] = _parsed(typed, self.country)
            except forms.ValidationError as error:
                self.add_error("number", error)
        else:
            data["number"] = self._beginning(typed)
        return data

    def _beginning(self, typed: str) -> str:
        digits = "".join(c for c in typed if c.isascii() and c.isdigit())
        code = {"NL": "31", "AT": "43"}.get(self.country, "49")
        if typed.strip().startswith("+") or digits.startswith("00"):
            digits = digits.removeprefix("00")
        elif digits.startswith("0"):
            digits = code + digits[1:]
        if not digits or digits[0] == "0":
            self.add_error(
                "number", gettext("Begin with + and the country code, or 0.")
            )
        return f"+{digits}"


class BookFilters(Filters):
    """Search by name or digits."""

    placeholder = _("Name or number")
