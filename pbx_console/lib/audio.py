"""Sound from people: a file that somebody sent, or a text, into one kind of WAV.

Mono, 16 bit, 16 kHz. What a file is decides its content, never its name; it is decoded by
libsndfile in a process with limits (`audio_child`), so that nothing made up reaches ours.
Texts are spoken by espeak-ng, a program of its own, where it is installed.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from pbx_console.lib.audio_child import RATE, TOO_LONG

MOST_BYTES: Final = 20 << 20
MOST_SECONDS: Final = 600
LEAST_SECONDS: Final = 0.1
PATIENCE: Final = 90  # seconds on the clock for one file
VOICES: Final = {"en": "en-gb", "de": "de", "nl": "nl"}
_CHILD: Final = Path(__file__).with_name("audio_child.py")


class NotAudio(ValueError):
    """It is none of the kinds of sound that are read, or broken."""


class TooLong(ValueError):
    """It lasts longer than is kept."""


class NoVoice(RuntimeError):
    """There is no program on this machine that speaks."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A WAV as it is kept. `digest` is the SHA-256 of its bytes, hexadecimal."""

    data: bytes
    seconds: Decimal

    @property
    def digest(self) -> str:
        """Return the name under which it is played."""
        return hashlib.sha256(self.data).hexdigest()


def kind_of(data: bytes) -> str:
    """Return wav, flac, ogg or mp3 by the first bytes; empty for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    for name, start in (("flac", b"fLaC"), ("ogg", b"OggS"), ("mp3", b"ID3")):
        if data.startswith(start):
            return name
    frame = len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0
    return "mp3" if frame and data[1] & 0x06 else ""


def read(data: bytes, *, most_seconds: int = MOST_SECONDS) -> Sound:
    """Return the sound in a file. Raises NotAudio or TooLong."""
    if len(data) > MOST_BYTES:
        raise TooLong
    if not kind_of(data):
        raise NotAudio
    return from_samples(_samples(data, most_seconds))


def _samples(data: bytes, most_seconds: int) -> bytes:
    command = [sys.executable, "-I", str(_CHILD), str(most_seconds)]
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, nothing of theirs in it
            command,
            input=data,
            capture_output=True,
            timeout=PATIENCE,
            env={"PATH": os.defpath, **threads},
        )
    except subprocess.TimeoutExpired as error:
        raise TooLong from error
    if done.returncode == TOO_LONG:
        raise TooLong
    if done.returncode != 0:
        raise NotAudio
    return done.stdout


def from_samples(samples: bytes) -> Sound:
    """Return samples as a WAV. Raises NotAudio when there is next to nothing."""
    count = len(samples) // 2
    if count < RATE * LEAST_SECONDS:
        raise NotAudio
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples[: count * 2])
    tenths = Decimal(count * 10 // RATE) / 10
    return Sound(held.getvalue(), tenths)


def speak(text: str, language: str) -> Sound:
    """Return a text as it is spoken. Raises NoVoice, NotAudio or TooLong."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise NoVoice
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "said.wav")
        command = [program, "-v", VOICES.get(language, "en-gb"), "-s", "150"]
        # Two brackets would be read as sounds of the program's own alphabet.
        said = plain.replace("[[", "[").encode()
        try:
            done = subprocess.run(  # noqa: S603 - our own program, nothing of theirs in it
                [*command, "--stdin", "-w", str(made)],
                input=said,
                capture_output=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired as error:
            raise TooLong from error
        if done.returncode != 0 or not made.exists():
            raise NotAudio
        return read(made.read_bytes())
