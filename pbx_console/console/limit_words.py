"""What the pages of the limits show: figures with their bars, and the rules in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.console import formats
from pbx_console.console.forms.limits import country_name
from pbx_console.metering.services.tariffs import currency_for
from pbx_console.pbx.dial_ranges import NEIGHBOURS
from pbx_console.pbx.models import Extension, Limit, LimitCrossing
from pbx_console.pbx.models.limits import Risk
from pbx_console.pbx.services.limits import Rules, Spent, rules_of

NEAR = 80
TITLES = {
    ("money", "hour"): gettext_lazy("Money this hour"),
    ("money", "day"): gettext_lazy("Money today"),
    ("minutes", "hour"): gettext_lazy("Minutes this hour"),
    ("minutes", "day"): gettext_lazy("Minutes today"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One measure of one window. Money in micro-units, minutes in milliseconds."""

    kind: str
    window: str
    used: int
    cap: int
    ends_at: datetime
    currency: str

    @property
    def title(self) -> Any:
        """Return what is measured."""
        return TITLES[self.kind, self.window]

    @property
    def percent(self) -> int:
        """Return how much is used, 100 and more when it is reached."""
        return self.used * 100 // self.cap if self.cap else 100

    @property
    def state(self) -> str:
        """Return the word of its colour, or nothing."""
        if self.used >= self.cap:
            return "failed"
        return "pending" if self.percent >= NEAR else ""

    @property
    def used_words(self) -> str:
        """Return what is used."""
        return figure(self.kind, self.used, self.currency)

    @property
    def cap_words(self) -> str:
        """Return what is allowed."""
        return figure(self.kind, self.cap, self.currency)


def figure(kind: str, value: int, currency: str) -> str:
    """Write an amount: money with its currency, or whole minutes."""
    if kind == "money":
        return formats.money(value, currency or "EUR")
    return formats.minutes(value // 1000)


def bars(windows: list[Spent], currency: str) -> list[Bar]:
    """Return the measures that have a cap: money first, the hour before the day."""
    found = []
    for row in windows:
        ends = (row.ends_at, currency)
        if row.cap_micro is not None:
            shown = ("money", row.window, row.used_micro, row.cap_micro)
            found.append(Bar(*shown, *ends))
        if row.cap_ms is not None:
            shown = ("minutes", row.window, row.used_ms, row.cap_ms)
            found.append(Bar(*shown, *ends))
    return sorted(found, key=lambda bar: (bar.kind != "money", bar.window != "hour"))


def payer(owner: Reseller | Customer | Extension) -> Reseller | Customer:
    """Return who pays for the calls of an owner."""
    return owner.customer if isinstance(owner, Extension) else owner


def currency_of(owner: Reseller | Customer | Extension) -> str:
    """Return the currency of an owner's limits; empty without a price list."""
    return currency_for(payer(owner))


def rules(
    limit: Limit, owner: Reseller | Customer | Extension
) -> list[tuple[Any, Any]]:
    """Return what holds beside the amounts, as pairs of words."""
    found = rules_of(limit)
    held = payer(owner)
    return [
        (_("Outside calls at the same time"), _calls(limit, held)),
        *_longest(held),
        (_("Open countries"), _countries(found, held.country)),
        (_("Premium, satellite, often abused"), _opened(found)),
        (
            _("Forwards to expensive numbers"),
            _("allowed") if found.expensive_forwards else _("refused"),
        ),
        (_("At night and at weekends"), _night(found)),
    ]


def _calls(limit: Limit, held: Reseller | Customer) -> str:
    most = formats.count(held.max_calls)
    if limit.extension_id is None:
        return most
    if limit.max_calls is None:
        return _("%(n)s with all others of the customer") % {"n": most}
    return formats.count(limit.max_calls)


def _longest(held: Reseller | Customer) -> list[tuple[str, str]]:
    if isinstance(held, Reseller):
        return []
    n = held.max_call_minutes
    words = ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": formats.count(n)}
    return [(_("Longest call"), words)]


def _countries(found: Rules, home: str) -> str:
    if found.countries is None:
        near = [country_name(r) for r in NEIGHBOURS.get(home, ())]
        words = _("%(home)s and its neighbours: %(names)s")
        return words % {"home": country_name(home), "names": ", ".join(near)}
    names = [country_name(r) for r in dict.fromkeys((home, *found.countries))]
    shown = ", ".join(names[:8])
    more = len(names) - 8
    if more < 1:
        return shown
    words = ngettext(
        "%(names)s and %(n)s more country", "%(names)s and %(n)s more countries", more
    )
    return words % {"names": shown, "n": more}


def _opened(found: Rules) -> str:
    names = [str(Risk(risk).label) for risk in found.opened if risk in Risk.values]
    if not names:
        return _("closed")
    return _("open: %(names)s") % {"names": ", ".join(names)}


def _night(found: Rules) -> str:
    words = []
    if found.night_percent < 100:
        words.append(_("%(n)s %% of the amounts") % {"n": found.night_percent})
    if found.night_home_only:
        words.append(_("only the home country"))
    return ", ".join(words) or _("the same as by day")


def crossing_words(row: LimitCrossing) -> str:
    """Say what was reached: 100 % of money today (30,00 €)."""
    title = str(TITLES[row.measure, row.window])
    cap = figure(row.measure, row.cap, row.currency)
    return _("%(percent)s %% of %(cap)s: %(what)s") % {
        "percent": row.percent,
        "cap": cap,
        "what": title,
    }
