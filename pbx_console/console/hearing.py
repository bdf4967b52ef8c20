"""Who may hear a voicemail box: whose own it is, and for shared ones the right to.

Resellers and platform staff never do, not even while they act for a customer: a message is
between the caller and whoever was called.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404

from pbx_console.accounts.models import Customer
from pbx_console.accounts.rights import has_right
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import VoicemailBox


def may_hear(request: Any, box: VoicemailBox) -> bool:
    """Say whether the messages of this box are this person's business."""
    membership = request.membership
    if membership.acted_by or membership.customer_id != box.customer_id:
        return False
    if box.extension is not None:
        return bool(membership.extension_number == box.extension.number)
    return has_right(membership.role, "voicemail.shared")


def heard_boxes(request: Any, customer: Customer) -> list[VoicemailBox]:
    """Return the boxes of a customer that this person may hear, with `new` messages."""
    rows = VoicemailBox.objects.filter(customer=customer).select_related("extension")
    rows = rows.annotate(new=Count("messages", filter=Q(messages__is_new=True)))
    return [box for box in rows if may_hear(request, box)]


def box_for(request: Any, code: str, key: int) -> VoicemailBox:
    """Return a box that this person may hear; any other one does not exist."""
    customer = customer_for(request, code)
    open_to = [box.pk for box in heard_boxes(request, customer)]
    rows = VoicemailBox.objects.select_related("customer", "extension")
    return get_object_or_404(rows, pk=key, pk__in=open_to)
