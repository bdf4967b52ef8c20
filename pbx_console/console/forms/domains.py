"""A domain, as it is typed or pasted."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DomainForm(forms.Form):
    """One name. What is wrong with it, the service says."""

    host = forms.CharField(
        label=_("Name of the domain"),
        max_length=500,
        widget=forms.TextInput(
            attrs={
                "placeholder": "phone.example.com",
                "autocapitalize": "none",
                "autocorrect": "off",
                "spellcheck": "false",
                "inputmode": "url",
            }
        ),
    )
