"""Correcting a charge: what stands is taken back and charged anew."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.metering.charging import PriceBook, Rated, rate_finished
from pbx_console.metering.models import Leg


@transaction.atomic
def rerate(actor: Actor, leg: Leg) -> Rated:
    """Rate a leg again with the prices of now.

    If anything differs, what stands is taken back by reversals and charged anew; what was
    handed out stays as it is and the correction comes in the next export. Raises
    ValidationError if the leg was never rated.
    """
    locked = Leg.objects.select_for_update().get(pk=leg.pk)
    if locked.state not in (Leg.State.RATED, Leg.State.UNPRICED):
        raise ValidationError(_("Only a rated call can be rated again."))
    locked.state = Leg.State.FINISHED
    locked.save(update_fields=["state"])
    # A reseller may correct its sale; the purchase level comes from a list it cannot see.
    with as_everyone("rating a leg again"):
        done = rate_finished(PriceBook(), only=[locked.pk])
    leg.refresh_from_db()
    audit.record(actor, "leg.rated_again", leg, after={"charges": done.charges})
    return done
