"""Explaining a charge, and correcting one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.lib.money import to_short
from pbx_console.metering.charging import PriceBook, Rated, rate_finished
from pbx_console.metering.models import Charge, Leg


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One line of the explanation: what was done, and the figures."""

    title: str
    detail: str


def explain(charge: Charge) -> list[ExplainedStep]:
    """Return how the amount came about, step by step, in the reader's language."""
    currency = charge.currency
    steps = [_EXPLAIN[step["step"]](step, currency) for step in charge.steps]
    if charge.kind == Charge.Kind.REVERSAL:
        detail = f"{to_short(charge.amount_micro)} {currency}"
        steps.append(ExplainedStep(_("Taken back"), detail))
    return steps


def _seconds(milliseconds: int) -> str:
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03d} s" if rest else f"{whole} s"


def _call(step: dict[str, Any], currency: str) -> ExplainedStep:
    return ExplainedStep(
        _("Call"),
        _("%(number)s, connected for %(time)s")
        % {"number": step["number"], "time": _seconds(step["duration_ms"])},
    )


_FREE: Final[dict[str, Callable[[], str]]] = {
    "emergency": lambda: _("Emergency calls are always free."),
    "incoming": lambda: _("Incoming calls are free."),
    "zero": lambda: _("A call of 0 s is free."),
}


def _free(step: dict[str, Any], currency: str) -> ExplainedStep:
    return ExplainedStep(_("Free of charge"), _FREE[step["rule"]]())


def _price(step: dict[str, Any], currency: str) -> ExplainedStep:
    return ExplainedStep(
        _("Price found"),
        _("%(name)s, the longest prefix in “%(list)s” is %(prefix)s")
        % {"name": step["name"], "list": step["list"], "prefix": step["prefix"]},
    )


def _time(step: dict[str, Any], currency: str) -> ExplainedStep:
    values = {
        "first": step["first_increment"],
        "next": step["next_increment"],
        "time": _seconds(step["billed_ms"]),
    }
    return ExplainedStep(
        _("Time rounded up"), _("%(first)s/%(next)s: %(time)s count") % values
    )


def _minutes(step: dict[str, Any], currency: str) -> ExplainedStep:
    names = {"peak": _("peak"), "off_peak": _("off-peak")}
    amount = step["billed_ms"] * step["per_minute_micro"] // 60_000
    values = {
        "time": _seconds(step["billed_ms"]),
        "price": to_short(step["per_minute_micro"]),
        "currency": currency,
        "amount": to_short(amount),
    }
    detail = _("%(time)s at %(price)s %(currency)s per minute = %(amount)s") % values
    period = names.get(step["period"])
    return ExplainedStep(_("Time"), f"{detail} ({period})" if period else detail)


def _setup(step: dict[str, Any], currency: str) -> ExplainedStep:
    return ExplainedStep(_("Set-up fee"), f"{to_short(step['setup_micro'])} {currency}")


def _minimum(step: dict[str, Any], currency: str) -> ExplainedStep:
    amount = f"{to_short(step['minimum_micro'])} {currency}"
    kept = _("applied") if step["applied"] else _("already reached")
    return ExplainedStep(_("Minimum charge"), f"{amount}, {kept}")


def _rounding(step: dict[str, Any], currency: str) -> ExplainedStep:
    return ExplainedStep(
        _("Rounded once"),
        f"{step['rule']}: {to_short(step['amount_micro'])} {currency}",
    )


_EXPLAIN: Final[dict[str, Callable[[dict[str, Any], str], ExplainedStep]]] = {
    "call": _call,
    "free": _free,
    "price": _price,
    "time": _time,
    "minutes": _minutes,
    "setup": _setup,
    "minimum": _minimum,
    "rounding": _rounding,
}


@transaction.atomic
def rerate(actor: Actor, leg: Leg) -> Rated:
    """Rate a leg again with the prices of now.

    If anything differs, what stands is taken back by reversals and charged anew; what was
    handed out stays as it is and the correction comes in the next export. Raises
    ValidationError if the leg was never rated.
    """
    locked = Leg.objects.select_for_update().get(pk=leg.pk)
    if locked.state not in (Leg.State.RATED, Leg.State.UNPRICED):
        raise ValidationError(_("Only a rated call can be rated again."))
    locked.state = Leg.State.FINISHED
    locked.save(update_fields=["state"])
    # A reseller may correct its sale; the purchase level comes from a list it cannot see.
    with as_everyone("rating a leg again"):
        done = rate_finished(PriceBook(), only=[locked.pk])
    leg.refresh_from_db()
    audit.record(actor, "leg.rated_again", leg, after={"charges": done.charges})
    return done
