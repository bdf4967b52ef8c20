"""The nightly usage export: claim, then seal. See docs/usage-export.md.

*Claim* is one transaction: the run's row (unique per reseller, day and schema version),
its charges with their line numbers, sums, names and the reconciliation. From then on the
file is determined. *Seal* writes the files and marks the row. A crash between any two
steps, a second run, or two at once end in the same bytes: the second waits for the row.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from pbx_console.accounts.models import Reseller
from pbx_console.lib.money import to_exact
from pbx_console.metering.export_files import Writer, Written, stem
from pbx_console.metering.export_schema import (
    SCHEMA_NAME,
    SCHEMA_VERSION,
    ChargeRow,
    FileFacts,
    line,
)
from pbx_console.metering.models import Charge, UsageExport
from pbx_console.metering.reconcile import journal_problems, reconcile

logger = logging.getLogger(__name__)

SEAL_HOUR: Final = 2
"""Local hour of the reseller's zone at which yesterday is sealed."""

CATCH_UP_DAYS: Final = 62
LONGEST_DAY: Final = timedelta(hours=50)


class DayNotOver(ValueError):
    """The day is still running in the reseller's zone; there is nothing to seal yet."""


class SealBroken(RuntimeError):
    """Files written again differ from what was sealed. Nothing was overwritten."""


def export_day(day: date, *, reseller: Reseller | None = None) -> list[UsageExport]:
    """Seal a day for one reseller or all active ones; return the exports.

    Runs that were claimed and not finished are finished first, in their order. Raises
    DayNotOver.
    """
    now = timezone.now()
    chosen = [reseller] if reseller else list(Reseller.objects.filter(is_active=True))
    problems = journal_problems(since=now - LONGEST_DAY, now=now)
    return [_export(each, day, now=now, journal=problems) for each in chosen]


def run_due(now: datetime | None = None) -> list[UsageExport]:
    """Seal what is due everywhere: each reseller's yesterday from 02:00 of its zone on.

    Days that were missed (nobody ran at night) come first, in order. One reseller's
    trouble is logged and keeps nobody else waiting; the next sweep tries again.
    """
    now = now or timezone.now()
    due = [
        (reseller, days)
        for reseller in Reseller.objects.filter(is_active=True)
        if (days := list(_due_days(reseller, now)))
    ]
    if not due:
        return []
    problems = journal_problems(since=now - LONGEST_DAY, now=now)
    sealed: list[UsageExport] = []
    for reseller, days in due:
        try:
            sealed += [_export(reseller, d, now=now, journal=problems) for d in days]
        except Exception:
            logger.exception("usage export of %s failed; tried again", reseller.slug)
    return sealed


def _due_days(reseller: Reseller, now: datetime) -> Iterator[date]:
    """Yield the days to seal now, oldest first; one that is claimed is due again."""
    zone = ZoneInfo(reseller.timezone)
    last_due = (now.astimezone(zone) - timedelta(hours=SEAL_HOUR)).date() - timedelta(1)
    newest = UsageExport.objects.filter(reseller=reseller).order_by("-day").first()
    if newest is None:
        start = reseller.created_at.astimezone(zone).date()
    else:
        start = newest.day + timedelta(days=1 if newest.is_sealed else 0)
    day = max(start, last_due - timedelta(days=CATCH_UP_DAYS))
    while day <= last_due:
        yield day
        day += timedelta(days=1)


def _export(
    reseller: Reseller, day: date, *, now: datetime, journal: list[str]
) -> UsageExport:
    for unfinished in _unfinished(reseller):
        seal(unfinished)
    claimed = claim(reseller, day, now=now, journal=journal)
    return seal(claimed)


def _unfinished(reseller: Reseller) -> list[UsageExport]:
    rows = UsageExport.objects.filter(reseller=reseller).exclude(
        state=UsageExport.State.SEALED
    )
    return list(rows.order_by("schema_version", "sequence"))


# --- claim -----------------------------------------------------------------------------

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('pbx.usage_export'), %s::int)"
_CLAIM: Final = """
WITH chosen AS (
  SELECT id, row_number() OVER (ORDER BY hung_up_at, id) AS line, hung_up_at < %s AS late
  FROM metering_charge
  WHERE reseller_id = %s AND export_id IS NULL AND hung_up_at < %s
)
UPDATE metering_charge charge
SET export_id = %s, export_line = chosen.line, late = chosen.late
FROM chosen WHERE charge.id = chosen.id
"""
_TOTALS: Final = """
SELECT level, currency, sum(amount_micro)::bigint, count(*), count(*) FILTER (WHERE late),
  count(*) FILTER (WHERE kind = 'reversal' OR generation > 1)
FROM metering_charge WHERE export_id = %s GROUP BY level, currency ORDER BY level, currency
"""
_NAMES: Final = """
SELECT code, erp_number, name FROM accounts_customer WHERE id IN (
  SELECT customer_id FROM metering_charge WHERE export_id = %s)
"""


@transaction.atomic
def claim(
    reseller: Reseller, day: date, *, now: datetime, journal: list[str]
) -> UsageExport:
    """Fix what the file of a day contains; return the run, an earlier one if there is."""
    _execute(_LOCK, [reseller.pk])
    known = UsageExport.objects.filter(
        reseller=reseller, day=day, schema_version=SCHEMA_VERSION
    ).first()
    if known is not None:
        return known
    export = _new_run(reseller, day, now)
    export.reconciliation = reconcile(export, journal=journal)
    late_before = export.period_start
    _execute(_CLAIM, [late_before, reseller.pk, export.period_end, export.pk])
    _sum_up(export)
    export.save()
    return export


def _new_run(reseller: Reseller, day: date, now: datetime) -> UsageExport:
    start, end = period(day, ZoneInfo(reseller.timezone))
    if now < end:
        raise DayNotOver(f"{day} is over in {reseller.timezone} at {end.isoformat()}.")
    previous = (
        UsageExport.objects.filter(reseller=reseller, schema_version=SCHEMA_VERSION)
        .order_by("-sequence")
        .first()
    )
    return UsageExport.objects.create(
        reseller=reseller,
        day=day,
        schema_version=SCHEMA_VERSION,
        sequence=previous.sequence + 1 if previous else 1,
        timezone=reseller.timezone,
        period_start=start,
        period_end=end,
        previous_sha256=previous.sha256 if previous else "",
        claimed_at=now,
    )


def period(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the day's first moment and the next day's, on the zone's wall clock."""
    after = day + timedelta(days=1)
    return datetime.combine(day, time(), zone), datetime.combine(after, time(), zone)


def _sum_up(export: UsageExport) -> None:
    for level, currency, micro, rows, late, corrections in _fetch(_TOTALS, [export.pk]):
        export.sums.setdefault(level, {})[currency] = micro
        export.rows += rows
        export.late_rows += late
        export.correction_rows += corrections
    names = _fetch(_NAMES, [export.pk])
    export.customers = {code: [erp, name] for code, erp, name in names}


# --- seal ------------------------------------------------------------------------------


@transaction.atomic
def seal(export: UsageExport) -> UsageExport:
    """Write the files and mark the run; a sealed one gets missing files back.

    Raises SealBroken if a sealed run's content cannot be made again byte for byte.
    """
    locked = UsageExport.objects.select_for_update().get(pk=export.pk)
    if locked.is_sealed:
        _restore(locked)
        return locked
    files = _write(locked)
    locked.sha256 = files["csv"].sha256
    locked.files = {key: made.as_dict() for key, made in files.items()}
    locked.state = UsageExport.State.SEALED
    locked.sealed_at = timezone.now()
    locked.save()
    logger.info(
        "sealed %s %s #%d: %d rows (%d late), %s",
        locked.reseller.slug,
        locked.day,
        locked.sequence,
        locked.rows,
        locked.late_rows,
        "reconciled" if locked.reconciles else locked.reconciliation["problems"],
    )
    return locked


def _write(export: UsageExport, directory: Path | None = None) -> dict[str, Written]:
    name = stem(
        export.reseller.slug, str(export.day), export.sequence, export.schema_version
    )
    target = directory or directory_of(export)
    writer = Writer(target, name, made_at=export.claimed_at)
    # Closed before the transaction ends, also by an error: its cursor lives in there.
    with closing(_lines(export)) as lines:
        files = writer.write(lines)
    files["manifest"] = writer.manifest(manifest(export, files))
    return files


def _restore(export: UsageExport) -> None:
    """Write a sealed run's files again where one is missing; refuse other bytes."""
    if all(path_of(export, key) for key in export.files):
        return
    directory = directory_of(export)
    files = _write(export, directory / "restored")
    for key, made in files.items():
        if made.sha256 != export.files[key]["sha256"]:
            raise SealBroken(f"{made.name} cannot be made again as it was sealed.")
        (directory / "restored" / made.name).replace(directory / made.name)


def _lines(export: UsageExport) -> Generator[list[str | int]]:
    facts = FileFacts(export.sequence, ZoneInfo(export.timezone), export.customers)
    rows = (
        Charge.objects.filter(export=export)
        .order_by("export_line")
        .values_list(*_CHARGE_FIELDS)
    )
    for row in rows.iterator(chunk_size=5_000):
        yield line(ChargeRow(*row), facts)


_RENAMED: Final = {
    "corrects_sequence": "reverses__export__sequence",
    "corrects_line": "reverses__export_line",
    "node": "leg__node",
    "uniqueid": "leg__uniqueid",
    "linkedid": "leg__linkedid",
    "customer_code": "customer__code",
}
_CHARGE_FIELDS: Final = [_RENAMED.get(name, name) for name in ChargeRow._fields]


def manifest(export: UsageExport, files: dict[str, Written]) -> dict[str, Any]:
    """Return what the manifest says; nothing in it depends on when it is written."""
    return {
        "schema": SCHEMA_NAME,
        "schema_version": export.schema_version,
        "reseller": export.reseller.slug,
        "sequence": export.sequence,
        "day": str(export.day),
        "timezone": export.timezone,
        "period_start": export.period_start.isoformat(),
        "period_end": export.period_end.isoformat(),
        "claimed_at": export.claimed_at.isoformat(),
        "rows": export.rows,
        "late_rows": export.late_rows,
        "correction_rows": export.correction_rows,
        "sums": {
            level: {
                currency: to_exact(micro) for currency, micro in sorted(sums.items())
            }
            for level, sums in sorted(export.sums.items())
        },
        "sha256": files["csv"].sha256,
        "previous_sha256": export.previous_sha256,
        "files": {
            key: made.as_dict() for key, made in files.items() if key != "manifest"
        },
        "reconciliation": export.reconciliation,
    }


# --- files and chain -------------------------------------------------------------------


def directory_of(export: UsageExport) -> Path:
    """Return where the export's files are."""
    return Path(settings.DATA_DIR) / "exports" / export.reseller.slug


def path_of(export: UsageExport, rendering: str) -> Path | None:
    """Return a sealed export's file (csv, jsonl, xlsx, manifest); None if it is missing."""
    entry = export.files.get(rendering)
    if not export.is_sealed or entry is None:
        return None
    path = directory_of(export) / entry["name"]
    return path if path.is_file() else None


@dataclass(frozen=True, slots=True)
class ChainFault:
    """A place where the chain does not hold."""

    export: UsageExport
    what: str


def verify(reseller: Reseller) -> tuple[int, list[ChainFault]]:
    """Check all sealed exports of a reseller: numbers, hashes, files and rows.

    Returns how many were checked and what is wrong.
    """
    faults: list[ChainFault] = []
    sequence, before = 0, ""
    exports = UsageExport.objects.filter(
        reseller=reseller, schema_version=SCHEMA_VERSION
    )
    for export in exports.order_by("sequence"):
        sequence += 1
        faults += [
            ChainFault(export, what) for what in _faults(export, sequence, before)
        ]
        before = export.sha256
    return sequence, faults


def _faults(export: UsageExport, sequence: int, before: str) -> Iterator[str]:
    if export.sequence != sequence:
        yield f"number {export.sequence} stands where {sequence} should"
    if not export.is_sealed:
        yield "is not sealed"
        return
    if export.previous_sha256 != before:
        yield "does not continue the file before it"
    for rendering, entry in export.files.items():
        path = path_of(export, rendering)
        if path is None:
            yield f"{entry['name']} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            yield f"{entry['name']} was changed"
    if Charge.objects.filter(export=export).count() != export.rows:
        yield "its rows in the database are not those it was sealed with"


def _execute(sql: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _fetch(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
