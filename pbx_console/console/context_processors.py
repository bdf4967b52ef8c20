"""What every page knows: theme, rail, who is signed in."""

from __future__ import annotations

from typing import Any

from django.utils.functional import SimpleLazyObject

from pbx_console.console.navigation import Rail, rail
from pbx_console.console.owners import Shown, shown_by_default
from pbx_console.console.theme import theme_of


def _live_url(shown: Shown) -> str:
    """Every page inside has a socket: it closes when the person must leave."""
    return f"/ws/live/{shown.customer.code}/" if shown.customer else "/ws/door/"


def page(request: Any) -> dict[str, Any]:
    """Add `theme`, `shown`, the address of the live connection and, for a person
    inside, `rail` (queried only if drawn)."""
    shown = getattr(request, "shown", None) or shown_by_default(request)
    membership = getattr(request, "membership", None)
    return {
        "theme": theme_of(request),
        "shown": shown,
        "membership": membership,
        "live_url": _live_url(shown) if membership else "",
        "rail": SimpleLazyObject(lambda: rail(request, shown))
        if membership
        else Rail(),
    }
