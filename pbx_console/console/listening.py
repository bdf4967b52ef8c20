"""Who may hear recorded calls: administrators of the customer, all or those it chose.

Resellers and platform staff never do, not even while they act for a customer. Every
listening is written down before the first byte leaves.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.rights import has_right
from pbx_console.console.contract import has
from pbx_console.console.owners import customer_for
from pbx_console.pbx import recording_files
from pbx_console.pbx.models.recordings import Recording
from pbx_console.pbx.services import recordings as services

RIGHT = "recordings.listen"
AGAIN = dt.timedelta(minutes=10)
"""A player asks for one sound many times; within this it was heard once."""
PIECE = 1 << 20
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def may_hear(request: Any, customer: Customer) -> bool:
    """Say whether this person may hear this customer's recordings now."""
    membership = request.membership
    if membership.acted_by or membership.customer_id != customer.pk:
        return False
    if not has_right(membership.role, RIGHT) or not has(request, "recording"):
        return False
    return services.may_listen(customer, membership.user_id)


def owner_for(request: Any, code: str) -> Customer:
    """Return the customer whose recordings are on screen; PermissionDenied with why."""
    customer = customer_for(request, code)
    if not may_hear(request, customer):
        words = _("Recordings are heard only by the administrators who were chosen.")
        raise PermissionDenied(words)
    return customer


def one(request: Any, code: str, key: int) -> Recording:
    """Return a recording that this person may hear; any other one does not exist."""
    customer = owner_for(request, code)
    rows = Recording.objects.select_related("customer", "extension")
    return get_object_or_404(rows, customer=customer, pk=key)


def played(request: Any, recording: Recording) -> HttpResponse:
    """Return the sound, or the part that the player asked for."""
    path = recording_files.path_of(recording.customer.code, recording.key)
    if not path.is_file():
        raise Http404
    if not _heard_lately(request, recording):
        services.note_heard(request.actor, recording)
    size = path.stat().st_size
    asked = _part(request.headers.get("Range", ""), size)
    if asked is not None and asked[0] >= size:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    first, last = asked or (0, size - 1)
    answer = HttpResponse(
        b"".join(recording_files.part(path, first, last)),
        content_type=recording_files.CONTENT_TYPE,
        status=206 if asked else 200,
    )
    if asked:
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte of one range; None for the whole."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(size - int(found[2]), 0), size - 1
    first = int(found[1])
    last = min(int(found[2] or size - 1), first + PIECE - 1, size - 1)
    return (first, last) if last >= first or first >= size else None


def _heard_lately(request: Any, recording: Recording) -> bool:
    since = timezone.now() - AGAIN
    rows = services.heard_by(recording).filter(verb=services.HEARD, at__gte=since)
    return bool(rows.filter(user=request.user).exists())
