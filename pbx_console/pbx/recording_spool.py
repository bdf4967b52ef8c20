"""The spool of recordings that Asterisk writes, taken in once each.

A recording is `<customer's code>/<uuid>.wav`; `.txt` beside it is one line that the
dialplan wrote when it began (dialplan_recording.conf):

    2|code-extension|rule, demand, group or queue|in, out or inside|other number|
    told or silent|seconds since 1970|linkedid|key of the group or queue

(`1|` without the last one was written before). `.gaps` says when it paused and went on,
`p<seconds since 1970>r<…>`, and `.end` appears when it ended. Whatever does not look
exactly like that is left alone, and swept away after two days: nobody knows whose it is.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.lib import speech_file
from pbx_console.pbx import recording_files
from pbx_console.pbx.models import Destination, Extension
from pbx_console.pbx.models.recordings import Recording

logger = logging.getLogger(__name__)
LEAST_SECONDS: Final = 0.5
PATIENCE: Final = 10  # seconds until an ended file counts as closed whatever it says
LEFT_BEHIND: Final = 3600  # a recorder that wrote nothing for so long ended unnoticed
SPARED: Final = 2 * 86400
HEADER: Final = 44  # bytes before the sound in Asterisk's WAV
_NAME: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.txt")
_LINE: Final = re.compile(
    r"[12]\|(?P<code>[a-z0-9]{2,12})-(?P<extension>[1-9][0-9]{1,5})"
    r"\|(?P<reason>rule|demand|group|queue)\|(?P<direction>in|out|inside)"
    r"\|(?P<other>[0-9+*#]{0,32})\|(?P<told>told|silent)"
    r"\|(?P<at>[0-9]{9,11})\|(?P<linkedid>[\w.:-]{1,150})"
    r"(\|(?P<through>[0-9]{0,18}))?\n?",
    re.ASCII,
)
_GAP: Final = re.compile(r"p([0-9]{9,11})(?:r([0-9]{9,11})|$)", re.ASCII)
MOST_GAPS: Final = 100


@dataclass(frozen=True, slots=True)
class Taped:
    """A recording that has ended, with what its line says."""

    said: dict[str, str]
    key: UUID
    line: Path

    @property
    def sound(self) -> Path:
        """Return its WAV."""
        return self.line.with_suffix(".wav")

    @property
    def end(self) -> Path:
        """Return the sign that it ended."""
        return self.line.with_suffix(".end")

    @property
    def gaps(self) -> Path:
        """Return the file that says when it paused; most have none."""
        return self.line.with_suffix(".gaps")


def sweep() -> int:
    """Take in every recording that has ended; return how many rows were made."""
    done = 0
    with as_everyone("recordings"):
        for folder in _folders():
            for path in sorted(folder.glob("*.txt")):
                taped = _ended(path)
                if taped is not None:
                    done += _try(taped)
            _forget(folder)
    return done


def _folders() -> Iterator[Path]:
    top = Path(settings.RECORDING_SPOOL_DIR)
    for path in sorted(top.iterdir()) if top.is_dir() else []:
        if path.is_dir() and not path.is_symlink():
            yield path


def _ended(path: Path) -> Taped | None:
    """Return a recording that may be taken, None for anything else."""
    if not _NAME.fullmatch(path.name) or _is_odd(path):
        return None
    try:
        found = _LINE.fullmatch(path.read_text("ascii", "replace")[:400])
        if found is None or found["code"] != path.parent.name:
            return None
        taped = Taped(found.groupdict(), UUID(path.stem), path)
        return taped if _is_closed(taped) else None
    except OSError:  # taken by another worker meanwhile
        return None


def _is_odd(path: Path) -> bool:
    sound = path.with_suffix(".wav")
    return path.is_symlink() or sound.is_symlink() or not sound.is_file()


def _is_closed(taped: Taped) -> bool:
    """Has Asterisk written the last of it? The header says the size only then."""
    now = time.time()
    if not taped.end.is_file():
        return now - taped.sound.stat().st_mtime > LEFT_BEHIND
    if now - taped.end.stat().st_mtime > PATIENCE:
        return True
    size = taped.sound.stat().st_size
    with taped.sound.open("rb") as file:
        said = int.from_bytes(file.read(HEADER)[-4:], "little")
    return size > HEADER and said == size - HEADER


def _try(taped: Taped) -> int:
    """Take one in; one that cannot be read must not keep the others waiting."""
    try:
        made = _take(taped)
    except speech_file.Unreadable as error:
        logger.warning("recording %s cannot be read: %s", taped.key, error)
        made = 0
    except OSError as error:  # the disk; the next round tries again
        logger.warning("recording %s not kept: %s", taped.key, error)
        return 0
    for path in (taped.sound, taped.end, taped.gaps, taped.line):
        path.unlink(missing_ok=True)
    return made


def _take(taped: Taped) -> int:
    code = taped.said["code"]
    customer = Customer.objects.filter(code=code).first()
    known = Recording.objects.filter(key=taped.key).exists()
    if customer is None or known or _seconds(taped) < LEAST_SECONDS:
        return 0
    speech = speech_file.small(taped.sound)
    recording_files.keep(code, taped.key, speech.data)
    with transaction.atomic():
        _row(taped, customer, speech).save(force_insert=True)
    return 1


def _seconds(taped: Taped) -> float:
    return speech_file.seconds_of(taped.sound)


def _row(taped: Taped, customer: Customer, speech: speech_file.Speech) -> Recording:
    said = taped.said
    held = Extension.objects.filter(customer=customer, number=said["extension"])
    pauses = _pauses(taped)
    return Recording(
        customer=customer,
        extension=held.first(),
        extension_number=said["extension"],
        direction=said["direction"],
        other_number=said["other"],
        reason=said["reason"],
        through=_through(said, customer),
        announced=said["told"] == "told",
        started_at=_began(taped, speech.seconds + sum(s for _at, s in pauses)),
        seconds=round(speech.seconds),
        pauses=pauses,
        linkedid=said["linkedid"],
        key=taped.key,
        size=len(speech.data),
    )


def _through(said: dict[str, str], customer: Customer) -> str:
    """Return the group or queue that records, as people know it; empty if it is gone."""
    if not said.get("through"):
        return ""
    places = Destination.objects.filter(customer=customer, kind=said["reason"])
    found = places.filter(object_id=int(said["through"])).first()
    return str(found)[:100] if found else ""


def _pauses(taped: Taped) -> list[tuple[int, int]]:
    """Return when it paused and for how long; the last pause may have had no end."""
    try:
        text = taped.gaps.read_text("ascii", "replace")[: 24 * MOST_GAPS].strip()
    except OSError:
        return []
    ended = int(_ended_at(taped) or time.time())
    times = [(int(p), int(r or ended)) for p, r in _GAP.findall(text)]
    return [(began, max(went_on - began, 0)) for began, went_on in times]


def _ended_at(taped: Taped) -> float:
    """Return when it ended, 0 if that is not known."""
    try:
        return float(taped.end.read_text("ascii")[:20])
    except (OSError, ValueError):
        return 0


def _began(taped: Taped, seconds: float) -> dt.datetime:
    """Return when there was something to hear: the line is older than the answer."""
    began = max(float(taped.said["at"]), _ended_at(taped) - seconds)
    return dt.datetime.fromtimestamp(began, dt.UTC)


def _forget(folder: Path) -> None:
    """Remove what nobody could be told to own, after two days."""
    for path in folder.iterdir():
        if time.time() - path.lstat().st_mtime > SPARED and not path.is_dir():
            path.unlink(missing_ok=True)
