"""Sites, and trying the emergency numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services import audit
from pbx_console.pbx import projection, refresh, tasks
from pbx_console.pbx.models import Destination, EmergencyTest, Extension, Site
from pbx_console.pbx.models.destinations import Kind
from pbx_console.pbx.services import nouns

FIELDS = [
    "customer",
    "name",
    "street",
    "postcode",
    "town",
    "country",
    "note",
    "did",
]
# What rings people: no machine may answer somebody who needs help.
RINGS = (Kind.EXTENSION, Kind.GROUP)
LONGEST_TEST = dt.timedelta(hours=1)
HINTS = 50  # more are left to the sweep


@transaction.atomic
def save_site(actor: Actor, *, site: Site | None = None, **values: Any) -> Site:
    """Create or change a site. Raises ValidationError.

    `extensions` are the extensions whose phones stand there, all of them.
    """
    site = site or Site(customer=values["customer"])
    chosen = values.pop("extensions", None)
    saved = nouns.store(actor, site, FIELDS, values)
    if chosen is not None:
        _place(actor, saved, list(chosen))
    tell_phones(saved.customer)
    return saved


def _place(actor: Actor, site: Site, chosen: list[Extension]) -> None:
    if any(extension.customer_id != site.customer_id for extension in chosen):
        raise ValidationError({"extensions": _("Choose one of this customer's.")})
    before = _names(site)
    there = Extension.objects.filter(site=site)
    there.exclude(pk__in=[e.pk for e in chosen]).update(site=None)
    Extension.objects.filter(pk__in=[e.pk for e in chosen]).update(site=site)
    after = _names(site)
    if before != after:
        audit.record(
            actor,
            "site.phones_placed",
            site,
            key=str(site.pk),
            before={"extensions": before},
            after={"extensions": after},
        )


def _names(site: Site) -> list[str]:
    rows = Extension.objects.filter(site=site).order_by("number")
    return list(rows.values_list("number", flat=True))


@transaction.atomic
def delete_site(actor: Actor, site: Site) -> None:
    """Delete a site; its phones show their own numbers again."""
    customer = site.customer
    nouns.drop(actor, site, FIELDS)
    tell_phones(customer)


@transaction.atomic
def start_emergency_test(
    actor: Actor, *, customer: Customer, destination: Destination, minutes: int
) -> EmergencyTest:
    """Let emergency numbers ring `destination` for some minutes. Raises ValidationError.

    The real number is dialled when nobody there answers, when the time is over, when the
    test is ended, and whenever the database does not answer.
    """
    if not 1 <= minutes <= LONGEST_TEST.total_seconds() // 60:
        raise ValidationError({"minutes": _("Between 1 and 60 minutes.")})
    if destination.customer_id != customer.pk:
        raise ValidationError({"destination": _("Choose one of this customer's.")})
    if destination.kind not in RINGS:
        message = _("Choose an extension or a hunt group: a person must answer.")
        raise ValidationError({"destination": message})
    until = timezone.now() + dt.timedelta(minutes=minutes)
    test, _made = EmergencyTest.objects.update_or_create(
        customer=customer, defaults={"destination": destination, "until": until}
    )
    tell_phones(customer)
    after = {"destination": str(destination), "until": until.isoformat()}
    audit.record(
        actor, "emergencytest.started", customer, key=customer.code, after=after
    )
    return test


@transaction.atomic
def end_emergency_test(actor: Actor, *, customer: Customer) -> None:
    """Dial the real emergency numbers again, now."""
    gone, _rows = EmergencyTest.objects.filter(customer=customer).delete()
    tell_phones(customer)
    if gone:
        audit.record(actor, "emergencytest.ended", customer, key=customer.code)


def tell_phones(customer: Customer) -> None:
    """Have Asterisk know what emergency calls of a customer's phones show and do."""
    changed = projection.follow_numbers([customer.pk])
    refresh.request(changed)
    for extension in changed[:HINTS]:
        tasks.hint(extension.endpoint_id)
