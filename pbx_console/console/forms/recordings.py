"""Forms of recordings: the rules of a customer, the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.base import DayFilters, NounForm
from pbx_console.pbx.models import Prompt
from pbx_console.pbx.models.recordings import Recording, RecordingRules
from pbx_console.pbx.services.recordings import administrators


class RulesForm(NounForm):
    """How a customer records."""

    model = RecordingRules
    names = ("announce", "keep_days")

    def __init__(
        self, *args: Any, customer: Customer, obj: RecordingRules, **kwargs: Any
    ) -> None:
        """Offer the customer's own prompts and people only."""
        super().__init__(*args, obj=obj, **kwargs)
        self.fields["prompt"] = forms.ModelChoiceField(
            Prompt.objects.filter(customer=customer).exclude(digest=""),
            label=_("Own announcement"),
            required=False,
            initial=obj.prompt_id,
            empty_label=_("“This call is recorded.”"),
        )
        self.fields["listeners"] = forms.TypedMultipleChoiceField(
            label=_("Who may listen"),
            required=False,
            coerce=int,
            choices=[(m.user_id, m.user.name) for m in administrators(customer)],
            initial=obj.listeners,
            help_text=_("None chosen: every administrator. Nobody else ever may."),
            widget=forms.CheckboxSelectMultiple(attrs={"class": "cb"}),
        )


class RecordingFilters(DayFilters):
    """Days, direction, extension; search by digits of the other number."""

    direction = forms.ChoiceField(
        required=False,
        label=_("Direction"),
        choices=[("", _("all")), *Recording.Direction.choices],
    )
    extension = forms.CharField(
        required=False,
        label=_("Extension"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
