"""More phones of an extension: adding, renaming, a new password, removing."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.services import audit
from pbx_console.pbx import projection, refresh, tasks
from pbx_console.pbx.models import Device, Extension
from pbx_console.pbx.models.devices import FIRST_SLOT, LAST_SLOT
from pbx_console.pbx.models.extensions import random_secret

FIELDS = ["slot", "name"]


@transaction.atomic
def add_device(actor: Actor, *, extension: Extension, name: str) -> Device:
    """Give an extension one more phone, at its first free place. Raises ValidationError."""
    Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
    device = Device(extension=extension, slot=_free_slot(extension), name=name)
    device.full_clean()
    _apply(device)
    audit.record(
        actor,
        "device.created",
        device,
        key=extension.endpoint_id,
        after=audit.snapshot(device, FIELDS),
    )
    return device


def _free_slot(extension: Extension) -> int:
    taken = set(extension.devices.values_list("slot", flat=True))
    free = [slot for slot in range(FIRST_SLOT, LAST_SLOT + 1) if slot not in taken]
    if not free:
        words = _("An extension has at most %(n)s phones. Remove one first.")
        raise ValidationError({"name": words % {"n": LAST_SLOT}})
    return free[0]


def _apply(device: Device) -> None:
    device.revision += 1
    device.failure = ""
    device.save()
    projection.project_extensions([device.extension])
    refresh.request([device])
    tasks.hint(device.endpoint_id)


@transaction.atomic
def rename_device(actor: Actor, *, device: Device, name: str) -> Device:
    """Call a phone something else. Raises ValidationError."""
    before = audit.snapshot(device, FIELDS)
    device.name = name
    device.full_clean()
    device.save(update_fields=["name"])
    audit.record(
        actor,
        "device.saved",
        device,
        key=device.extension.endpoint_id,
        before=before,
        after=audit.snapshot(device, FIELDS),
    )
    return device


@transaction.atomic
def reset_device_secret(actor: Actor, device: Device) -> str:
    """Give a phone's account a new secret and return it, to be shown once."""
    device.secret, device.srtp = random_secret(), ""
    _apply(device)
    key = device.extension.endpoint_id
    audit.record(actor, "device.secret_reset", device, key=key)
    return str(device.secret)


@transaction.atomic
def delete_device(actor: Actor, device: Device) -> None:
    """Remove a phone: its account and what is registered with it."""
    before = audit.snapshot(device, FIELDS)
    key = device.extension.endpoint_id
    audit.record(actor, "device.deleted", device, key=key, before=before)
    projection.remove([device.endpoint_id])
    refresh.request([device], removed=True)
    tasks.hint(device.endpoint_id)
    device.delete()
