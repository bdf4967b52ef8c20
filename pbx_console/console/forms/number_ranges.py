"""Ranges: into stock, who holds them, where the rest leads."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.rights import has_right
from pbx_console.console.formats import phone
from pbx_console.console.forms.flow import DestinationChoice
from pbx_console.lib import e164
from pbx_console.pbx.models import NumberRange, Trunk

MOST_DIGITS = 4


class NewRangeForm(forms.Form):
    """A new range from a carrier."""

    stem = forms.CharField(
        label=_("Stem"),
        max_length=40,
        help_text=_("Without the digits of the extensions: +49 30 2312 54"),
    )
    digits = forms.IntegerField(
        label=_("Digits behind it"),
        min_value=1,
        max_value=MOST_DIGITS,
        initial=2,
        help_text=_("2 digits are 100 numbers. Callers may also dial fewer."),
    )
    trunk = forms.ModelChoiceField(Trunk.objects.none(), label=_("Trunk"))
    reseller = forms.ModelChoiceField(
        Reseller.objects.none(),
        label=_("Reseller"),
        required=False,
        empty_label=_("keep in stock"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what the scope has."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["trunk"].queryset = Trunk.objects.all()
        fields["reseller"].queryset = Reseller.objects.filter(is_active=True)

    def clean_stem(self) -> str:
        """Return it as E.164; a stem alone may be too short to be a number."""
        return parse_stem(self.cleaned_data["stem"].strip())


def parse_stem(typed: str) -> str:
    """Return a stem as E.164. Raises ValidationError."""
    try:
        whole = e164.parse(f"{typed}00")
    except e164.NumberError as error:
        raise forms.ValidationError(gettext(str(error))) from error
    return whole[:-2]


class RangeForm(forms.Form):
    """Who holds a range and where its rest leads; fields by right."""

    reseller = forms.ModelChoiceField(
        Reseller.objects.none(),
        label=_("Reseller"),
        required=False,
        empty_label=_("in stock"),
    )
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        label=_("Customer"),
        required=False,
        empty_label=_("not assigned"),
    )
    name_prefix = forms.CharField(
        label=_("Before the caller's name"),
        max_length=20,
        required=False,
        help_text=_("Whoever is called sees which number was dialled, as in “Sales”."),
    )

    def __init__(self, *args: Any, block: NumberRange, role: str, **kwargs: Any):
        """Keep the fields that the role may set."""
        kwargs["initial"] = {
            "reseller": block.reseller_id,
            "customer": block.customer_id,
            "name_prefix": block.name_prefix,
        }
        super().__init__(*args, **kwargs)
        self.block = block
        fields: Any = self.fields
        if has_right(role, "numbers.stock"):
            fields["reseller"].queryset = Reseller.objects.all()
        else:
            del fields["reseller"]
        if not has_right(role, "numbers.manage") or block.reseller_id is None:
            del fields["customer"]
        else:
            owned = Customer.objects.filter(reseller=block.reseller_id)
            fields["customer"].queryset = owned
        if block.customer is None:
            del fields["name_prefix"]
        else:
            fields["fallback"] = DestinationChoice(
                block.customer,
                label=_("Where the rest leads"),
                help_text=_("The stem alone, 0, and digits that are nobody's."),
                initial=block.fallback_id,
            )

    def clean(self) -> dict[str, Any]:
        """A range that changes hands leaves its fallback and its customer behind."""
        data: dict[str, Any] = self.cleaned_data
        if "reseller" in data and data["reseller"] != self.block.reseller:
            data["customer"] = None
        if "customer" in data and data["customer"] != self.block.customer:
            data["fallback"], data["name_prefix"] = None, ""
        return data


def title(block: NumberRange) -> str:
    """Write a range as people do: first number – last digits."""
    return f"{phone(block.first)} – {block.last[-block.digits :]}"
