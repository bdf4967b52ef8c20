"""Banning an address by hand."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class BanForm(forms.Form):
    """One address."""

    address = forms.CharField(label=_("Address"), max_length=45)
