"""How phones are: never seen, configured, registered, lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.pbx import presence
from pbx_console.provisioning.models import Phone, PhoneEvent, PhoneLine, Registration
from pbx_console.provisioning.timeline_words import words_of

WORDS = {
    "never": _("never seen"),
    "configured": _("set up, not registered"),
    "registered": _("registered"),
    "lost": _("lost"),
    "unknown": _("not known now"),
}
LAMPS = {"registered": "free", "lost": "failed"}


@dataclass(frozen=True, slots=True)
class PhoneState:
    """One phone now. `since` is when the word became true, as far as known."""

    word: str
    since: dt.datetime | None = None
    address: str = ""
    latency: int | None = None
    agent: str = ""
    firmware: str = ""
    error: str = ""

    @property
    def label(self) -> Any:
        """Return the word for people."""
        return WORDS[self.word]

    @property
    def lamp(self) -> str:
        """Return the word of the design's lamp."""
        return LAMPS.get(self.word, "off")


def states_of(phones: Iterable[Phone]) -> dict[int, PhoneState]:
    """Return phone id -> state; three questions however many phones there are."""
    rows = list(phones)
    accounts = accounts_of(rows)
    known = {
        row.endpoint: row
        for row in Registration.objects.filter(
            endpoint__in=[key for keys in accounts.values() for key in keys]
        )
    }
    alive = presence.words_of([]) is not None
    gone = [key for keys in accounts.values() for key in keys if not _here(known, key)]
    errors = _errors(gone)
    states = {}
    for row in rows:
        state = _state(row, accounts[row.pk], known, alive=alive)
        error = next((errors[key] for key in accounts[row.pk] if key in errors), "")
        states[row.pk] = replace(state, error=state.error or error)
    return states


def _here(known: dict[str, Registration], key: str) -> bool:
    return key in known and known[key].lost_at is None


def _errors(accounts: Sequence[str]) -> dict[str, str]:
    """Return account -> why its last sign-in was refused, of those that are not here."""
    since = timezone.now() - dt.timedelta(days=1)
    rows = PhoneEvent.objects.filter(
        endpoint__in=accounts, kind="refused", last_at__gte=since
    )
    latest = rows.order_by("last_at").values_list("endpoint", "kind", "detail")
    return {key: words_of(kind, detail).text for key, kind, detail in latest}


def accounts_of(phones: Sequence[Phone]) -> dict[int, list[str]]:
    """Return phone id -> its accounts, in the order of its lines."""
    found: dict[int, list[str]] = {phone.pk: [] for phone in phones}
    lines = _lines().filter(phone__in=list(found))
    for line in lines:
        if line.device is not None:
            line.device.extension = line.extension
        found[line.phone_id].append(line.account.endpoint_id)
    return found


def _lines() -> Any:
    return PhoneLine.objects.select_related("extension__customer", "device").order_by(
        "phone", "position"
    )


def _state(
    phone: Phone,
    accounts: Sequence[str],
    known: dict[str, Registration],
    *,
    alive: bool,
) -> PhoneState:
    rows = [known[key] for key in accounts if key in known]
    here = [row for row in rows if row.lost_at is None]
    more: dict[str, Any] = {"firmware": phone.firmware, "error": phone.last_error}
    if here:
        row = min(here, key=lambda row: row.since)
        word = "registered" if alive else "unknown"
        return _seen(word, row, row.since, more)
    if rows:
        row = max(rows, key=lambda row: row.lost_at or row.since)
        return _seen("lost", row, row.lost_at, more)
    word = "never" if phone.fetched_at is None else "configured"
    return PhoneState(word, phone.fetched_at, address=phone.bound_address or "", **more)


def _seen(
    word: str, row: Registration, since: dt.datetime | None, more: dict[str, Any]
) -> PhoneState:
    return PhoneState(
        word,
        since,
        address=row.address or "",
        latency=row.latency_ms,
        agent=row.agent,
        **more,
    )
