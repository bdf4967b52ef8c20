"""Sites, tests of the emergency numbers, and which numbers may be shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.flow import DestinationChoice, FlowForm
from pbx_console.pbx.models import Did, Extension, ShownRight, Site
from pbx_console.pbx.services.sites import RINGS


def _held(customer: Customer) -> Any:
    return Did.objects.filter(customer=customer)


def _phones(customer: Customer) -> Any:
    return Extension.objects.filter(customer=customer)


class SiteForm(FlowForm):
    """A building, its number, and the extensions whose phones stand there."""

    model = Site
    names = ("name", "street", "postcode", "town", "country", "note")
    chosen = {"did": _held}

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        """Offer the customer's own numbers and extensions."""
        super().__init__(*args, customer=customer, **kwargs)
        site = kwargs.get("obj")
        self.fields["country"].initial = site.country if site else customer.country
        self.fields["did"].empty_label = _("each phone's own")  # type: ignore[attr-defined]
        there = _phones(customer).filter(site=site) if site else ()
        self.fields["extensions"] = forms.ModelMultipleChoiceField(
            _phones(customer),
            required=False,
            initial=[e.pk for e in there],
            label=_("Phones here"),
            widget=forms.CheckboxSelectMultiple(attrs={"class": "cb"}),
        )


class EmergencyTestForm(forms.Form):
    """What rings instead of 112, and how long."""

    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=60, initial=10
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        """Offer what the customer has."""
        super().__init__(*args, **kwargs)
        self.fields["destination"] = DestinationChoice(
            customer,
            empty=_("choose"),
            kinds=RINGS,
            required=True,
            label=_("Rings instead"),
        )
        self.order_fields(["destination", "minutes"])


class ShownRightForm(FlowForm):
    """A number of somebody else, and the document that allows it."""

    model = ShownRight
    names = ("number", "document", "valid_until")
    chosen = {"extension": _phones}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what no extension means."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["extension"].empty_label = _("every extension without its own number")
        fields["valid_until"].widget = forms.DateInput(attrs={"type": "date"})
        fields["number"].help_text = _("As +49 30 123456.")

    def clean_number(self) -> str:
        """Accept the number as people write it."""
        text = str(self.cleaned_data["number"])
        return "+" + "".join(c for c in text if c.isdecimal())


class CallerPolicyForm(forms.Form):
    """Whether forwarded calls show the original caller."""

    shows_original = forms.BooleanField(
        label=_("Forwarded calls show the original caller"), required=False
    )
