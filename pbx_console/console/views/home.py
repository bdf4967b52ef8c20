"""The first page of each level: platform, reseller, customer, and one's own extension."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.rights import has_right
from pbx_console.console import contract, dashboards, figures, history
from pbx_console.console.access import needs
from pbx_console.console.views import phone_page
from pbx_console.metering.models import Follower, UsageExport
from pbx_console.pbx.models import Extension


@needs()
def home(request: Any) -> HttpResponse:
    """Show the page of the person's own level."""
    membership = request.membership
    if membership.level == "operator":
        return _platform(request)
    if membership.level == "reseller":
        return _reseller(request)
    if has_right(membership.role, "extensions.view"):
        return redirect("console:customer", code=membership.customer.code)
    return phone_page.show(request)


def _platform(request: Any) -> HttpResponse:
    """Resellers, traffic, exports and what waits for a person, over everything."""
    entries = AuditEntry.objects.select_related("customer")
    context = {
        "resellers": Reseller.objects.filter(is_active=True).count(),
        "customers": Customer.objects.filter(is_active=True).count(),
        "extensions": Extension.objects.count(),
        "to_live": figures.seconds_to_live(),
        "hours": figures.calls_today(),
        "today": figures.today(),
        "todo": dashboards.platform_todo(),
        "followers": Follower.objects.order_by("node"),
        "exports": dashboards.latest_exports(),
        "entries": history.told(entries[:8], request),
    }
    return render(request, "console/home/platform.html", context)


def _reseller(request: Any) -> HttpResponse:
    """Figures, work list, calls of today, margins; a checklist for the very first time."""
    customers = Customer.objects.filter(is_active=True)
    if not customers.exists():
        steps = dashboards.first_steps(request)
        done = sum(step.state == "live" for step in steps)
        context: dict[str, Any] = {"steps": steps, "done": done}
        return render(request, "console/home/first.html", context)
    money = has_right(request.membership.role, "usage.view")
    first = figures.month_start()
    known = contract.of(request.membership.reseller)
    context = {
        "month": first,
        "money": money,
        "phones": dashboards.phones(),
        "to_live": figures.seconds_to_live(),
        "usage": figures.usage_of_all(first),
        "export": UsageExport.objects.order_by("-sequence").first(),
        "hours": figures.calls_today(),
        "todo": contract.tasks(known["uses"]) + dashboards.todo(money=money),
        "contract": known,
        "margins": dashboards.margins(first) if money else [],
        "entries": _latest(request),
    }
    return render(request, "console/home/reseller.html", context)


def _latest(request: Any) -> list[history.Told]:
    if not has_right(request.membership.role, "audit.view"):
        return []
    return history.told(AuditEntry.objects.select_related("customer")[:8], request)
