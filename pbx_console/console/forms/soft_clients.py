"""Choosing a program that becomes a phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pbx_console.provisioning.soft_clients import CLIENTS


class SoftClientForm(forms.Form):
    """A program, a name for it, and where the link goes."""

    client = forms.ChoiceField(label=gettext_lazy("Program"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Whose or where it is: Jana's mobile."),
    )
    provider = forms.CharField(
        label=gettext_lazy("Number of the maker"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Zoiper and Cloud Softphone give one to their clients."),
    )
    to = forms.EmailField(
        label=gettext_lazy("Send the link to"),
        required=False,
        help_text=gettext_lazy("Empty: it is shown on the next page, once."),
    )

    def __init__(self, *args: Any, own: bool = False, **kwargs: Any) -> None:
        """Offer what works; to people with `own` page only what needs nobody's number."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["client"]
        field.choices = [
            (client.slug, client.name)
            for client in CLIENTS
            if not (own and client.needs_code)
        ]
        if own:
            del self.fields["provider"]
            self.fields["to"] = forms.BooleanField(
                label=_("Send me the link by mail"), required=False
            )
