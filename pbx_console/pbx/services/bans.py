"""Refusing an address for a while, and letting it in again."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Mapping

from celery import shared_task
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.pbx import ban_list
from pbx_console.pbx.models import Ban, BanTarget, Trunk

FIRST = dt.timedelta(hours=1)
LONGEST = dt.timedelta(days=7)
REMEMBERED = dt.timedelta(days=30)
FIELDS = ["address", "reason", "attempts"]


def is_safe(address: str) -> bool:
    """Say whether an address is never banned: a carrier's, or one of the settings."""
    one = ipaddress.ip_address(address)
    with as_everyone("addresses that are never banned"):
        trunks = Trunk.objects.filter(is_active=True)
        known = [text for trunk in trunks for text in trunk.known_addresses]
    return any(_within(one, text) for text in [*known, *settings.NEVER_BANNED])


def _within(one: ipaddress.IPv4Address | ipaddress.IPv6Address, text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return one.version == network.version and one in network


@transaction.atomic
def ban(
    actor: Actor,
    address: str,
    *,
    reason: str,
    attempts: int = 0,
    targets: Mapping[int, int] | None = None,
) -> Ban | None:
    """Refuse an address from now on; nothing for one that is never banned, or is already.

    `targets`: reseller -> attempts on its accounts. Each ban of an address within a month
    lasts four times as long as the one before. Needs the scope of everyone.
    """
    if is_safe(address):
        return None
    now = timezone.now()
    earlier = Ban.objects.filter(address=address)
    if earlier.filter(lifted_at=None, until__gt=now).exists():
        return None
    earlier.filter(lifted_at=None).update(lifted_at=models.F("until"))
    times = earlier.filter(since__gt=now - REMEMBERED, lifted_by=None).count()
    made = Ban.objects.create(
        address=address,
        reason=reason,
        attempts=attempts,
        since=now,
        until=now + min(FIRST * 4 ** min(times, 6), LONGEST),
    )
    _aim(made, targets or {})
    _name_owner(made)
    audit.record(actor, "ban.created", made, after=audit.snapshot(made, FIELDS))
    _mend_soon()
    return made


def _name_owner(held: Ban) -> None:
    """Have the log of the only reseller that it concerns tell of a ban."""
    targets = list(held.targets.select_related("reseller")[:2])
    if len(targets) == 1:
        held.__dict__["reseller"] = targets[0].reseller


def _aim(made: Ban, targets: Mapping[int, int]) -> None:
    known = Reseller.objects.filter(pk__in=list(targets)).values_list("pk", flat=True)
    BanTarget.objects.bulk_create(
        BanTarget(ban=made, reseller_id=pk, attempts=targets[pk]) for pk in known
    )


@transaction.atomic
def ban_by_hand(actor: Actor, address: str) -> Ban:
    """Refuse an address that a person names. Raises ValidationError."""
    try:
        plain = str(ipaddress.ip_address(address.strip()))
    except ValueError as error:
        raise ValidationError({"address": _("This is no address.")}) from error
    if is_safe(plain):
        words = _("A carrier calls from this address, or it is never banned.")
        raise ValidationError({"address": words})
    with as_everyone("a ban by hand"):
        made = ban(actor, plain, reason=Ban.Reason.BY_HAND)
    if made is None:
        raise ValidationError({"address": _("This address is banned already.")})
    return made


@transaction.atomic
def lift(actor: Actor, held: Ban) -> Ban:
    """Let an address in again at once."""
    held = Ban.objects.select_for_update().get(pk=held.pk)
    if held.lifted_at is None:
        held.lifted_at, held.lifted_by = timezone.now(), actor.user
        held.save(update_fields=["lifted_at", "lifted_by"])
        _name_owner(held)
        audit.record(actor, "ban.lifted", held, before=audit.snapshot(held, FIELDS))
        _mend_soon()
    return held


def expire() -> int:
    """Close what is over and forget what is old; mend both places. Return how many."""
    now = timezone.now()
    with as_everyone("bans that are over"):
        over = Ban.objects.filter(lifted_at=None, until__lte=now)
        closed = over.update(lifted_at=models.F("until"))
        Ban.objects.filter(until__lt=now - 3 * REMEMBERED).delete()
    ban_list.mend()
    return closed


def _mend_soon() -> None:
    transaction.on_commit(mend_bans.delay, robust=True)


@shared_task
def mend_bans() -> bool:
    """Make Asterisk and the machine's filter say what the bans say."""
    return ban_list.mend()
