"""Files that Asterisk plays: prompts, and a directory per class of music.

The database holds the truth; these are copies below `settings.SOUNDS_DIR`, named by their
digest and so never overwritten. They are written after the commit, and `mend` writes what
is missing and takes away what nobody plays any more: a new container or a lost disk heals.
"""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction

from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models.prompts import MusicClass, MusicTrack, Prompt

logger = logging.getLogger(__name__)
ENDING = ".wav16"  # how Asterisk knows a WAV of 16 kHz
SPARED = 3600  # seconds that a file stays although nobody names it: it may be playing


def prompts_folder() -> Path:
    """Return where prompts lie; Asterisk finds it as `prompts`."""
    return Path(settings.SOUNDS_DIR, "prompts")


def music_folder(key: int) -> Path:
    """Return where a class's pieces lie; Asterisk finds it as `music/m<key>`."""
    return Path(settings.SOUNDS_DIR, "music", f"m{key}")


def publish_prompt(prompt: Prompt) -> None:
    """Write a prompt's file once the save is certain."""
    name, data = f"{prompt.digest}{ENDING}", bytes(prompt.data)
    transaction.on_commit(lambda: _try_write(prompts_folder() / name, data))


def publish_music(music: MusicClass) -> None:
    """Bring a class's directory to what the database says, once that is certain."""
    key = music.pk
    transaction.on_commit(lambda: _try_music(key))


def _try_write(path: Path, data: bytes) -> None:
    try:
        if not path.exists():
            write(path, data)
    except OSError as error:  # the sweep tries again
        logger.warning("sound not written: %s", error)


def _try_music(key: int) -> None:
    try:
        with as_everyone("music on hold"):
            mend_music({key: track_names(key)}.items())
    except OSError as error:
        logger.warning("music not written: %s", error)


def write(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def mend() -> int:
    """Write what is missing, remove what is not named any more; return how many."""
    with as_everyone("sounds"):
        done = _mend_prompts()
        keys = MusicClass.objects.values_list("pk", flat=True)
        return done + mend_music([(key, track_names(key)) for key in keys])


def _mend_prompts() -> int:
    folder = prompts_folder()
    wanted = set(Prompt.objects.exclude(digest="").values_list("digest", flat=True))
    there = {path.name.removesuffix(ENDING) for path in _files(folder)}
    for digest in wanted - there:
        prompt = Prompt.objects.filter(digest=digest).first()
        if prompt is not None:
            write(folder / f"{digest}{ENDING}", bytes(prompt.data))
    stale = [folder / f"{digest}{ENDING}" for digest in there - wanted]
    return len(wanted - there) + _remove(stale, spared=SPARED)


def track_names(key: int) -> dict[str, int]:
    """Return file name -> track of a class; names sort as the pieces are played."""
    rows = MusicTrack.objects.filter(music=key).values_list("pk", "digest")
    return {
        f"{place:03}-{digest}{ENDING}": pk
        for place, (pk, digest) in enumerate(rows, start=1)
    }


def mend_music(classes: Iterable[tuple[int, Mapping[str, int]]]) -> int:
    """Bring the directories of classes to what they should hold; return how many files."""
    done = 0
    for key, wanted in classes:
        folder = music_folder(key)
        there = {path.name for path in _files(folder)}
        for name in wanted.keys() - there:
            track = MusicTrack.objects.get(pk=wanted[name])
            write(folder / name, bytes(track.data))
        done += len(wanted.keys() - there)
        done += _remove([folder / name for name in there - wanted.keys()], spared=0)
    return done


def _files(folder: Path) -> list[Path]:
    return list(folder.glob(f"*{ENDING}")) if folder.is_dir() else []


def _remove(paths: Iterable[Path], *, spared: int) -> int:
    count = 0
    for path in paths:
        if time.time() - path.stat().st_mtime > spared or not spared:
            path.unlink(missing_ok=True)
            count += 1
    return count
