"""Limits of the invented resellers and of one extension each."""

from __future__ import annotations

from collections.abc import Sequence

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.pbx.models import Extension
from pbx_console.pbx.models.limits import MICRO
from pbx_console.pbx.services.limits import save_limits


def limit_reseller(actor: Actor, reseller: Reseller) -> None:
    """Bound what all its customers together may cost."""
    save_limits(
        actor,
        owner=reseller,
        minutes_day=20_000,
        money_hour_micro=150 * MICRO,
        money_day_micro=500 * MICRO,
        night_percent=50,
    )


def limit_extension(actor: Actor, extensions: Sequence[Extension]) -> None:
    """Let the first extension of a customer, the one at the door, cost little."""
    for extension in extensions[:1]:
        save_limits(actor, owner=extension, max_calls=2, money_day_micro=5 * MICRO)
