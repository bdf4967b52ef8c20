"""The follower: journal to rows to legs to charges, for ever, whatever goes away.

One step imports what is new, derives legs, rates what is finished and reports. Every
stage is restartable by itself; a stage that fails is logged and tried again, and does not
keep the stages before it from going on. PostgreSQL away means waiting: the journal on
disk keeps everything meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from pbx_console.metering.charging import PriceBook, rate_finished
from pbx_console.metering.derive import close_overdue, derive
from pbx_console.metering.emergencies import EmergencyFollower
from pbx_console.metering.journal_import import FINAL_AFTER_S, Importer
from pbx_console.metering.limit_watch import LimitWatch
from pbx_console.metering.models import Follower as FollowerRow

logger = logging.getLogger(__name__)

POLL_S: Final = 0.2
REPORT_S: Final = 5.0
WATCH_S: Final = 1.0
RETRY_S: Final = 2.0


@dataclass(slots=True)
class Progress:
    """What was done since the last report."""

    rows: int = 0
    bad_rows: int = 0
    behind: int = 0
    legs: int = 0
    charges: int = 0
    unpriced: int = 0
    closed: int = 0
    note: str = ""

    @property
    def is_idle(self) -> bool:
        """Say whether nothing at all happened."""
        return not (
            self.rows or self.legs or self.charges or self.unpriced or self.closed
        )


class JournalFollower:
    """Follows one node's journal. `stop()` ends it after the step at hand."""

    def __init__(
        self, directory: Path, *, node: str, final_after_s: float = FINAL_AFTER_S
    ) -> None:
        """Keep where to look; nothing is read yet."""
        self.node = node
        self._importer = Importer(directory, node=node, final_after_s=final_after_s)
        self._book = PriceBook()
        self._emergencies = EmergencyFollower()
        self._stopped = threading.Event()
        self._report_due = 0.0
        self._watch_due = 0.0
        self._limits = LimitWatch()
        self._waiting = False
        self._since_report = Progress()

    def stop(self) -> None:
        """End `run` soon."""
        self._stopped.set()

    def run(self) -> None:
        """Follow until stopped."""
        logger.info("following %s as %s", self._importer.directory, self.node)
        while not self._stopped.is_set():
            idle = self._try_step()
            self._stopped.wait(POLL_S if idle else 0)
        logger.info("stopped following %s", self._importer.directory)

    def _try_step(self) -> bool:
        try:
            done = self.step()
        except (OperationalError, InterfaceError) as error:
            self._wait_for_database(error)
            return True
        self._waiting = False
        return done.is_idle

    def _wait_for_database(self, error: Exception) -> None:
        if not self._waiting:
            logger.warning("PostgreSQL is away, waiting: %s", str(error).strip())
        self._waiting = True
        connection.close()
        self._stopped.wait(RETRY_S)

    def step(self) -> Progress:
        """Do everything once. Raises only when the database is away."""
        done = Progress()
        self._stage(done, "import", self._import)
        self._stage(done, "emergencies", self._tell_emergencies)
        self._stage(done, "derive", self._derive)
        self._stage(done, "close", self._close)
        self._stage(done, "rate", self._rate)
        self._stage(done, "limits", self._watch_limits)
        self._report(done)
        return done

    def _stage(
        self, done: Progress, name: str, work: Callable[[Progress], None]
    ) -> None:
        try:
            work(done)
        except (OperationalError, InterfaceError):
            raise
        except OSError as error:
            done.note = f"{name}: {error}"
        except Exception as error:
            done.note = f"{name}: {type(error).__name__}"
            logger.exception("stage %s failed; it is tried again", name)
            self._stopped.wait(RETRY_S)

    def _import(self, done: Progress) -> None:
        imported = self._importer.run()
        done.rows, done.bad_rows = imported.rows, imported.bad_rows
        done.behind = imported.behind

    def _tell_emergencies(self, done: Progress) -> None:
        if done.rows or self._emergencies.seen < 0:
            self._emergencies.step()

    def _derive(self, done: Progress) -> None:
        done.legs = derive(node=self.node)

    def _close(self, done: Progress) -> None:
        if time.monotonic() >= self._report_due:
            caught_up = done.behind == 0 and not done.note
            done.closed = close_overdue(node=self.node, caught_up=caught_up)

    def _rate(self, done: Progress) -> None:
        while (rated := rate_finished(self._book)).legs:
            done.charges += rated.charges
            done.unpriced += rated.unpriced

    def _watch_limits(self, done: Progress) -> None:
        if time.monotonic() >= self._watch_due or done.legs:
            self._watch_due = time.monotonic() + WATCH_S
            self._limits.look()

    def _report(self, done: Progress) -> None:
        total = self._since_report
        for name in ("rows", "bad_rows", "legs", "charges", "unpriced", "closed"):
            setattr(total, name, getattr(total, name) + getattr(done, name))
        total.behind, note_before, total.note = done.behind, total.note, done.note
        if total.note and total.note != note_before:
            logger.warning("%s", total.note)
        if time.monotonic() < self._report_due:
            return
        self._report_due = time.monotonic() + REPORT_S
        self._since_report = Progress(note=total.note)
        _log(total)
        FollowerRow.objects.update_or_create(
            node=self.node,
            defaults={
                "seen_at": timezone.now(),
                "behind_bytes": total.behind,
                "note": total.note[:200],
            },
        )


def run_once(directory: Path | None = None) -> None:
    """Read, derive and rate everything that is there now (this machine's node)."""
    follower = JournalFollower(directory or settings.JOURNAL_DIR, node=settings.NODE)
    while not follower.step().is_idle:
        pass


def _log(total: Progress) -> None:
    if total.is_idle:
        return
    logger.info(
        "%d rows (%d bad), %d legs, %d charges, %d without price, %d closed by rule,"
        " %d bytes behind",
        total.rows,
        total.bad_rows,
        total.legs,
        total.charges,
        total.unpriced,
        total.closed,
        total.behind,
    )
