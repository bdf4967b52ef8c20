"""What a person decides about a leg that was not simply rated."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.services import audit
from pbx_console.metering.models import Leg, PriceList

FIELDS = ["state", "reason", "duration_ms"]


@transaction.atomic
def accept_leg(actor: Actor, leg: Leg, *, duration_ms: int | None = None) -> Leg:
    """Let a flagged leg be rated, with its present or a corrected duration.

    Raises ValidationError if it is not flagged or nobody's.
    """
    leg = _flagged(leg)
    before = audit.snapshot(leg, FIELDS)
    if duration_ms is not None:
        leg.duration_ms = duration_ms
        leg.hung_up_at = leg.answered_at + timedelta(milliseconds=duration_ms)
    if leg.customer_id is None or leg.hung_up_at is None or (leg.duration_ms or 0) < 0:
        raise ValidationError(
            _("Only a call with a customer and an end can be billed.")
        )
    leg.state, leg.reason = Leg.State.FINISHED, Leg.Reason.ACCEPTED
    leg.save()
    after = audit.snapshot(leg, FIELDS)
    audit.record(actor, "leg.accepted", leg, before=before, after=after)
    return leg


@transaction.atomic
def waive_leg(actor: Actor, leg: Leg, *, because: str) -> Leg:
    """Decide that a flagged leg is never billed; `because` is kept in the log.

    Raises ValidationError if it is not flagged, or no reason is given.
    """
    if not because.strip():
        raise ValidationError({"because": _("Say why it is not billed.")})
    leg = _flagged(leg)
    before = audit.snapshot(leg, FIELDS)
    leg.state, leg.reason = Leg.State.WAIVED, Leg.Reason.WAIVED
    leg.save()
    after = audit.snapshot(leg, FIELDS) | {"because": because.strip()}
    audit.record(actor, "leg.waived", leg, before=before, after=after)
    return leg


def _flagged(leg: Leg) -> Leg:
    locked = Leg.objects.select_for_update().get(pk=leg.pk)
    if locked.state != Leg.State.FLAGGED:
        raise ValidationError(_("This call does not wait for a decision."))
    return locked


def requeue_unpriced(price_list: PriceList) -> int:
    """Let unpriced legs that this list prices be rated again; return how many."""
    waiting = Leg.objects.filter(state=Leg.State.UNPRICED).filter(
        Q(customer__tariff__price_list=price_list)
        | Q(reseller__tariff__price_list=price_list)
    )
    ids = list(waiting.values_list("id", flat=True))
    return Leg.objects.filter(id__in=ids, state=Leg.State.UNPRICED).update(
        state=Leg.State.FINISHED
    )
