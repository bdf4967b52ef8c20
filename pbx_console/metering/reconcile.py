"""Before sealing: does everything that was counted add up? What does not, is named.

The result is kept with the export and printed in its manifest, so it holds only what its
reseller may know.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from pbx_console.lib.money import to_exact
from pbx_console.metering.models import Follower, Leg, UsageExport

LONGEST_CALL: Final = timedelta(days=2)
FOLLOWER_SILENT_S: Final = 120

_LEGS: Final = """
SELECT state, count(*), coalesce(sum(duration_ms), 0)::bigint FROM metering_leg
WHERE reseller_id = %s AND answered_at >= %s AND answered_at < %s
  AND hung_up_at >= %s AND hung_up_at < %s
GROUP BY state
"""
# Charges of the day that were not handed out by an earlier file; a file of a later day
# that was sealed first may have taken some.
_CHARGES: Final = """
SELECT level, currency, count(*) FILTER (WHERE kind = 'charge')
  - count(*) FILTER (WHERE kind = 'reversal'), sum(amount_micro)::bigint
FROM metering_charge charge
WHERE reseller_id = %s AND hung_up_at >= %s AND hung_up_at < %s
  AND (export_id IS NULL OR export_id IN (
    SELECT id FROM metering_usageexport WHERE reseller_id = %s AND day >= %s))
GROUP BY level, currency
"""
_ROLL_UP: Final = """
SELECT level, currency, sum(calls)::bigint, sum(amount_micro)::bigint
FROM metering_usageday WHERE reseller_id = %s AND day = %s GROUP BY level, currency
"""
_JOURNAL: Final = """
SELECT file.id, file.rows, (
  SELECT count(*) FROM metering_channelevent event WHERE event.file_id = file.id)
FROM metering_journalfile file WHERE file.last_event_at >= %s
"""

Sums = dict[tuple[str, str], tuple[int, int]]
"""{(level, currency): (charges that stand, micro)}"""


def journal_problems(*, since: datetime, now: datetime) -> list[str]:
    """Return what is wrong with the journal since a moment: rows lost, reader behind.

    Looks at every row since then, so ask once per night, not once per reseller.
    """
    problems = []
    for _file, rows, imported in _fetch(_JOURNAL, [since]):
        if rows != imported:
            problems.append("journal_rows")
    for follower in Follower.objects.all():
        silent = (now - follower.seen_at).total_seconds() > FOLLOWER_SILENT_S
        if follower.behind_bytes or follower.note or silent:
            problems.append("journal_behind")
    return sorted(set(problems))


def reconcile(export: UsageExport, *, journal: list[str]) -> dict[str, Any]:
    """Return the checks of the export's day: legs by state, sums, and `problems`."""
    period = [export.period_start, export.period_end]
    states = {row[0]: row[1:] for row in _legs(export, period)}
    charges = _sums(
        _CHARGES, [export.reseller_id, *period, export.reseller_id, export.day]
    )
    roll_up = _sums(_ROLL_UP, [export.reseller_id, export.day])
    counts = {state: states.get(state, (0, 0))[0] for state in _STATES}
    problems = [*journal, *_problems(counts, charges, roll_up)]
    return {
        "ok": not problems,
        "problems": problems,
        "journal_complete": not journal,
        "legs": {"ended": sum(counts.values()), **counts},
        "charges": _readable(charges),
        "roll_up": _readable(roll_up),
    }


_STATES: Final = [
    Leg.State.RATED.value,
    Leg.State.UNPRICED.value,
    Leg.State.FLAGGED.value,
    Leg.State.WAIVED.value,
    Leg.State.FINISHED.value,
]


def _legs(export: UsageExport, period: list[datetime]) -> list[tuple[Any, ...]]:
    start, end = period
    return _fetch(_LEGS, [export.reseller_id, start - LONGEST_CALL, end, start, end])


def _problems(counts: dict[str, int], charges: Sums, roll_up: Sums) -> list[str]:
    found = []
    if counts["finished"]:
        found.append("legs_waiting")
    if counts["unpriced"]:
        found.append("legs_unpriced")
    if counts["flagged"]:
        found.append("legs_flagged")
    standing = sum(count for count, _micro in charges.values())
    if standing != 2 * counts["rated"]:
        found.append("charges_per_leg")
    if charges != roll_up:
        found.append("sums")
    return found


def _sums(sql: str, params: list[Any]) -> Sums:
    rows = _fetch(sql, params)
    return {(level, currency): (n, micro) for level, currency, n, micro in rows}


def _readable(sums: Sums) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for (level, currency), (count, micro) in sorted(sums.items()):
        entry = {"charges": count, "amount": to_exact(micro)}
        found.setdefault(level, {})[currency] = entry
    return found


def _fetch(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
