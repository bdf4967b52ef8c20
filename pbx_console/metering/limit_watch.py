"""Looks at the limits while calls are in progress: tells at 80 %, ends at 100 %.

Part of the follower, because only it knows what calls in progress have used. It is the
second wall, and the one that adds up calls at the same time within a second or two; the
PBX holds the limits by itself when none of this runs (dialplan_limits.conf).
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.metering.spending import LIVE, NEAR, NEW_COUNTRIES, OPEN_CHANNELS
from pbx_console.pbx.services.limit_notices import Crossed, note_crossing, tell_country

logger = logging.getLogger(__name__)
COUNTRIES_EVERY_S: Final = 5.0


class Near(NamedTuple):
    """A limit of which 80 % or more are used, as `spending.NEAR` returns it."""

    level: str
    customer_id: int
    owner: str
    window: str
    begins_at: datetime
    cap_ms: int | None
    cap_micro: int | None
    used_ms: int
    used_micro: int
    currency: str

    def crossed(self) -> list[Crossed]:
        """Return each measure that is at 80 or at 100 percent."""
        found = []
        pairs = (
            ("money", self.used_micro, self.cap_micro),
            ("minutes", self.used_ms, self.cap_ms),
        )
        for measure, used, cap in pairs:
            if cap is not None and used >= cap * 0.8:
                percent = 100 if used >= cap else 80
                owner = (self.level, self.customer_id, self.owner)
                place = (self.window, self.begins_at, measure)
                figures = (percent, used, cap)
                found.append(Crossed(*owner, *place, *figures, self.currency))
        return found


class LimitWatch:
    """Keeps when it looked last. One per follower; two do no harm."""

    def __init__(self) -> None:
        """Begin with calls of the last minute."""
        self._since = timezone.now() - timedelta(minutes=1)
        self._countries_due = 0.0

    def look(self) -> None:
        """Do everything once."""
        with connection.cursor() as cursor:
            cursor.execute(LIVE)
        for near in _rows(NEAR):
            for crossed in Near(*near).crossed():
                _act(crossed)
        if time.monotonic() >= self._countries_due:
            self._countries_due = time.monotonic() + COUNTRIES_EVERY_S
            self._look_for_countries()

    def _look_for_countries(self) -> None:
        since, self._since = self._since, timezone.now() - timedelta(seconds=10)
        with transaction.atomic():
            for (made,) in _rows(NEW_COUNTRIES, {"since": since}):
                tell_country(made)


def _act(crossed: Crossed) -> None:
    ended = _end_calls(crossed.owner) if crossed.percent == 100 else 0
    with transaction.atomic():
        note_crossing(crossed, ended=ended)


def _end_calls(owner: str) -> int:
    """Hang up what the owner has open; return how many channels were there."""
    channels = [uniqueid for (uniqueid,) in _rows(OPEN_CHANNELS, {"owner": owner})]
    if not channels:
        return 0
    actions = [{"Action": "Hangup", "Channel": c, "Cause": "21"} for c in channels]
    try:
        answers = ask_all(actions)
    except AmiError as error:
        logger.warning("calls of %s could not be ended: %s", owner, error)
        return 0
    return sum(answer.get("Response") == "Success" for answer in answers)


def _rows(sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
