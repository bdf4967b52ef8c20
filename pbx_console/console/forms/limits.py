"""Forms of the limits: amounts, countries, and lifting a block."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.locales import locale
from pbx_console.pbx.dial_ranges import (
    HIGH_RISK_COUNTRIES,
    NEIGHBOURS,
    NOWHERE,
    stored,
)
from pbx_console.pbx.models import Limit
from pbx_console.pbx.models.limits import MICRO, Risk

MAY = (("", _("as one level above")), ("yes", _("yes")), ("no", _("no")))
MONEY: dict[str, Any] = {
    "max_digits": 8,
    "decimal_places": 2,
    "min_value": 0,
    "required": False,
}


GROUPS = {
    "near": _("Home and neighbours"),
    "other": _("Other countries"),
    "risky": _("Often used for fraud: open the range below, too"),
}


class Country(NamedTuple):
    """A country to open."""

    region: str
    name: str
    is_chosen: bool


def country_name(region: str) -> str:
    """Return a country in the reader's language."""
    return str(locale().territories.get(region, region))


@cache
def _regions() -> frozenset[str]:
    return frozenset(row.region for row in stored()) - {NOWHERE}


def _letters(name: str) -> str:
    """Return what a name is sorted by: Ägypten stands beside Albania."""
    return unicodedata.normalize("NFKD", name).casefold()


def country_choices() -> list[tuple[str, str]]:
    """Return every country that has numbers, by name."""
    named = ((region, country_name(region)) for region in _regions())
    return sorted(named, key=lambda pair: _letters(pair[1]))


class LimitForm(forms.Form):
    """What an owner may spend. An empty amount is no limit at this level."""

    money_hour = forms.DecimalField(label=_("Money per hour"), **MONEY)
    money_day = forms.DecimalField(label=_("Money per day"), **MONEY)
    minutes_hour = forms.IntegerField(
        label=_("Minutes per hour"), min_value=0, max_value=1_000_000, required=False
    )
    minutes_day = forms.IntegerField(
        label=_("Minutes per day"), min_value=0, max_value=10_000_000, required=False
    )
    max_calls = forms.IntegerField(
        label=_("Outside calls at the same time"),
        min_value=1,
        max_value=1000,
        required=False,
    )
    night_percent = forms.IntegerField(
        label=_("At night and at weekends, percent of it"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_(
            "From 20:00 to 6:00 of the hour’s limits; on Saturday and Sunday of the"
            " day’s, too."
        ),
    )
    night_home_only = forms.ChoiceField(
        label=_("At night and at weekends only the home country"),
        choices=MAY,
        required=False,
    )
    own_countries = forms.BooleanField(
        label=_("Open only the countries chosen here"),
        required=False,
        help_text=_("Otherwise the home country and its neighbours are open."),
    )
    countries = forms.MultipleChoiceField(label=_("Open countries"), required=False)
    own_opened = forms.BooleanField(
        label=_("Decide here which of these ranges are open"),
        required=False,
        help_text=_("Otherwise the level above decides; without it all are closed."),
    )
    opened = forms.MultipleChoiceField(
        label=_("Opened ranges"),
        choices=Risk.choices,
        required=False,
    )
    expensive_forwards = forms.ChoiceField(
        label=_("Forwards may lead to expensive numbers"), choices=MAY, required=False
    )

    def __init__(
        self, *args: Any, limit: Limit, home: str, currency: str = "", **kwargs: Any
    ) -> None:
        """Show a limit; `home` is the owner's country, `currency` what it pays in. Only
        an extension has calls at the same time here: the others' stand in their contract.
        """
        kwargs["initial"] = _shown(limit)
        self.home = home
        self.currency = currency
        super().__init__(*args, **kwargs)
        countries = self.fields["countries"]
        countries.choices = country_choices()  # type: ignore[attr-defined]
        if limit.extension_id is None:
            del self.fields["max_calls"]

    @property
    def country_groups(self) -> list[tuple[Any, list[Country]]]:
        """Return the countries to choose from: near ones, dangerous ones, all others."""
        chosen = set(self["countries"].value() or ())
        near = (self.home, *NEIGHBOURS.get(self.home, ()))
        groups: dict[str, list[Country]] = {"near": [], "other": [], "risky": []}
        for region, name in country_choices():
            kind = "near" if region in near else "other"
            kind = "risky" if region in HIGH_RISK_COUNTRIES else kind
            groups[kind].append(Country(region, name, region in chosen))
        return [(GROUPS[kind], rows) for kind, rows in groups.items()]

    def clean(self) -> dict[str, Any]:
        """Return the values as the service wants them."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return typed
        values: dict[str, Any] = {
            name: typed.get(name)
            for name in ("minutes_hour", "minutes_day", "night_percent", "max_calls")
            if name in self.fields
        }
        for name in ("money_hour", "money_day"):
            values[f"{name}_micro"] = _micro(typed.get(name))
        for name in ("night_home_only", "expensive_forwards"):
            values[name] = {"yes": True, "no": False}.get(typed[name])
        for name in ("countries", "opened"):
            values[name] = list(typed[name]) if typed[f"own_{name}"] else None
        return values


def _shown(limit: Limit) -> dict[str, Any]:
    said = {True: "yes", False: "no", None: ""}
    return {
        "money_hour": _amount(limit.money_hour_micro),
        "money_day": _amount(limit.money_day_micro),
        "minutes_hour": limit.minutes_hour,
        "minutes_day": limit.minutes_day,
        "max_calls": limit.max_calls,
        "night_percent": limit.night_percent,
        "night_home_only": said[limit.night_home_only],
        "expensive_forwards": said[limit.expensive_forwards],
        "own_countries": limit.countries is not None,
        "countries": limit.countries or [],
        "own_opened": limit.opened is not None,
        "opened": limit.opened or [],
    }


def _amount(micro: int | None) -> Decimal | None:
    return None if micro is None else Decimal(micro) / MICRO


def _micro(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * MICRO)


class LiftForm(forms.Form):
    """Why and for how long a block is lifted."""

    reason = forms.CharField(
        label=_("Reason, for the log"),
        max_length=200,
        initial=_("Checked: these calls are right"),
    )
    until = forms.ChoiceField(
        choices=(
            ("hour", _("for an hour")),
            ("window", _("until the limit counts anew")),
        ),
    )
