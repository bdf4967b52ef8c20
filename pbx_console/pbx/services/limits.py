"""Limits of calls to the outside: read with their use, changed, lifted after a block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.customers import comes_along
from pbx_console.pbx.dial_ranges import stored
from pbx_console.pbx.models import Extension, Limit, LimitCrossing, LimitUse
from pbx_console.pbx.models.limits import Risk
from pbx_console.pbx.services.nouns import store

comes_along(Limit)

T = TypeVar("T")
FIELDS = [
    *("max_calls", "minutes_hour", "minutes_day", "money_hour_micro"),
    *("money_day_micro", "night_percent", "night_home_only", "countries"),
    *("opened", "expensive_forwards"),
]
_SPENDING = """
SELECT owner, win, begins_at, ends_at, cap_ms, cap_micro, used_ms, used_micro
FROM asterisk.spending(%s, %s, now()) WHERE owner = %s ORDER BY win DESC
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What of one window is used; a cap None is no limit."""

    owner: str
    window: str
    begins_at: datetime
    ends_at: datetime
    cap_ms: int | None
    cap_micro: int | None
    used_ms: int
    used_micro: int

    @property
    def is_reached(self) -> bool:
        """Say whether calls to the outside are refused because of it."""
        pairs = ((self.used_ms, self.cap_ms), (self.used_micro, self.cap_micro))
        return any(cap is not None and used >= cap for used, cap in pairs)


def limits_of(
    owner: Reseller | Customer | Extension,
) -> Limit:
    """Return the row of an owner, or an unsaved one without any limit."""
    place = _place(owner)
    return Limit.objects.filter(**place).first() or Limit(**place)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for calls outside beside the amounts, with what the levels above say.

    `countries` None: the home country and its neighbours.
    """

    countries: list[str] | None
    opened: list[str]
    night_percent: int
    night_home_only: bool
    expensive_forwards: bool


def rules_of(limit: Limit) -> Rules:
    """Return the rules in force for the owner of a limit."""
    levels = [limit]
    if limit.extension_id and limit.customer:
        levels.append(limits_of(limit.customer))
    if limit.customer_id:
        levels.append(limits_of(limit.reseller))
    # A reseller's percentage is of its own amounts; an extension's is the customer's.
    night = [row.night_percent for row in levels if row.customer_id or row is limit]
    return Rules(
        countries=_first(row.countries for row in levels),
        opened=_first(row.opened for row in levels) or [],
        night_percent=_first(night) or 100,
        night_home_only=bool(_first(row.night_home_only for row in levels)),
        expensive_forwards=bool(_first(row.expensive_forwards for row in levels)),
    )


def _first(values: Iterable[T | None]) -> T | None:
    """Return the first that says something."""
    return next((value for value in values if value is not None), None)


def _place(owner: Reseller | Customer | Extension) -> dict[str, Any]:
    if isinstance(owner, Reseller):
        return {"reseller": owner, "customer": None, "extension": None}
    if isinstance(owner, Customer):
        return {"reseller": owner.reseller, "customer": owner, "extension": None}
    customer = owner.customer
    return {"reseller": customer.reseller, "customer": customer, "extension": owner}


def spent(limit: Limit) -> list[Spent]:
    """Return the windows in force of a limit, the hour first; empty without amounts."""
    customer = limit.customer_id
    if customer is None:
        customer = limit.reseller.customers.values_list("pk", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(_SPENDING, [customer, limit.extension_id, limit.owner])
        return [Spent(*row) for row in cursor.fetchall()]


@transaction.atomic
def save_limits(
    actor: Actor, *, owner: Reseller | Customer | Extension, **values: Any
) -> Limit:
    """Change what an owner may spend. Raises ValidationError.

    What a reseller may spend is decided above it.
    """
    if isinstance(owner, Reseller) and actor.level == "reseller":
        raise PermissionDenied
    _check_lists(values)
    return store(actor, limits_of(owner), FIELDS, values)


def _check_lists(values: dict[str, Any]) -> None:
    known = {row.region for row in stored()}
    if not set(values.get("countries") or ()) <= known:
        raise ValidationError({"countries": _("Choose countries of the list.")})
    if not set(values.get("opened") or ()) <= set(Risk.values):
        raise ValidationError({"opened": _("Choose ranges of the list.")})


def forget_money(owner: Reseller | Customer) -> None:
    """Begin to count money anew: the owner pays in another currency from now on."""
    whose: dict[str, Any] = {"customer": None, "reseller": owner}
    if isinstance(owner, Customer):
        whose = {"customer": owner}
    LimitUse.objects.filter(**whose).update(micro=0, live_micro=0)


@transaction.atomic
def lift(
    actor: Actor, limit: Limit, *, until: Literal["hour", "window"], reason: str
) -> Limit:
    """Let calls out again at once: as much again as was used, for an hour or until the
    window ends. Raises ValidationError without a reason, or when nothing is blocked.
    """
    if limit.customer_id is None and actor.level == "reseller":
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; it stands in the audit log.")})
    limit = Limit.objects.select_for_update(of=("self",)).get(pk=limit.pk)
    windows = spent(limit)
    reached = [window for window in windows if window.is_reached]
    if not reached:
        raise ValidationError(_("Nothing is blocked now."))
    for window in windows:
        setattr(limit, f"lift_{window.window}_ms", window.used_ms)
        setattr(limit, f"lift_{window.window}_micro", window.used_micro)
    now = timezone.now()
    ends = max(window.ends_at for window in reached)
    limit.lifted_until = now + timedelta(hours=1) if until == "hour" else ends
    limit.save()
    crossings = LimitCrossing.objects.filter(owner=limit.owner, lifted_at=None)
    crossings.update(lifted_at=now, lifted_by=actor.name[:120], reason=reason[:200])
    after = {"reason": reason, "until": limit.lifted_until.isoformat()}
    audit.record(actor, "limit.lifted", limit, after=after)
    return limit
