"""What all forms share. A form parses and limits choices; services save."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import Model
from django.forms.models import fields_for_model, model_to_dict
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models.resellers import Feature
from pbx_console.console.formats import day


class NounForm(forms.Form):
    """Fields of a model, with its labels, help and checks, without its instance.

    A ModelForm would write into the object before the service takes its "before".
    """

    model: type[Model]
    names: tuple[str, ...] = ()

    def __init__(self, *args: Any, obj: Model | None = None, **kwargs: Any) -> None:
        """Take the fields from the model and their values from `obj`."""
        initial = model_to_dict(obj, self.names) if obj is not None else {}
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        own = fields_for_model(self.model, fields=self.names)
        self.fields = {**own, **{k: v for k, v in self.fields.items() if k not in own}}
        for name, field in own.items():
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]
            if isinstance(field, forms.CharField):  # say it all at once, not one by one
                field.validators += self.model._meta.get_field(name)._validators  # type: ignore[union-attr]


class CsvFileForm(forms.Form):
    """A CSV file, or the text of one that was already looked at."""

    MAX_MB = 5
    file = forms.FileField(
        label=_("CSV file"),
        error_messages={"required": _("Choose a CSV file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for a file unless its text comes along already."""
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not (self.is_bound and self.data.get("text"))

    def clean(self) -> dict[str, Any]:
        """Return the bytes of either as `data`."""
        data: dict[str, Any] = self.cleaned_data
        upload = data.get("file")
        if upload is not None and upload.size > self.MAX_MB * 1024 * 1024:
            message = _(
                "The file is larger than %(limit)s MB. Split it into several files."
            )
            raise forms.ValidationError({"file": message % {"limit": self.MAX_MB}})
        data["data"] = upload.read() if upload else data.get("text", "").encode()
        return data


LIMITS = ("max_extensions", "max_numbers", "max_calls", "max_storage_mb")


def features_field(offered: Iterable[Feature], chosen: Iterable[str]) -> forms.Field:
    """Return the boxes of what a contract includes."""
    return forms.MultipleChoiceField(
        label=_("Included"),
        choices=[(feature.value, feature.label) for feature in offered],
        initial=list(chosen),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "cb"}),
    )


def timezone_choices(current: str = "") -> list[tuple[str, str]]:
    """Return the zones of the countries served, and the one in use."""
    near = {z for z in available_timezones() if z.startswith(("Europe/", "Atlantic/"))}
    return [(zone, zone.replace("_", " ")) for zone in sorted(near | {current} - {""})]


class Filters(forms.Form):
    """The filters of a list, from the address. What cannot be read filters nothing."""

    q = forms.CharField(required=False, max_length=80, label=_("Search"))
    placeholder = _("Search")

    def __init__(self, data: Any, **kwargs: Any) -> None:
        """Read the query string."""
        super().__init__(data, auto_id="filter_%s", **kwargs)
        self.is_valid()

    def value(self, name: str) -> Any:
        """Return what was asked for, None or "" if nothing was."""
        return self.cleaned_data.get(name)

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """Return (parameter, label, value in words) of every filter in force."""
        return [
            (name, str(field.label), self.words(name))
            for name, field in self.fields.items()
            if name != "q" and self.value(name)
        ]

    def words(self, name: str) -> str:
        """Return the value of a filter as a person reads it."""
        field, value = self.fields[name], self.value(name)
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
        if isinstance(field, forms.DateField):
            return day(value)
        return str(value)

    @property
    def more(self) -> list[forms.BoundField]:
        """Return the fields behind the button *Filter*."""
        return [self[name] for name in self.fields if name != "q"]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return what the search field must send along: every other filter."""
        return [
            (n, self.data.get(n, "")) for n in self.fields if n != "q" and self.value(n)
        ]

    @property
    def is_used(self) -> bool:
        """Say whether anything is searched or filtered."""
        return any(self.value(name) for name in self.fields)


class DayFilters(Filters):
    """Filters of a list of calls by days; search by digits of the other number."""

    placeholder = _("Digits of a number")
    since = forms.DateField(
        required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label=_("Until"), widget=forms.DateInput(attrs={"type": "date"})
    )
