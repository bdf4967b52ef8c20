"""Phones: adding, changing, swapping, moving, keys, settings; the filters of the list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.base import Filters, NounForm
from pbx_console.console.forms.rows import RowsForm
from pbx_console.lib.macs import MacError, parse_mac
from pbx_console.pbx.models import Extension
from pbx_console.provisioning.makers import maker_of
from pbx_console.provisioning.models import Phone, PhoneKey
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.families import PhoneModel
from pbx_console.provisioning.services.bulk_phones import model_named
from pbx_console.provisioning.services.phone_lines import of as lines_of
from pbx_console.provisioning.services.phone_settings import lines_told
from pbx_console.provisioning.states import WORDS


def label_of(model: PhoneModel) -> str:
    """Return a model as people say it: Snom D785."""
    return f"{model.vendor} {model.name}".strip()


def model_label(slug: str) -> str:
    """Return the name of a model of the catalogue."""
    known = MODELS.get(slug)
    return label_of(known) if known else slug


class ModelField(forms.CharField):
    """A model, typed or chosen from the list that the browser searches."""

    def __init__(self, **kwargs: Any) -> None:
        """Name the list; `phones/models.html` draws it."""
        kwargs.setdefault("label", gettext_lazy("Model"))
        attrs = {"list": "phone-models", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=60, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """Return the model's name in the catalogue, however it was typed."""
        typed = super().clean(value).strip()
        found = model_named(typed)
        if typed and not found:
            raise forms.ValidationError(_("Choose a model from the list."))
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show a model's name; what was typed stays as it is."""
        return model_label(value) if value in MODELS else value


class ExtensionsField(forms.CharField):
    """Extensions by their numbers, in the order of the phone's lines."""

    def __init__(self, customer: Customer, **kwargs: Any) -> None:
        """Keep whose extensions count."""
        kwargs.setdefault("label", gettext_lazy("Extensions"))
        kwargs.setdefault(
            "help_text",
            gettext_lazy(
                "Numbers in the order of the phone's lines, with commas between: 201, 205"
            ),
        )
        attrs = {"list": "phone-extensions", "autocomplete": "off"}
        super().__init__(max_length=2000, widget=forms.TextInput(attrs=attrs), **kwargs)
        self.customer = customer

    def clean(self, value: Any) -> list[Extension]:
        """Return the extensions. A number that is not there is named."""
        numbers = re.split(r"[\s,;]+", super().clean(value).strip(" ,;"))
        return extensions_of(self.customer, [n for n in numbers if n])


def extensions_of(customer: Customer, numbers: Sequence[str]) -> list[Extension]:
    """Return a customer's extensions by number, in this order, or say which is not."""
    rows = {one.number: one for one in customer.extensions.filter(number__in=numbers)}
    if missing := [number for number in numbers if number not in rows]:
        words = _("There is no extension %(number)s.")
        raise forms.ValidationError(words % {"number": missing[0][:20]})
    if len(set(numbers)) != len(numbers):
        raise forms.ValidationError(_("An extension stands there twice."))
    for one in rows.values():
        one.customer = customer
    return [rows[number] for number in numbers]


NUMBER_ATTRS = {
    "list": "key-numbers",
    "autocomplete": "off",
    "inputmode": "tel",
    "placeholder": gettext_lazy("Number"),
}
MAC_HINT = gettext_lazy("As on the label, in any writing; a scanner types it, too.")
MAC_ATTRS = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def mac_field() -> forms.CharField:
    """Return the field of an address: a scanner of bar codes types into it."""
    return forms.CharField(
        label=_("MAC address"),
        max_length=64,
        help_text=MAC_HINT,
        widget=forms.TextInput(attrs=MAC_ATTRS),
    )


class NewPhoneForm(NounForm):
    """A new phone of one customer."""

    model = Phone
    names = ("name",)

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        model_seen: bool = False,
        mac_known: bool = False,
        **kwargs: Any,
    ) -> None:
        """Offer the customer's extensions. Of a phone that called in, the address is
        known and perhaps the model."""
        super().__init__(*args, **kwargs)
        self.fields = {
            "mac": mac_field(),
            "model": ModelField(required=not model_seen),
            "extensions": ExtensionsField(customer),
            "name": self.fields["name"],
        }
        if mac_known:
            del self.fields["mac"]

    def clean(self) -> dict[str, Any]:
        """Say whose phone it is where its model is not named."""
        data: dict[str, Any] = self.cleaned_data
        maker = _maker(data.get("mac", ""))
        if maker and not data.get("model") and self.fields["model"].required:
            words = _("This address belongs to %(maker)s. Choose the model.")
            self.errors.pop("model", None)
            self.add_error("model", words % {"maker": maker})
        return data


def _maker(typed: str) -> str:
    try:
        return maker_of(parse_mac(typed))
    except MacError:
        return ""


class PhoneForm(NounForm):
    """How a phone is called and how it talks."""

    model = Phone
    names = ("name", "transport", "srtp")


class SwapForm(forms.Form):
    """The device that takes a phone's place."""

    mac = forms.CharField()
    model = ModelField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Draw the address as everywhere."""
        super().__init__(*args, **kwargs)
        self.fields["mac"] = mac_field()


class MoveForm(NounForm):
    """Whose phone it is, and where it stands."""

    model = Phone
    names = ("name",)

    def __init__(self, *args: Any, obj: Phone, **kwargs: Any) -> None:
        """Offer the extensions of the phone's customer."""
        super().__init__(*args, obj=obj, **kwargs)
        numbers = [line.extension.number for line in lines_of(obj)]
        self.fields = {
            "extensions": ExtensionsField(obj.customer, initial=", ".join(numbers)),
            "name": self.fields["name"],
        }


class KeysForm(RowsForm):
    """The keys of a phone, one row each, in their order."""

    model = Phone
    names = ()

    def __init__(self, *args: Any, obj: Phone, **kwargs: Any) -> None:
        """Draw the keys that are there, and some free rows."""
        super().__init__(*args, obj=obj, customer=obj.customer, **kwargs)
        self.phone = obj
        self.numbers = [line.extension.number for line in lines_of(obj)]
        self.add_rows("keys", self._row, _kept(obj), more=3)

    def _row(self) -> dict[str, forms.Field]:
        lines = [(n, number) for n, number in enumerate(self.numbers, 1)] or [(1, "1")]
        return {
            "kind": forms.ChoiceField(
                label=_("What it does"),
                choices=[("", _("free")), *PhoneKey.KINDS],
                required=False,
            ),
            "value": forms.CharField(
                label=_("Number"),
                max_length=32,
                required=False,
                widget=forms.TextInput(attrs=NUMBER_ATTRS),
            ),
            "label": forms.CharField(
                label=_("Label"),
                max_length=40,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": _("Label")}),
            ),
            "line": forms.TypedChoiceField(
                label=_("Line"),
                choices=lines,
                coerce=int,
                empty_value=None,
                required=False,
            ),
        }

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """Return the rows as they are drawn."""
        return self.shown_rows("keys")

    @property
    def keys(self) -> list[PhoneKey]:
        """Return what was typed; a free row stays a free key."""
        rows = self.take_rows({**self.cleaned_data}, "keys")
        return [
            PhoneKey(
                position=place + 1,
                kind=row["kind"],
                value=row["value"],
                label=row["label"],
                line=row["line"] or 1,
            )
            for place, row in rows
            if row["kind"]
        ]


def _kept(phone: Phone) -> list[dict[str, Any]]:
    """Return a phone's keys by position, free ones empty."""
    found = {key.position: key for key in PhoneKey.objects.filter(phone=phone)}
    names = ("kind", "value", "label", "line")
    return [
        {name: getattr(found[at], name) for name in names} if at in found else {}
        for at in range(1, max(found, default=0) + 1)
    ]


class SettingsForm(forms.Form):
    """Settings in the maker's words, one a line."""

    settings = forms.CharField(
        label=gettext_lazy("Settings"),
        required=False,
        max_length=40_000,
        strip=False,
        help_text=gettext_lazy("One a line: name = value. Empty: nothing differs."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def __init__(
        self, *args: Any, now: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        """Start with what is set."""
        super().__init__(*args, **kwargs)
        self.fields["settings"].initial = "\n".join(lines_told(now or {}))

    def clean_settings(self) -> dict[str, str]:
        """Return names and values; say which line is none."""
        found: dict[str, str] = {}
        for at, line in enumerate(self.cleaned_data["settings"].splitlines(), 1):
            name, equals, value = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or not name:
                words = _("Line %(n)s has no equals sign between name and value.")
                raise forms.ValidationError(words % {"n": at})
            if name in found:
                words = _("%(name)s stands there twice.")
                raise forms.ValidationError(words % {"name": name[:80]})
            found[name] = value
        return found


class PhoneFilters(Filters):
    """Search by name, address, model, extension or customer."""

    placeholder = gettext_lazy("Name, MAC, model or extension")
    state = forms.ChoiceField(
        required=False,
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("all")), *WORDS.items()],
    )
