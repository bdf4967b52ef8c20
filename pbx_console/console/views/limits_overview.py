"""Who has reached a limit now, or nearly: for resellers and the platform's staff."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from pbx_console.accounts.models import Reseller
from pbx_console.console import limit_lines, limit_words
from pbx_console.console.access import needs
from pbx_console.pbx.models import LimitCrossing
from pbx_console.pbx.services.limits import limits_of

MOST = 50


@needs("limits.view")
def limits_overview(request: Any) -> HttpResponse:
    """Show what is reached or nearly so, and a reseller's own limits."""
    membership = request.membership
    if membership.level == "customer":
        return redirect("console:limits", code=membership.customer.code)
    resellers = _resellers(membership)
    context = {
        "own": [limit_lines.line_of(limits_of(row)) for row in resellers],
        "near": limit_lines.near(),
        "crossings": [
            (row, limit_words.crossing_words(row), row.customer or row.reseller)
            for row in _lately()
        ],
    }
    return render(request, "console/limits/overview.html", context)


def _resellers(membership: Any) -> list[Reseller]:
    if membership.reseller is not None:
        return [membership.reseller]
    rows = Reseller.objects.filter(is_active=True).order_by("name")
    return list(rows.filter(limits__customer=None, limits__isnull=False)[:MOST])


def _lately() -> list[LimitCrossing]:
    rows = LimitCrossing.objects.select_related("customer", "reseller")
    return list(rows.order_by("-reached_at")[:8])
