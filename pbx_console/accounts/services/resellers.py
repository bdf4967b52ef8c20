"""Creating and changing resellers (platform staff only; the views check the right)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.services import audit

FIELDS = ["slug", "name", "country", "timezone", "max_extensions", "is_active"]


@transaction.atomic
def save_reseller(
    actor: Actor, *, reseller: Reseller | None = None, **values: Any
) -> Reseller:
    """Create or change a reseller. Raises ValidationError; nothing is half saved."""
    unsaved = reseller is None
    reseller = reseller or Reseller()
    before = {} if unsaved else audit.snapshot(reseller, FIELDS)
    for name in FIELDS:
        setattr(reseller, name, values.get(name, getattr(reseller, name)))
    reseller.full_clean()
    reseller.save()
    after = audit.snapshot(reseller, FIELDS)
    verb = "reseller.created" if unsaved else "reseller.saved"
    audit.record(actor, verb, reseller, key=reseller.slug, before=before, after=after)
    return reseller
