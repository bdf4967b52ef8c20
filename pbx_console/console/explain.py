"""Why does this cost that: the steps that the rating wrote down, in words.

The steps are those of `metering.rating`; every figure in them is a copy, so the words
stay true when the price list changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.scope import as_everyone
from pbx_console.console import formats
from pbx_console.metering.models import ChannelEvent, Charge, Leg
from pbx_console.metering.models.charges import Level
from pbx_console.metering.services.price_lists import ALWAYS

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the wire: title, result at the right, sentence, formula."""

    title: str
    result: str = ""
    text: str = ""
    formula: str = ""
    last: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """A charge and its steps."""

    charge: Charge
    steps: list[Step]

    @property
    def amount(self) -> str:
        """Return what it costs, in words."""
        return formats.price(self.charge.amount_micro, _currency(self.charge))

    @property
    def is_wholesale(self) -> bool:
        """Say whether this is what the reseller pays."""
        return self.charge.level == Level.WHOLESALE


@dataclass(frozen=True, slots=True)
class Event:
    """One record of the journal: when, what in words, and where it stands in its file."""

    at: str
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class ExplainedLeg:
    """A leg with its charges, newest generation first, and the records behind it."""

    leg: Leg
    charges: list[Explained] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def leg(row: Leg, *, wholesale: bool) -> ExplainedLeg:
    """Return a leg with its charges explained; the purchase only for who may see it."""
    rows = Charge.objects.filter(leg=row).select_related("export")
    if not wholesale:
        rows = rows.filter(level=Level.RETAIL)
    shown = [
        Explained(c, steps(c)) for c in rows.order_by("level", "-generation", "kind")
    ]
    return ExplainedLeg(row, shown, events(row))


def events(row: Leg) -> list[Event]:
    """Return what the telephone system wrote down about this leg's channel.

    The journal belongs to nobody, so it is read for the one channel of a leg that the
    person was allowed to find; only time, kind and place are shown.
    """
    words = {
        "CHAN_START": _("begun"),
        "ANSWER": _("answered"),
        "HANGUP": _("hung up"),
        "CHAN_END": _("ended"),
    }
    with as_everyone("journal of a leg on screen"):
        found = ChannelEvent.objects.filter(
            uniqueid=row.uniqueid, node=row.node, event_type__in=words
        ).order_by("event_time", "offset")
        return [
            Event(_exact(event.event_time), words[event.event_type], _place(event))
            for event in found[:20]
        ]


def _exact(at: dt.datetime | None) -> str:
    """Return the time of day with milliseconds, on the clock of the page."""
    if at is None:
        return formats.DASH
    return timezone.localtime(at).strftime("%H:%M:%S.%f")[:-3]


def _place(event: ChannelEvent) -> str:
    return f"#{event.file_id} {formats.count(event.offset)}"


def steps(charge: Charge) -> list[Step]:
    """Return the steps of one charge in words."""
    made = [
        _MAKERS[raw["step"]](raw, charge)
        for raw in charge.steps
        if raw["step"] in _MAKERS
    ]
    return [step for step in made if step is not None]


def _call(raw: Raw, charge: Charge) -> Step:
    seconds = formats.decimal(raw["duration_ms"] / 1000, 3)
    text = _("From answer to hang-up. Ringing does not count.")
    return Step(_("Recorded"), _("%(seconds)s s") % {"seconds": seconds}, text)


def _free(raw: Raw, charge: Charge) -> Step:
    reason = {
        "emergency": _("Emergency calls are free, always."),
        "incoming": _("Incoming calls are free."),
        "zero": _("The call lasted no time."),
    }.get(raw["rule"], "")
    return Step(_("Free"), formats.price(0, _currency(charge)), reason, last=True)


def _currency(charge: Charge) -> str:
    return "EUR" if charge.currency == "XXX" else charge.currency


def _price(raw: Raw, charge: Charge) -> Step:
    start = dt.datetime.fromisoformat(raw["valid_from"])
    words = {"list": raw["list"], "name": raw["name"], "since": formats.day(start)}
    always = _("Longest prefix in %(list)s: %(name)s")
    since = _("Longest prefix in %(list)s: %(name)s, valid from %(since)s")
    text = always if start.year <= ALWAYS.year else since
    return Step(_("Destination"), f"+{raw['prefix']}", text % words)


def _time(raw: Raw, charge: Charge) -> Step:
    first, following = raw["first_increment"], raw["next_increment"]
    title = _("Increment %(first)s/%(next)s") % {"first": first, "next": following}
    text = _("The first %(first)s s count in full, then every %(next)s s begun.")
    if first == following == 1:
        text = _("Every second begun counts.")
    seconds = formats.decimal(raw["billed_ms"] / 1000, 0)
    result = _("%(seconds)s s") % {"seconds": seconds}
    return Step(title, result, text % {"first": first, "next": following})


def _minutes(raw: Raw, charge: Charge) -> Step:
    per_minute = formats.price(raw["per_minute_micro"], charge.currency)
    seconds = formats.decimal(raw["billed_ms"] / 1000, 0)
    exact = round(raw["billed_ms"] * raw["per_minute_micro"] / 60_000)
    title = {"peak": _("Peak"), "off_peak": _("Off-peak")}.get(raw["period"], _("Time"))
    amount = formats.price(exact, charge.currency)
    formula = f"{seconds} ÷ 60 × {per_minute} = {amount}"
    text = _("%(price)s per minute.") % {"price": per_minute}
    return Step(title, amount, text, formula)


def _setup(raw: Raw, charge: Charge) -> Step:
    amount = formats.price(raw["setup_micro"], charge.currency)
    return Step(_("Set-up fee"), amount, _("Once per call."))


def _minimum(raw: Raw, charge: Charge) -> Step:
    amount = formats.price(raw["minimum_micro"], charge.currency)
    applied = _("The call is below it, so it counts.")
    text = applied if raw["applied"] else _("The call is above it.")
    return Step(_("Minimum charge"), amount, text)


def _rounding(raw: Raw, charge: Charge) -> Step:
    mode, _sign, decimals = raw["rule"].rpartition("_")
    how = {
        "half_up": _("half up"),
        "half_even": _("half to even"),
        "up": _("up"),
        "down": _("down"),
    }[mode]
    text = _("Rounded once, %(how)s, to %(decimals)s decimals.")
    amount = formats.price(raw["amount_micro"], charge.currency)
    return Step(
        _("Amount"), amount, text % {"how": how, "decimals": decimals}, last=True
    )


_MAKERS: dict[str, Callable[[Raw, Charge], Step]] = {
    "call": _call,
    "free": _free,
    "price": _price,
    "time": _time,
    "minutes": _minutes,
    "setup": _setup,
    "minimum": _minimum,
    "rounding": _rounding,
}
