"""What a contract includes, on the pages: used and allowed, and what is switched off.

Features bind customers' people; whoever looks after a customer sees what it does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from pbx_console.accounts import features
from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.services.quotas import Owner, Use, uses_of
from pbx_console.console.access import View
from pbx_console.console.dashboards import Task
from pbx_console.console.formats import count


def part_of(feature: Feature) -> Any:
    """Open the view to customers' people only where their contract has the feature.

    Stands below `needs`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not has(request, feature):
                raise PermissionDenied(features.refusal(feature))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def has(request: Any, feature: str) -> bool:
    """Say whether the person on the page has a feature; only customers lack any."""
    membership = request.membership
    if membership is None or membership.level != "customer":
        return True
    return features.allowed(feature, membership.customer)


def of(owner: Owner) -> dict[str, Any]:
    """Return what `parts/quotas.html` shows of a customer or a reseller."""
    return {
        "uses": uses_of(owner),
        "max_calls": owner.max_calls,
        "features": [(f.label, features.allowed(f, owner)) for f in _told(owner)],
    }


def _told(owner: Owner) -> list[Feature]:
    """Return the features worth a line: a customer is not told what its reseller lacks."""
    if isinstance(owner, Customer):
        return features.offered(owner.reseller)
    return list(Feature)


def tasks(uses: Iterable[Use]) -> list[Task]:
    """Return what of a reseller's own contract is almost used up."""
    return [_task(use) for use in uses if use.is_near]


def _task(use: Use) -> Task:
    title = _("Your contract is almost full: %(what)s")
    text = _("%(used)s of %(limit)s are in use. Nothing can be added when it is full.")
    return Task(
        "failed" if use.is_full else "pending",
        "gauge",
        title % {"what": use.quota.label},
        text % {"used": count(use.used), "limit": count(use.limit)},
        reverse("console:home") + "#h-quota",
        _("Look at it"),
    )
