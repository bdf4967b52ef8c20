"""What the forms of the call-flow nouns share: choosing where a call goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.base import NounForm
from pbx_console.pbx.models import Destination, Kind

NOWHERE = _("the call ends")


class DestinationChoice(forms.TypedChoiceField):
    """A choice of one customer's destinations, in groups per kind; empty: None."""

    def __init__(
        self,
        customer: Customer,
        *,
        empty: Any = NOWHERE,
        kinds: Sequence[str] = tuple(Kind.values),
        **kwargs: Any,
    ):
        """Offer what `customer` has of `kinds`; `empty` says what no choice means."""
        kwargs.setdefault("required", False)
        super().__init__(
            choices=lambda: _grouped(customer, empty, kinds),
            coerce=lambda key: _rows(customer, kinds).filter(pk=key).first(),
            empty_value=None,
            **kwargs,
        )


def _rows(customer: Customer, kinds: Sequence[str]) -> Any:
    return Destination.objects.filter(customer=customer, kind__in=kinds)


def _grouped(
    customer: Customer, empty: Any, kinds: Sequence[str]
) -> list[tuple[Any, Any]]:
    words = dict(Kind.choices)
    order = list(Kind.values)
    rows = sorted(
        _rows(customer, kinds),
        key=lambda row: (order.index(row.kind), row.number or "~", row.name),
    )
    grouped = groupby(rows, key=lambda row: row.kind)
    return [
        ("", empty),
        *((words[kind], [(r.pk, str(r)) for r in found]) for kind, found in grouped),
    ]


class FlowForm(NounForm):
    """A noun of the call flow: `destinations` and `chosen` name its foreign keys.

    `destinations`: field -> what an empty choice means (default: the call ends).
    `chosen`: field -> function of the customer that returns the rows to choose from.
    """

    destinations: dict[str, Any] = {}
    chosen: dict[str, Callable[[Customer], Any]] = {}

    def __init__(
        self, *args: Any, customer: Customer, obj: Model | None = None, **kwargs: Any
    ) -> None:
        """Offer the customer's own things only."""
        super().__init__(*args, obj=obj, **kwargs)
        self.customer = customer
        for name, empty in self.destinations.items():
            self.fields[name] = DestinationChoice(
                customer, empty=empty, initial=getattr(obj, f"{name}_id", None)
            )
            self._describe(name)
        for name, rows in self.chosen.items():
            self.fields[name] = forms.ModelChoiceField(
                rows(customer),
                required=not self.model._meta.get_field(name).blank,  # type: ignore[union-attr]
                initial=getattr(obj, f"{name}_id", None),
            )
            self._describe(name)

    def _describe(self, name: str) -> None:
        """Take label and help from the model."""
        described: Any = self.model._meta.get_field(name)
        label = str(described.verbose_name)
        self.fields[name].label = label[:1].upper() + label[1:]
        self.fields[name].help_text = described.help_text
