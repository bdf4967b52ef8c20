"""The form of a hunt group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.flow import DestinationChoice
from pbx_console.console.forms.rows import RowsForm
from pbx_console.pbx.models import HuntGroup, Kind
from pbx_console.pbx.services.recordings import is_possible


class HuntGroupForm(RowsForm):
    """A group and its members in order."""

    model = HuntGroup
    names = (
        *("number", "name", "strategy", "ring_seconds", "name_prefix"),
        "is_recorded",
    )
    destinations = {"overflow": _("the call ends")}

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        obj: HuntGroup | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer extensions and groups as members."""
        super().__init__(*args, customer=customer, obj=obj, **kwargs)
        if not is_possible(customer):
            del self.fields["is_recorded"]
        values = [{"who": key} for key in obj.member_ids] if obj else []
        self.add_rows("members", self._row, values, more=2 if values else 4)

    def _row(self) -> dict[str, forms.Field]:
        kinds = (Kind.EXTENSION, Kind.GROUP)
        return {"who": DestinationChoice(self.customer, empty="–", kinds=kinds)}

    def clean(self) -> dict[str, Any]:
        """Return the members as a list."""
        data: dict[str, Any] = self.cleaned_data
        rows = self.take_rows(data, "members")
        data["members"] = [row["who"] for _place, row in rows]
        if len(set(data["members"])) < len(data["members"]):
            raise forms.ValidationError(gettext("Name each member once."))
        return data

    @property
    def members(self) -> list[list[forms.BoundField]]:
        """Return the rows of members."""
        return self.shown_rows("members")
