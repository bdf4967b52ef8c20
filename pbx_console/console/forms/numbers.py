"""Outside numbers: into stock (single or ranges), and where they lead."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.rights import has_right
from pbx_console.console.forms.base import Filters
from pbx_console.lib import e164
from pbx_console.pbx.models import Destination, Did, Trunk

MOST = 1000
_RANGE = re.compile(r"\s+(?:-|–|to|bis)\s+|\s*–\s*")


def parse_numbers(text: str) -> list[str]:
    """Return E.164 numbers of lines like `+49 30 23125400` or `+49 30 23125400 - 449`.

    Raises ValidationError with the line and the reason.
    """
    found: list[str] = []
    for count, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found += _line(line.strip())
            except e164.NumberError as error:
                message = gettext("Line %(line)s: %(reason)s")
                reason = gettext(str(error))
                raise forms.ValidationError(
                    message, params={"line": count, "reason": reason}
                ) from error
    if len(found) > MOST:
        raise forms.ValidationError(gettext("At most 1000 numbers at once."))
    return list(dict.fromkeys(found))


def _line(line: str) -> list[str]:
    first, *rest = _RANGE.split(line)
    start = e164.parse(first)
    if not rest:
        return [start]
    end = "".join(c for c in rest[0] if c.isdigit())
    last = (
        start[: len(start) - len(end)] + end if len(end) < len(start) - 1 else f"+{end}"
    )
    low, high = int(start), int(last)
    if not end or not low <= high < low + MOST or len(last) != len(start):
        raise e164.NumberError("A range goes upwards and has at most 1000 numbers.")
    return [f"+{number}" for number in range(low, high + 1)]


class StockForm(forms.Form):
    """New numbers from a carrier."""

    numbers = forms.CharField(
        label=_("Numbers"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One per line, or a range: +49 30 23125400 - 449"),
    )
    trunk = forms.ModelChoiceField(Trunk.objects.none(), label=_("Trunk"))
    reseller = forms.ModelChoiceField(
        Reseller.objects.none(),
        label=_("Reseller"),
        required=False,
        empty_label=_("keep in stock"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what the scope has."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["trunk"].queryset = Trunk.objects.all()
        fields["reseller"].queryset = Reseller.objects.filter(is_active=True)

    def clean_numbers(self) -> list[str]:
        """Return E.164 numbers."""
        return parse_numbers(self.cleaned_data["numbers"])


def offered(customer: Customer | None) -> list[tuple[Any, Any]]:
    """Return what a list beside the field offers: (as it is typed, its kind)."""
    if customer is None:
        return []
    rows = Destination.objects.filter(customer=customer)[:MOST]
    return [(str(row), row.get_kind_display()) for row in rows]


def typed_destination(customer: Customer, typed: str) -> Destination | None:
    """Return what a person means by `201`, `201 Reception` or `Opening hours`.

    None when there is nothing of that name, or several.
    """
    rows = Destination.objects.filter(customer=customer)
    number, _space, name = typed.strip().partition(" ")
    found = rows.filter(number=number)
    if not name and found:
        return found.first()
    same = [*found.filter(name=name), *rows.filter(name=typed.strip())]
    return same[0] if len(same) == 1 else None


class NumberForm(forms.Form):
    """Who holds a number and where it leads; fields by right."""

    trunk = forms.ModelChoiceField(Trunk.objects.none(), label=_("Trunk"))
    reseller = forms.ModelChoiceField(
        Reseller.objects.none(),
        label=_("Reseller"),
        required=False,
        empty_label=_("in stock"),
    )
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        label=_("Customer"),
        required=False,
        empty_label=_("not assigned"),
    )
    destination = forms.CharField(
        label=_("Leads to"),
        required=False,
        max_length=70,
        help_text=_(
            "Number or name, as in 201. Empty: callers hear that it is not in use."
        ),
        widget=forms.TextInput(attrs={"list": "destinations", "autocomplete": "off"}),
    )
    use = forms.ChoiceField(
        label=_("Used for"), choices=Did.Use.choices, required=False
    )
    name_prefix = forms.CharField(
        label=_("Before the caller's name"),
        required=False,
        max_length=20,
        help_text=_("Whoever is called sees which number was dialled, as in “Sales”."),
    )
    is_main = forms.BooleanField(
        label=_("Main number"),
        required=False,
        help_text=_("Shown outside by extensions without a number of their own."),
    )

    def __init__(
        self,
        *args: Any,
        did: Did,
        role: str,
        wanted: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Keep the fields that the role may set; offer `wanted` for a free number."""
        offered = wanted if wanted and did.customer_id is None else {}
        kwargs["initial"] = self._now(did) | offered
        super().__init__(*args, **kwargs)
        self.did = did
        fields: Any = self.fields
        if not has_right(role, "numbers.stock"):
            del fields["trunk"], fields["reseller"]
        else:
            fields["trunk"].queryset = Trunk.objects.all()
            fields["reseller"].queryset = Reseller.objects.all()
        if not has_right(role, "numbers.manage"):
            del fields["customer"], fields["is_main"]
        elif did.reseller_id is None:
            for name in ("customer", "destination", "is_main", "use", "name_prefix"):
                del fields[name]
        else:
            owned = Customer.objects.filter(reseller=did.reseller_id)
            fields["customer"].queryset = owned

    @staticmethod
    def _now(did: Did) -> dict[str, Any]:
        return {
            "trunk": did.trunk_id,
            "reseller": did.reseller_id,
            "customer": did.customer_id,
            "destination": str(did.destination or ""),
            "is_main": did.is_main,
            "use": did.use,
            "name_prefix": did.name_prefix,
        }

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into a destination of the chosen customer."""
        data: dict[str, Any] = self.cleaned_data
        if "use" in data:
            data["use"] = data["use"] or self.did.use
        if "destination" in data:
            held = (
                data.get("customer") if "customer" in self.fields else self.did.customer
            )
            data["destination"] = self._destination(held, data["destination"])
        if "reseller" in self.fields and "customer" in data:
            self._follow_reseller(data)
        return data

    def _destination(self, customer: Customer | None, typed: str) -> Destination | None:
        if not typed or customer is None:
            return None
        found = typed_destination(customer, typed)
        if found is None:
            words = gettext("%(customer)s has nothing called %(name)s.")
            self.add_error("destination", words % {"customer": customer, "name": typed})
        return found

    def _follow_reseller(self, data: dict[str, Any]) -> None:
        """A number that goes to another reseller leaves its customer."""
        customer, reseller = data.get("customer"), data.get("reseller")
        if customer is not None and customer.reseller != reseller:
            data["customer"], data["destination"], data["is_main"] = None, None, False


class NumberFilters(Filters):
    """Search by digits or customer."""

    placeholder = _("Number or customer")
    held = forms.ChoiceField(
        required=False,
        label=_("Assigned"),
        choices=[
            ("", _("all")),
            ("free", _("free")),
            ("held", _("to a customer")),
            ("silent", _("leads nowhere")),
        ],
    )
