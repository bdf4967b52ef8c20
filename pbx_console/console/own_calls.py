"""What an end user's calls were: answered, missed, inside and outside, newest first."""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy

from pbx_console.console.paging import Page
from pbx_console.pbx.models import Extension

SIZE = 20
CALLED = {
    "answered": gettext_lazy("answered"),
    "away": gettext_lazy("answered at the other number"),
    "elsewhere": gettext_lazy("answered by somebody else"),
    "voicemail": gettext_lazy("missed, then voicemail"),
    "missed": gettext_lazy("missed"),
}
DIALLED = {
    "answered": gettext_lazy("dialled"),
    "voicemail": gettext_lazy("dialled, then voicemail"),
    "unanswered": gettext_lazy("dialled, nobody answered"),
}


@dataclass(frozen=True, slots=True)
class OwnCall:
    """One call of an extension. `party` is E.164, an inside number, or "" if withheld."""

    ended_at: dt.datetime
    started_at: dt.datetime
    outgoing: bool
    party: str
    name: str
    outcome: str
    talked_ms: int | None

    @property
    def is_missed(self) -> bool:
        """Say whether somebody called and did not reach the person."""
        return not self.outgoing and self.outcome in ("missed", "voicemail")

    @property
    def icon(self) -> str:
        """Return the sign: missed, in, out."""
        if self.is_missed:
            return "phone-x"
        return "phone-outgoing" if self.outgoing else "phone-incoming"

    @property
    def word(self) -> Any:
        """Return how it went."""
        return (DIALLED if self.outgoing else CALLED)[self.outcome]

    @property
    def can_be_called(self) -> bool:
        """Say whether the number can be given to the phone that shows the page."""
        return self.party.startswith("+")


def of(extension: Extension, asked: Mapping[str, str]) -> Page:
    """Return one page of the extension's calls; `asked` may hold `after`, a position."""
    before = _read(asked.get("after", ""))
    rows = _rows(extension, before or timezone.now())
    found, more = rows[:SIZE], len(rows) > SIZE
    return Page(_named(extension, found), after=_write(found[-1]) if more else None)


def _rows(extension: Extension, before: dt.datetime) -> list[OwnCall]:
    asked: list[Any] = [extension.customer.code, extension.number, before, SIZE + 1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM asterisk.seen_calls(%s, %s, %s, %s)", asked)
        return [OwnCall(*row) for row in cursor.fetchall()]


def _named(extension: Extension, calls: list[OwnCall]) -> list[OwnCall]:
    """Give colleagues their names."""
    inside = {call.party for call in calls if call.party and not call.can_be_called}
    rows = extension.customer.extensions.filter(number__in=inside)
    names = dict(rows.values_list("number", "name"))
    return [replace(call, name=names.get(call.party, call.name)) for call in calls]


def _write(call: OwnCall) -> str:
    return urlsafe_b64encode(call.ended_at.isoformat().encode()).decode().rstrip("=")


def _read(text: str) -> dt.datetime | None:
    try:
        place = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        found = dt.datetime.fromisoformat(place)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
