"""Remembering and telling that a limit is near or reached, once per crossing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, Reseller, Role, User
from pbx_console.accounts.services import audit
from pbx_console.pbx.models import LimitCountry, LimitCrossing
from pbx_console.pbx.models.limits import MICRO
from pbx_console.pbx.notices import tell


class Crossed(NamedTuple):
    """80 or 100 percent of one limit; `used` and `cap` in milliseconds or micro-units."""

    level: str
    customer_id: int
    owner: str
    window: str
    begins_at: datetime
    measure: str
    percent: int
    used: int
    cap: int
    currency: str = ""


def note_crossing(crossed: Crossed, *, ended: int = 0) -> bool:
    """Write the crossing down and tell who must know; nothing when it is known.

    Call it in a transaction and as everyone. Returns whether it was new.
    """
    customer = Customer.objects.select_related("reseller").get(pk=crossed.customer_id)
    own = None if crossed.level == "reseller" else customer
    made = LimitCrossing.objects.bulk_create(
        [_row(crossed, customer.reseller, own, ended)], ignore_conflicts=True
    )
    row = _standing(crossed).first()
    if row is None or row.reached_at != made[0].reached_at:
        if row is not None and ended:
            counted = models.F("calls_ended") + ended
            LimitCrossing.objects.filter(pk=row.pk).update(calls_ended=counted)
        return False
    verb = "limit.reached" if crossed.percent == 100 else "limit.warned"
    audit.record(SYSTEM, verb, row, customer=own)
    _tell(crossed, customer, own)
    return True


def _row(
    crossed: Crossed, reseller: Reseller, customer: Customer | None, ended: int
) -> LimitCrossing:
    return LimitCrossing(
        reseller=reseller,
        customer=customer,
        reached_at=timezone.now(),
        calls_ended=ended,
        **{
            name: getattr(crossed, name)
            for name in (
                *("owner", "window", "measure", "percent", "begins_at"),
                *("used", "cap", "currency"),
            )
        },
    )


def _standing(crossed: Crossed) -> models.QuerySet[LimitCrossing]:
    return LimitCrossing.objects.filter(
        owner=crossed.owner,
        window=crossed.window,
        measure=crossed.measure,
        percent=crossed.percent,
        begins_at=crossed.begins_at,
        lifted_at=None,
    )


def _figures(crossed: Crossed) -> dict[str, Any]:
    return {
        "window": crossed.window,
        "measure": crossed.measure,
        "percent": crossed.percent,
        "used": shown(crossed.measure, crossed.used),
        "cap": shown(crossed.measure, crossed.cap),
        "currency": crossed.currency if crossed.measure == "money" else "",
    }


def shown(measure: str, figure: int) -> str:
    """Return money with two places, or whole minutes."""
    if measure == "money":
        cents = round(figure / (MICRO // 100))
        return f"{cents // 100}.{cents % 100:02d}"
    return str(figure // 60_000)


def _tell(crossed: Crossed, customer: Customer, own: Customer | None) -> None:
    """Queue a mail each: of a customer's limit to its administrators and the reseller's
    people; of the reseller's own to these and, at 100 %, to who can lift it."""
    reseller = customer.reseller
    whose = "limit" if own else "sum"
    kind = f"{whose}_{'reached' if crossed.percent == 100 else 'warning'}"
    context = _figures(crossed) | {
        "owner": str(own or reseller),
        "extension": crossed.owner.partition("-")[2],
        "path": _path(reseller, own),
        "happened_at": timezone.now(),
    }
    tell(reseller, kind, people_of(reseller, own), context)
    if own is None and crossed.percent == 100:
        tell(None, kind, people_of(None, None), context)


def _path(reseller: Reseller, customer: Customer | None) -> str:
    if customer is not None:
        return f"/customers/{customer.code}/limits/"
    return f"/resellers/{reseller.slug}/limits/"


def tell_country(made: int) -> None:
    """Tell that a customer called this country for the first time; not its own."""
    row = LimitCountry.objects.select_related("customer__reseller").get(pk=made)
    customer = row.customer
    if row.region == customer.country:
        return
    audit.record(SYSTEM, "limit.new_country", row, after={"region": row.region})
    context = {
        "owner": customer.name,
        "region": row.region,
        "number": row.number,
        "extension": row.extension_number,
        "path": f"/customers/{customer.code}/limits/",
        "happened_at": row.first_at,
    }
    people = people_of(customer.reseller, customer)
    tell(customer.reseller, "new_destination", people, context)


def people_of(reseller: Reseller | None, customer: Customer | None) -> Iterable[User]:
    """Return owners and technicians of the reseller, and the customer's administrators;
    without a reseller the platform's staff."""
    wanted = models.Q(
        memberships__role__in=[Role.OWNER, Role.TECHNICIAN]
        if reseller
        else [Role.OPERATOR],
        memberships__reseller=reseller,
        memberships__customer=None,
    )
    if customer is not None:
        wanted |= models.Q(memberships__role=Role.ADMIN, memberships__customer=customer)
    return User.objects.filter(wanted, is_active=True).distinct()
