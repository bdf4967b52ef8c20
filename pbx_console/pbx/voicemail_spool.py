"""The spool of messages that Asterisk keeps, read and acted upon.

Asterisk is the only writer: messages are deleted and marked as heard by AMI, under its own
lock, which also turns the light off. `sweep` makes a row per message, once, and forgets
what is gone; everything else is only a hint to look earlier.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import quotas
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.asterisk.models import VoicemailUser
from pbx_console.pbx import stored_files, voicemail_lamps
from pbx_console.pbx.models.voicemail_boxes import VoicemailBox, VoicemailMessage
from pbx_console.pbx.voicemail_mail import tell

logger = logging.getLogger(__name__)
NEW: Final = ("INBOX", "Urgent")
FOLDERS: Final = (*NEW, "Old", "Work", "Family", "Friends")
SPARED: Final = 86400  # seconds that the messages of a deleted box still lie there
_ID: Final = re.compile(r"[0-9]{1,12}-[0-9a-f]{1,16}")
_NUMBER: Final = re.compile(r"<([^<>]*)>\s*$")
_FILE: Final = re.compile(r"msg[0-9]{4}\.txt")


@dataclass(frozen=True, slots=True)
class Found:
    """One message as it lies there. `sound` is its WAV."""

    message_id: str
    folder: str
    number: str
    name: str
    left_at: dt.datetime
    seconds: int
    sound: Path


def sweep() -> int:
    """Look at every box whose folders changed; return how many messages were new."""
    new = 0
    with as_everyone("voicemail"):
        boxes = {
            (row.context, row.mailbox): row.uniqueid
            for row in VoicemailUser.objects.only("context", "mailbox", "uniqueid")
        }
        for code, mailbox, folder in _folders():
            key = boxes.get((code, mailbox))
            stamps = _stamps(folder)
            if key is not None and cache.get(f"voicemail:{folder}") != stamps:
                new += look(key)
                cache.set(f"voicemail:{folder}", stamps, 3600)
            elif key is None:
                _forget(code, folder)
    return new


def _folders() -> Iterator[tuple[str, str, Path]]:
    top = Path(settings.VOICEMAIL_DIR)
    for customer in sorted(top.iterdir()) if top.is_dir() else []:
        if customer.is_dir():
            for box in sorted(customer.iterdir()):
                yield customer.name, box.name, box


def _forget(code: str, folder: Path) -> None:
    """Remove what a deleted box left, after a day; only of a customer that we know, so
    that an empty database never empties the spool."""
    old = time.time() - folder.stat().st_mtime > SPARED
    if old and Customer.objects.filter(code=code).exists():
        shutil.rmtree(folder, ignore_errors=True)


def _stamps(folder: Path) -> list[int]:
    """Return when each folder of a box changed; equal means that nothing did."""
    parts = [folder / name for name in FOLDERS]
    return [part.stat().st_mtime_ns if part.is_dir() else 0 for part in parts]


def look(box_id: int) -> int:
    """Bring the rows of one box to what lies in the spool; return how many are new."""
    with as_everyone("voicemail"), transaction.atomic():
        rows = VoicemailBox.objects.select_related("customer__reseller", "extension")
        box = rows.select_for_update(of=("self",)).filter(pk=box_id).first()
        if box is None:
            return 0
        found = {message.message_id: message for message in messages(box)}
        known = {row.message_id: row for row in box.messages.all()}
        gone = [known[key].pk for key in known.keys() - found.keys()]
        box.messages.filter(pk__in=gone).delete()
        kept = known.keys() & found.keys()
        moved = [_moved(known[key], found[key]) for key in kept]
        new = sorted(found.keys() - known.keys(), key=lambda key: found[key].left_at)
        for key in new:
            tell(_kept(box, found[key]), found[key].sound)
        if new or gone:
            stored_files.forget(box.customer.code)
            quotas.look_again(box.customer, box.customer.reseller)
        if new or gone or any(moved):
            _tell_lamps(box)
    return len(new)


def _tell_lamps(box: VoicemailBox) -> None:
    phones = voicemail_lamps.followers(box)
    transaction.on_commit(lambda: voicemail_lamps.tell(phones))


def _moved(row: VoicemailMessage, found: Found) -> bool:
    if row.folder == found.folder:
        return False
    row.folder, row.is_new = found.folder, found.folder in NEW
    row.save(update_fields=["folder", "is_new"])
    return True


def _kept(box: VoicemailBox, found: Found) -> VoicemailMessage:
    return VoicemailMessage.objects.create(
        box=box,
        message_id=found.message_id,
        folder=found.folder,
        is_new=found.folder in NEW,
        caller_number=found.number,
        caller_name=found.name,
        left_at=found.left_at,
        seconds=found.seconds,
    )


def messages(box: VoicemailBox) -> Iterator[Found]:
    """Return the messages of a box; what cannot be read is left out."""
    top = Path(settings.VOICEMAIL_DIR, box.customer.code, box.mailbox)
    for folder in FOLDERS:
        part = top / folder
        for path in sorted(part.glob("msg*.txt")) if part.is_dir() else []:
            found = _read(path, folder)
            if found is not None:
                yield found


def _read(path: Path, folder: str) -> Found | None:
    sound = path.with_suffix(".wav")
    if not _FILE.fullmatch(path.name) or path.is_symlink() or not sound.is_file():
        return None
    try:
        said = _values(path.read_text("utf-8", "replace")[:8000])
    except OSError:  # moved on meanwhile
        return None
    if not _ID.fullmatch(said.get("msg_id", "")):
        return None
    number = _NUMBER.search(said.get("callerid", ""))
    name = _NUMBER.sub("", said.get("callerid", "")).strip(' "')
    return Found(
        said["msg_id"],
        folder,
        _plain(number[1] if number else "")[:40],
        _plain(name)[:80],
        _moment(said, path),
        _whole(said.get("duration", "")),
        sound,
    )


def _values(text: str) -> dict[str, str]:
    """Return the settings of a message's file, each as it stands first.

    A caller's name with a line break in it could add lines: those of Asterisk about the
    message itself (`msg_id`) stand before it.
    """
    said: dict[str, str] = {}
    for line in text.splitlines():
        key, found, value = line.partition("=")
        if found and key.isidentifier():
            said.setdefault(key, value.strip())
    return said


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).strip()


def _moment(said: Mapping[str, str], path: Path) -> dt.datetime:
    stamp = said.get("origtime", "")
    seconds = float(stamp) if re.fullmatch(r"[0-9]{1,11}", stamp) else 0
    return dt.datetime.fromtimestamp(seconds or path.stat().st_mtime, dt.UTC)


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0


def sound_of(message: VoicemailMessage) -> Path | None:
    """Return the WAV of a message, wherever it has moved to."""
    for found in messages(message.box):
        if found.message_id == message.message_id:
            return found.sound
    return None


def remove(message: VoicemailMessage) -> None:
    """Delete a message in Asterisk, then its row. Raises AmiError."""
    _ask("VoicemailRemove", message)
    message.delete()
    _tell_lamps(message.box)


def mark_heard(message: VoicemailMessage) -> None:
    """Move a new message to the old ones. Raises AmiError."""
    _ask("VoicemailMove", message, ToFolder="Old")
    message.folder, message.is_new = "Old", False
    message.save(update_fields=["folder", "is_new"])
    _tell_lamps(message.box)


def _ask(action: str, message: VoicemailMessage, **more: str) -> None:
    box = message.box
    place = {"Context": box.customer.code, "Mailbox": box.mailbox}
    named = {"Folder": message.folder, "ID": message.message_id}
    refresh = {"Action": "VoicemailRefresh", **place}
    done = ask_all([{"Action": action, **place, **named, **more}, refresh])
    if done[0].get("Response") == "Error" and sound_of(message) is not None:
        look(box.pk)  # it may have moved: the next try finds it
        raise AmiError(str(done[0].get("Message", "refused"))[:200])
