"""More destinations on one page: announcements, rooms, outside numbers, parking, paging."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.access import needs
from pbx_console.console.flow import Row, Words
from pbx_console.console.owners import customer_for
from pbx_console.console.views import (
    announcements,
    conferences,
    outside_numbers,
    paging_groups,
    parking,
)
from pbx_console.pbx.models import (
    Announcement,
    Conference,
    OutsideNumber,
    PagingGroup,
    ParkingLot,
)


def _section(
    customer: Customer,
    title: Any,
    words: Words,
    rows: Iterable[Any],
    summary: Callable[[Any], str],
) -> dict[str, Any]:
    shown = [
        Row(row.number, row.name, words.url("change", customer, row.pk), summary(row))
        for row in rows
    ]
    new_url = words.url("new", customer)
    return {"title": title, "words": words, "rows": shown, "new_url": new_url}


@needs("callflow.view")
def rooms(request: Any, code: str) -> HttpResponse:
    """List what calls can be sent to besides people, groups, queues and menus."""
    customer = customer_for(request, code)
    own = {"customer": customer}
    said = Announcement.objects.filter(**own).select_related("prompt", "then")
    paged = PagingGroup.objects.filter(**own).prefetch_related("members")
    kinds: tuple[tuple[Any, Any, Any], ...] = (
        (_("Announcements"), announcements, said),
        (_("Conference rooms"), conferences, Conference.objects.filter(**own)),
        (_("Outside numbers"), outside_numbers, OutsideNumber.objects.filter(**own)),
        (_("Parking"), parking, ParkingLot.objects.filter(**own)),
        (_("Paging"), paging_groups, paged),
    )
    sections = [
        _section(customer, title, noun.WORDS, rows, noun.summary)
        for title, noun, rows in kinds
    ]
    context = {"customer": customer, "sections": sections}
    return render(request, "console/rooms/list.html", context)
