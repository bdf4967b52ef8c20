"""The timeline of a phone or an account as it is drawn: seen, changed, called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.rights import has_right
from pbx_console.console import contract, history
from pbx_console.console.formats import phone as written
from pbx_console.console.templatetags.pages import other_party
from pbx_console.metering.models import Leg
from pbx_console.pbx.models import Extension
from pbx_console.provisioning.models import Phone
from pbx_console.provisioning.timeline import Line, timeline_of

MOST = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """One line. `url` leads to the call or the changed object."""

    at: dt.datetime
    words: str
    tone: str = ""
    detail: str = ""
    by: str = ""
    address: str = ""
    count: int = 1
    since: dt.datetime | None = None
    account: str = ""
    url: str = ""
    changes: Sequence[history.Change] = ()


def of_phone(request: Any, phone: Phone) -> list[Shown]:
    """Return what happened to a phone and its accounts, newest first."""
    numbers = list(phone.lines.values_list("extension__number", flat=True))
    lines = timeline_of(phone=phone, limit=MOST)
    return _merged(request, lines, _calls(request, phone.customer, numbers))


def of_extension(request: Any, extension: Extension) -> list[Shown]:
    """Return what happened to an extension's accounts, newest first."""
    lines = timeline_of(endpoint=extension.endpoint_id, limit=MOST)
    calls = _calls(request, extension.customer, [extension.number])
    return _merged(request, lines, calls)


def _merged(request: Any, lines: Sequence[Line], calls: list[Shown]) -> list[Shown]:
    entries = [line.entry for line in lines if line.entry is not None]
    seen = [_seen(line) for line in lines if line.entry is None]
    found = [*seen, *_changed(request, entries), *calls]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _seen(line: Line) -> Shown:
    return Shown(
        at=line.at,
        words=line.words,
        tone=line.tone,
        detail=line.detail,
        by=line.by,
        address=line.address,
        count=line.count,
        since=line.since,
        account=line.account,
    )


def _changed(request: Any, entries: Sequence[AuditEntry]) -> list[Shown]:
    if not has_right(request.membership.role, "audit.view"):
        return []
    return [
        Shown(
            at=told.entry.at,
            words=told.words,
            by=told.who,
            address=told.address,
            changes=told.changes,
        )
        for told in history.told(entries, request, place=False)
    ]


def _calls(request: Any, customer: Any, numbers: Sequence[str]) -> list[Shown]:
    """Return the outside calls, for those who may see the list of calls."""
    may = has_right(request.membership.role, "calls.view")
    if not may or not contract.has(request, Feature.CALL_LIST):
        return []
    legs = Leg.objects.filter(customer=customer, extension_number__in=numbers)
    return [_call(leg) for leg in legs.newest_first()[: MOST // 2]]


def _call(leg: Leg) -> Shown:
    words = _("Call with %(number)s") % {"number": written(other_party(leg))}
    url = reverse("console:call", kwargs={"call_id": leg.pk})
    return Shown(at=leg.answered_at, words=words, url=url)
