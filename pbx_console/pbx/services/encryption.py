"""Talking to an account's phone as the phone was told to."""

from __future__ import annotations

from django.db import transaction

from pbx_console.pbx import projection, refresh, tasks
from pbx_console.pbx.models import Device, Extension


@transaction.atomic
def follow(account: Extension | Device, srtp: str) -> bool:
    """Encrypt what is spoken with this account's phone as it was just told (`off`,
    `optional`, `required`); say whether that is new.

    Not when somebody chooses it: a phone keeps to its old file until it has the new one.
    """
    if account.srtp == srtp:
        return False
    account.srtp = srtp
    account.revision += 1
    account.save(update_fields=["srtp", "revision", "saved_at"])
    extension = account.extension if isinstance(account, Device) else account
    projection.project_extensions([extension])
    refresh.request([account])
    tasks.hint(account.endpoint_id)
    return True
