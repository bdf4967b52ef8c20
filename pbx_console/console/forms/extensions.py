"""Extensions: the form, the confirmation, the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.features import allowed
from pbx_console.accounts.locales import locale
from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Feature
from pbx_console.console.formats import phone
from pbx_console.console.forms.base import Filters, NounForm
from pbx_console.pbx.countries import COUNTRY_OF
from pbx_console.pbx.models import Did, Extension
from pbx_console.pbx.models.extensions import DialClass, Recorded


class NumberChoice(forms.ModelChoiceField):
    """A choice of outside numbers, written as people write them."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the number in groups."""
        return phone(obj.number)


def country_name(code: str) -> str:
    """Return the name of a country in the language in force."""
    return str(locale().territories.get(code, code))


def country_choices() -> list[tuple[str, str]]:
    """Return every country that numbers are in."""
    codes = set(COUNTRY_OF.values()) - {"ZZ"}
    named = {code: country_name(code) for code in codes}
    return sorted(named.items(), key=lambda row: row[1])


class ExtensionForm(NounForm):
    """An extension of one customer."""

    model = Extension
    names = (
        "number",
        "name",
        "ring_seconds",
        "ring_in_order",
        "do_not_disturb",
        "call_waiting",
        "dial_class",
        "may_dial_premium",
        "withholds_number",
        "inside_name",
        "inside_number",
        "language",
        "pickup_group",
        "recorded",
    )

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        obj: Extension | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer the customer's own numbers only."""
        super().__init__(*args, obj=obj, **kwargs)
        self.kept_class = obj.dial_class if obj else DialClass.ABROAD
        self.fields["dial_class"].required = False
        self.fields["number"].widget.attrs["inputmode"] = "numeric"
        languages: Any = self.fields["language"]
        languages.choices = [("", _("the customer's")), *languages.choices[1:]]
        self.kept_recorded = obj.recorded if obj else Recorded.NEVER
        self.fields["recorded"].required = False
        if not allowed(Feature.RECORDING, customer):
            del self.fields["recorded"]
        self.fields["countries"] = forms.MultipleChoiceField(
            label=_("Countries"),
            required=False,
            choices=country_choices(),
            initial=obj.countries if obj else [],
            help_text=Extension._meta.get_field("countries").help_text,
            widget=forms.SelectMultiple(attrs={"size": 6}),
        )
        self.fields["caller_id"] = NumberChoice(
            Did.objects.filter(customer=customer),
            label=_("Number shown outside"),
            required=False,
            initial=obj.caller_id_id if obj else None,
            empty_label=_("the main number"),
        )

    def clean_dial_class(self) -> str:
        """A sender that does not know the field keeps what it was."""
        return str(self.cleaned_data.get("dial_class") or self.kept_class)

    def clean_recorded(self) -> str:
        """A sender that does not know the field keeps what it was."""
        return str(self.cleaned_data.get("recorded") or self.kept_recorded)


class ConfirmForm(forms.Form):
    """The name of what will be lost, typed by hand."""

    confirm = forms.CharField(max_length=80)

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        """Keep what must be typed."""
        super().__init__(*args, **kwargs)
        self.wanted = wanted

    def clean_confirm(self) -> str:
        """Compare without looking at case and blanks around."""
        typed: str = self.cleaned_data["confirm"].strip()
        if typed.lower() != self.wanted.lower():
            raise forms.ValidationError(
                _("This is not “%(wanted)s”. Nothing was deleted."),
                params={"wanted": self.wanted},
            )
        return typed


class ExtensionFilters(Filters):
    """Search by number, name or customer."""

    placeholder = _("Number or name")
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("all")), ("live", _("live")), ("waiting", _("not live yet"))],
    )
