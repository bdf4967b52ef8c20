"""The form of a menu."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.flow import DestinationChoice
from pbx_console.console.forms.rows import RowsForm
from pbx_console.pbx.models import Menu, Prompt
from pbx_console.pbx.models.menus import KEYS


class MenuForm(RowsForm):
    """A menu with a row per key of the telephone."""

    model = Menu
    names = ("number", "name", "timeout_seconds", "tries", "direct_dialling")
    chosen = {"prompt": lambda customer: Prompt.objects.filter(customer=customer)}
    destinations = {
        "on_timeout": _("the call ends"),
        "on_invalid": _("as if no key were pressed"),
    }

    def __init__(
        self, *args: Any, customer: Customer, obj: Menu | None = None, **kwargs: Any
    ) -> None:
        """Offer a destination for each key."""
        super().__init__(*args, customer=customer, obj=obj, **kwargs)
        self.order_fields(["number", "name", "prompt"])
        rows = obj.keys.all() if obj else []
        known = {row.key: row.destination_id for row in rows}
        for place, key in enumerate(KEYS):
            choice = DestinationChoice(
                customer, empty="–", initial=known.get(key), label=key
            )
            self.fields[f"keys-{place}-to"] = choice

    def clean(self) -> dict[str, Any]:
        """Return the keys that lead somewhere."""
        data: dict[str, Any] = self.cleaned_data
        rows = self.take_rows(data, "keys")
        data["keys"] = {KEYS[place]: row["to"] for place, row in rows}
        return data

    @property
    def keys(self) -> list[forms.BoundField]:
        """Return the fields of the keys, in the order of a telephone."""
        return [row[0] for row in self.shown_rows("keys")]
