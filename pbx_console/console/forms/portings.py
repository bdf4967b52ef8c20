"""Portings: the order, its steps, its papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.rights import has_right
from pbx_console.console.formats import phone
from pbx_console.console.forms.base import Filters
from pbx_console.console.forms.flow import FlowForm
from pbx_console.console.forms.number_ranges import parse_stem
from pbx_console.console.forms.numbers import parse_numbers
from pbx_console.pbx.models import Porting, Trunk
from pbx_console.pbx.services.portings import STEPS

STEP_WORDS = {
    "sent": _("Sent to the other carrier"),
    "confirmed": _("Confirmed by the other carrier"),
    "rejected": _("Rejected by the other carrier"),
    "done": _("Numbers have moved"),
    "cancelled": _("Cancel the porting"),
}


class PortingForm(FlowForm):
    """An order; what was sent keeps its numbers."""

    model = Porting
    names = ("direction", "carrier", "reference", "holder", "wanted_on", "note")
    destinations = {"destination": _("nowhere yet")}
    numbers = forms.CharField(
        label=_("Numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One per line, or from to: +49 30 23125400 - 449"),
    )
    stem = forms.CharField(
        label=_("Stem of a range"),
        required=False,
        max_length=20,
        help_text=_("With direct dialling in; it moves as a whole: +49 30 231254"),
    )
    digits = forms.IntegerField(
        label=_("Digits behind it"), required=False, min_value=1, max_value=4
    )
    field_order = ["direction", "numbers", "stem", "digits", "carrier", "wanted_on"]

    def __init__(
        self, *args: Any, customer: Customer, obj: Porting | None = None, **kwargs: Any
    ):
        """Show dates as dates and numbers as people write them."""
        super().__init__(*args, customer=customer, obj=obj, **kwargs)
        self.fields["wanted_on"].widget = forms.DateInput(
            attrs={"type": "date"}, format="%Y-%m-%d"
        )
        self.fields["note"].widget = forms.Textarea(attrs={"rows": 3})
        self.order_fields(self.field_order)
        if obj is not None:
            self.initial.update(stem=obj.stem, digits=obj.digits)
            self.initial["numbers"] = "\n".join(phone(n) for n in obj.numbers)
            if obj.state not in (Porting.State.DRAFT, Porting.State.REJECTED):
                for name in ("numbers", "stem", "digits", "direction"):
                    del self.fields[name]

    def clean_numbers(self) -> list[str]:
        """Return E.164 numbers."""
        return parse_numbers(self.cleaned_data["numbers"])

    def clean_stem(self) -> str:
        """Return it as E.164, nothing without a range."""
        typed = self.cleaned_data["stem"].strip()
        return parse_stem(typed) if typed else ""


class StepForm(forms.Form):
    """What happened, with its day or its reason."""

    state = forms.ChoiceField(label=_("What happened"))
    agreed_on = forms.DateField(
        label=_("Agreed for"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("When it was confirmed."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("When it was rejected."),
    )
    trunk = forms.ModelChoiceField(
        Trunk.objects.none(),
        label=_("Trunk"),
        required=False,
        empty_label=_("as the other numbers"),
    )

    def __init__(self, *args: Any, porting: Porting, role: str, **kwargs: Any):
        """Offer the steps that can follow."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        following = STEPS[porting.state]
        fields["state"].choices = [(s.value, STEP_WORDS[s]) for s in following]
        if Porting.State.CONFIRMED not in following:
            del fields["agreed_on"]
        else:
            self.initial["agreed_on"] = porting.wanted_on
        if Porting.State.REJECTED not in following:
            del fields["reason"]
        coming = porting.direction == Porting.Direction.IN
        if not (coming and Porting.State.DONE in following and _sees_trunks(role)):
            del fields["trunk"]
        else:
            fields["trunk"].queryset = Trunk.objects.filter(is_active=True)


def _sees_trunks(role: str) -> bool:
    return has_right(role, "numbers.stock")


class DocumentForm(forms.Form):
    """One paper."""

    file = forms.FileField(
        label=_("Document"),
        help_text=_("PDF, PNG or JPEG, 5 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class PortingFilters(Filters):
    """Search by customer, carrier or digits; by state."""

    placeholder = _("Number, customer or carrier")
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("all")), *Porting.State.choices],
    )
