"""The journal into the database: rows and the new offset in one transaction.

Whatever happens between two statements here (kill, power cut, PostgreSQL away, a second
follower) the committed offset says exactly which bytes are in `ChannelEvent`. The unique
key (file, offset) would refuse a second copy even if this code were wrong.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from pbx_console.asterisk.journal import BadRecord, Item, JournalRecord
from pbx_console.metering.models import ChannelEvent, JournalFile
from pbx_console.metering.spool import OpenSpool, SpoolFile, files

logger = logging.getLogger(__name__)

FINAL_AFTER_S: Final = 60
"""A rotated file that nobody wrote to for so long is complete; its torn end is damage."""

_LOCK_NODE: Final = (
    "SELECT pg_advisory_xact_lock(hashtext('pbx.journal'), hashtext(%s))"
)


@dataclass(slots=True)
class Imported:
    """What one pass brought. `behind` is bytes that are on disk and not yet read."""

    rows: int = 0
    bad_rows: int = 0
    behind: int = 0

    def __iadd__(self, other: Imported) -> Imported:
        self.rows += other.rows
        self.bad_rows += other.bad_rows
        self.behind += other.behind
        return self


class Importer:
    """Reads one node's journal directory. Remembers what it saw only to save work."""

    def __init__(
        self, directory: Path, *, node: str, final_after_s: float = FINAL_AFTER_S
    ) -> None:
        """Keep where to look and for which node."""
        self.directory = directory
        self.node = node
        self.final_after_s = final_after_s
        self._settled: dict[tuple[int, int], tuple[int, int]] = {}

    def run(self) -> Imported:
        """Import one chunk of every file that has news. Raises OSError, database errors."""
        total = Imported()
        for spool in files(self.directory):
            total += self._file(spool)
        return total

    def _file(self, spool: SpoolFile) -> Imported:
        key, seen = (spool.device, spool.inode), (spool.size, spool.mtime_ns)
        if self._settled.get(key) == seen:
            return Imported()
        final = not spool.is_live and self._is_quiet(spool)
        try:
            with OpenSpool(spool.path) as opened:
                done = _import(opened, spool, node=self.node, final=final)
        except FileNotFoundError:
            return Imported()
        if done.behind == 0 and (spool.is_live or final):
            self._settled[key] = seen
        return done

    def _is_quiet(self, spool: SpoolFile) -> bool:
        return time.time() - spool.mtime_ns / 1e9 >= self.final_after_s


def _import(opened: OpenSpool, spool: SpoolFile, *, node: str, final: bool) -> Imported:
    """Import the next chunk of one file; this is the transaction."""
    identity = opened.identity(final=final)
    if identity is None:
        return Imported()
    with transaction.atomic():
        _execute(_LOCK_NODE, [node])
        file = _find_or_add(opened, spool, node=node, identity=identity)
        if file is None:
            return Imported()
        items, taken = opened.records(file.offset, final=final)
        if items:
            _add_rows(file, items)
        _advance(file, items, taken, opened, final=final)
    bad = sum(isinstance(item, BadRecord) for item in items)
    behind = opened.size - file.offset if taken else 0
    return Imported(len(items), bad, max(0, behind))


def _find_or_add(
    opened: OpenSpool, spool: SpoolFile, *, node: str, identity: str
) -> JournalFile | None:
    """Return the row of this content, locked. None for an old copy with nothing new.

    A file whose bytes before the offset are not those that were read is another one that
    only began the same way (rewritten, or shortened by a power cut): it gets a row of its
    own and is read from its beginning. Legs go by channel, so nothing counts twice.
    """
    known = Q(identity=identity) | Q(identity__startswith=identity + "-")
    rows = JournalFile.objects.select_for_update().filter(known, node=node)
    found = list(rows.order_by("-id"))
    size = opened.size
    for row in found:
        if row.offset <= size and row.tail == opened.tail(row.offset):
            return _seen_at(row, spool)
    if found and not spool.is_live and all(row.offset > size for row in found):
        return None
    suffix = f"-{len(found) + 1}" if found else ""
    if found:
        logger.warning("%s was rewritten or shortened; read again", spool.path.name)
    return JournalFile.objects.create(
        node=node,
        identity=identity + suffix,
        name=spool.path.name[:200],
        device=spool.device,
        inode=spool.inode,
    )


def _seen_at(row: JournalFile, spool: SpoolFile) -> JournalFile:
    row.name, row.device, row.inode = spool.path.name[:200], spool.device, spool.inode
    return row


def _advance(
    file: JournalFile, items: list[Item], taken: int, opened: OpenSpool, *, final: bool
) -> None:
    file.offset += taken
    file.tail = opened.tail(file.offset)
    file.rows += len(items)
    file.bad_rows += sum(isinstance(item, BadRecord) for item in items)
    last = max(
        (i.eventtime for i in items if isinstance(i, JournalRecord)), default=None
    )
    if final and file.offset >= opened.size:
        file.state = JournalFile.State.FINISHED
    file.save()
    if last is not None:
        _execute(_LAST_EVENT, [last, last, file.pk])


_LAST_EVENT: Final = """
UPDATE metering_journalfile SET last_event_at = greatest(
  last_event_at, timestamptz 'epoch' + %s / 1000000 * interval '1 second'
    + %s %% 1000000 * interval '1 microsecond') WHERE id = %s
"""

_TEXTS: Final = [
    *("uniqueid", "linkedid", "channel_name", "tenantid", "accountcode", "userfield"),
    *("caller_number", "caller_name", "context", "peer", "app_name", "extra"),
]
_TEXT_LIST: Final = ", ".join(_TEXTS)

# COPY into a table with row-level security is refused by PostgreSQL; into a temporary
# table it is not, and the INSERT passes the policy. Columns as in JournalRecord.
_BATCH: Final = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS journal_batch (
  "offset" bigint, length int, damaged boolean, event_type text, event_us bigint,
  {", ".join(f"{name} text" for name in _TEXTS)}
) ON COMMIT DELETE ROWS
"""
_COPY: Final = "COPY journal_batch FROM STDIN"
_INSERT: Final = f"""
INSERT INTO metering_channelevent (file_id, node, "offset", length, bad, event_type,
  event_time, damaged, {_TEXT_LIST})
SELECT %s, %s, "offset" + %s, length, '', event_type,
  timestamptz 'epoch' + event_us / 1000000 * interval '1 second'
    + event_us %% 1000000 * interval '1 microsecond',
  damaged, {_TEXT_LIST}
FROM journal_batch
"""  # noqa: S608 - this module's own names only


def _add_rows(file: JournalFile, items: Iterable[Item]) -> None:
    _execute(_BATCH, [])
    _execute("TRUNCATE journal_batch", [])
    bad = []
    with connection.cursor() as cursor, cursor.cursor.copy(_COPY) as copy:
        for item in items:
            if isinstance(item, BadRecord):
                bad.append(item)
            else:
                copy.write_row(item)
    _execute(_INSERT, [file.pk, file.node, file.offset])
    ChannelEvent.objects.bulk_create([_damage(file, item) for item in bad])


def _damage(file: JournalFile, item: BadRecord) -> ChannelEvent:
    """Return the row that keeps bytes that are no record."""
    return ChannelEvent(
        file=file,
        node=file.node,
        offset=file.offset + item.offset,
        length=item.length,
        bad=item.reason,
        raw=item.raw,
        damaged=True,
    )


def _execute(sql: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
