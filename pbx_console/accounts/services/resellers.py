"""Creating and changing resellers (platform staff only; the views check the right)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.features import changed, known_features
from pbx_console.accounts.models import AuditEntry, Reseller
from pbx_console.accounts.services import audit, ending, quotas, undo

FIELDS = [
    "slug",
    "name",
    "country",
    "timezone",
    "max_extensions",
    "max_numbers",
    "max_calls",
    "max_storage_mb",
    "features",
    "is_active",
]


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
    reseller.features = known_features(reseller.features)
    reseller.full_clean()
    reseller.save()
    quotas.look_again(reseller)
    after = audit.snapshot(reseller, FIELDS)
    if before.get("is_active") and not reseller.is_active:
        ending.end_reseller(reseller)
    if before.get("features") != after["features"]:
        changed(reseller)
    verb = "reseller.created" if unsaved else "reseller.saved"
    audit.record(actor, verb, reseller, key=reseller.slug, before=before, after=after)
    return reseller


@undo.way("reseller.saved", family="reseller", right="resellers.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Reseller:
    reseller = undo.locked(Reseller.objects.filter(slug=entry.object_key))
    values = undo.values_before(reseller, entry, FIELDS)
    return save_reseller(actor, reseller=reseller, **values)
