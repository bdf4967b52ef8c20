"""A telephone call's WAV as a small file that every browser plays: MP3, mono.

About 130 kB a minute, where the WAV has a megabyte.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path


class Unreadable(ValueError):
    """It is not the WAV that we expect."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A call that was made smaller."""

    data: bytes
    seconds: float


def seconds_of(path: Path) -> float:
    """Return how long a WAV lasts. Raises Unreadable."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (OSError, EOFError, wave.Error, ZeroDivisionError) as error:
        raise Unreadable(str(error)) from error


def small(path: Path) -> Speech:
    """Return a WAV of Asterisk as MP3, block by block. Raises Unreadable."""
    import soundfile  # type: ignore[import-untyped]  # noqa: PLC0415 - loads slowly

    made = io.BytesIO()
    try:
        with soundfile.SoundFile(str(path)) as file:
            rate, length = file.samplerate, len(file)
            kept = {"samplerate": rate, "channels": 1, "format": "MP3"}
            with soundfile.SoundFile(made, "w", **kept) as out:
                for block in file.blocks(1 << 16, dtype="int16", always_2d=True):
                    out.write(block[:, 0])
    except (OSError, RuntimeError, ValueError) as error:
        raise Unreadable(str(error)) from error
    return Speech(made.getvalue(), length / rate)
