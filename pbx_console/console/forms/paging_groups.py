"""The form of a paging group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.flow import FlowForm
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.paging_groups import PagingGroup


class PagingGroupForm(FlowForm):
    """A group of one customer, and its phones."""

    model = PagingGroup
    names = ("number", "name", "talks_back")

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        obj: PagingGroup | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer the customer's extensions."""
        super().__init__(*args, customer=customer, obj=obj, **kwargs)
        self.fields["members"] = forms.ModelMultipleChoiceField(
            Extension.objects.filter(customer=customer),
            label=_("Phones"),
            initial=obj.members.all() if obj else None,
            widget=forms.SelectMultiple(attrs={"size": 8}),
        )
