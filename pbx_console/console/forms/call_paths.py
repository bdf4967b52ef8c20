"""What a call path is asked for: where the call comes in, and when."""

from __future__ import annotations

import datetime as dt
import re
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pbx_console.accounts.models import Customer
from pbx_console.console.formats import phone
from pbx_console.pbx.models import Destination, Kind

AT = "%Y-%m-%dT%H:%M"
TOKEN = re.compile(r"\+[0-9]{3,15}|d[0-9]{1,18}")
INSIDE = re.compile(r"[1-9][0-9]{1,5}")


class CallPathForm(forms.Form):
    """A GET form: `to` is a number (`+49…`) or a destination (`d12`)."""

    to = forms.ChoiceField(label=gettext_lazy("A call to"), required=False)
    at = forms.DateTimeField(
        label=gettext_lazy("At"),
        required=False,
        input_formats=[AT],
        widget=forms.DateTimeInput(format=AT, attrs={"type": "datetime-local"}),
        error_messages={"invalid": gettext_lazy("Choose a day and a time.")},
    )

    def __init__(self, data: Any, *, customer: Customer, token: str) -> None:
        """Offer numbers and destinations of the customer; `token` is what is shown."""
        super().__init__(data, initial={"to": token})
        self.fields["to"].choices = _choices(customer, token)  # type: ignore[attr-defined]


def token_of(asked: Any, customer: Customer) -> str:
    """Return the token that a query names, empty when it names none.

    An internal number stands for its destination. A plus that nobody encoded arrives as
    a space.
    """
    text = str(asked.get("from") or asked.get("to") or "")
    text = f"+{text[1:]}" if text.startswith(" ") else text
    if INSIDE.fullmatch(text):
        row = Destination.objects.filter(customer=customer, number=text).first()
        return f"d{row.pk}" if row else ""
    return text if TOKEN.fullmatch(text) else ""


def moment_of(form: CallPathForm) -> dt.datetime | None:
    """Return the moment asked for, None for now."""
    found: dt.datetime | None = form.cleaned_data.get("at") if form.is_valid() else None
    if found is not None and not 2000 <= found.year <= 2100:
        form.add_error("at", _("Choose a day and a time."))
        return None
    return timezone.localtime(found) if found else None


def _choices(customer: Customer, token: str) -> list[tuple[Any, Any]]:
    kinds, order = dict(Kind.choices), list(Kind.values)
    rows = sorted(
        Destination.objects.filter(customer=customer),
        key=lambda row: (order.index(row.kind), row.number or "~", row.name),
    )
    numbers = [(did.number, phone(did.number)) for did in customer.dids.all()]
    if token.startswith("+") and token not in dict(numbers):
        numbers.append((token, phone(token)))
    grouped = groupby(rows, key=lambda row: row.kind)
    return [
        (_("Numbers"), numbers),
        *(
            (kinds[kind], [(f"d{r.pk}", str(r)) for r in found])
            for kind, found in grouped
        ),
    ]
