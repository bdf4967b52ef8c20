"""Extensions: the form, the confirmation, the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.formats import phone
from pbx_console.console.forms.base import Filters, NounForm
from pbx_console.pbx.models import Did, Extension


class NumberChoice(forms.ModelChoiceField):
    """A choice of outside numbers, written as people write them."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the number in groups."""
        return phone(obj.number)


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
        self.fields["number"].widget.attrs["inputmode"] = "numeric"
        self.fields["caller_id"] = NumberChoice(
            Did.objects.filter(customer=customer),
            label=_("Number shown outside"),
            required=False,
            initial=obj.caller_id_id if obj else None,
            empty_label=_("the main number"),
        )


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
