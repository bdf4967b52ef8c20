"""What Asterisk says, in English, German and Dutch: a tree of sounds made once.

English and German are Debian's recordings, linked; Dutch, what the German package has
not, and our own announcements (`asterisk_conf/sounds/*.txt`) are spoken by espeak-ng.
Recordings that name the software are left out. The private Asterisk's root and the
container image make the same tree:

    python3 speech.py TEXTS TARGET      inside the image
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LANGUAGES = ("en", "de", "nl")
# Package recordings per language, below Asterisk's share directory, and their ending.
RECORDED = {"en": ("en_US_f_Allison", "wav"), "de": ("de", "gsm")}
SOUNDS = Path("usr/share/asterisk/sounds")
VOICES = {"en": "en-gb", "de": "de", "nl": "nl"}
RATE = 16000  # Hz; Asterisk knows such a file by its ending, wav16
# Tones and silence are the same everywhere.
NEUTRAL: tuple[str, ...] = (
    "beep",
    "beeperr",
    "ascending-2tone",
    "descending-2tone",
    "silence/",
    "confbridge-join",
    "confbridge-leave",
)
# They speak of the software or are jokes: nobody is to hear them.
LEFT_OUT: tuple[str, ...] = (
    "demo-",
    "tt-monkeys",
    "tt-weasels",
    "spy-",
    "letters/asterisk",
    "dundi",
    "confbridge-begin-glorious",
    "iax",
    "h323",
    "mgcp",
    "skinny",
    "zap",
)


class SpeechError(RuntimeError):
    """espeak-ng or sox did not do its work."""


def texts(source: Path, language: str) -> dict[str, str]:
    """Return name -> text of everything that is spoken in one language."""
    place = LANGUAGES.index(language) + 1
    own = {f"pbx/{row[0]}": row[place] for row in _rows(source / "pbx.txt")}
    return {row[0]: row[1] for row in _rows(source / f"{language}.txt")} | own


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [part.strip() for part in line.split("|")]


def recordings(root: Path, language: str) -> dict[str, Path]:
    """Return name -> file, as Asterisk sees it, of a language's recordings."""
    if language not in RECORDED:
        return {}
    folder, ending = RECORDED[language]
    top = root / SOUNDS / folder
    found = {
        str(path.relative_to(top).with_suffix("")): "/" / path.relative_to(root)
        for path in sorted(top.rglob(f"*.{ending}"))
    }
    return {n: path for n, path in found.items() if not n.startswith(LEFT_OUT)}


def build(source: Path, target: Path, *, root: Path, enter: Sequence[str] = ()) -> None:
    """Make the tree anew at `target`, with the programs that `enter` leads to.

    `root` is where Asterisk's own `/` lies. The earlier tree is replaced at the end.
    """
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    common = recordings(root, "en")
    for language in LANGUAGES:
        _language(source, fresh / language, language, (root, enter, common))
    stale = target.with_name(f"{target.name}.old")
    shutil.rmtree(stale, ignore_errors=True)
    if target.exists():
        target.rename(stale)
    fresh.rename(target)
    shutil.rmtree(stale, ignore_errors=True)


def _language(
    source: Path,
    folder: Path,
    language: str,
    where: tuple[Path, Sequence[str], Mapping[str, Path]],
) -> None:
    root, enter, common = where
    spoken = texts(source, language)
    linked = {n: p for n, p in common.items() if n.startswith(NEUTRAL)}
    linked |= recordings(root, language)
    for name, path in linked.items():
        if name not in spoken:
            _link(folder / f"{name}{path.suffix}", path)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = pool.map(lambda t: speak(t, VOICES[language], enter), spoken.values())
        for name, data in zip(spoken, made, strict=True):
            path = folder / f"{name}.wav{RATE // 1000}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _link(link: Path, path: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(path)


def speak(text: str, voice: str, enter: Sequence[str] = ()) -> bytes:
    """Return a text as WAV, mono, 16 bit, 16 kHz."""
    said = _run([*enter, "espeak-ng", "-v", voice, "-s", "150", "--stdin", "--stdout"])(
        text.encode()
    )
    # A pipe's header has no length (espeak-ng cannot go back), so `ignorelength`.
    shape = ["-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", str(RATE), "-"]
    raw = _run(
        [*enter, "sox", "--ignore-length", "-t", "wav", "-", *shape, "norm", "-6"]
    )(said)
    return in_wav(raw)


def in_wav(raw: bytes) -> bytes:
    """Return samples with the header of a WAV file."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(raw)
    return held.getvalue()


def _run(command: list[str]):  # type: ignore[no-untyped-def]
    def with_input(data: bytes) -> bytes:
        done = subprocess.run(command, input=data, capture_output=True)
        if done.returncode != 0 or len(done.stdout) < 100:
            words = done.stderr.decode("utf-8", "replace").strip()[-200:]
            raise SpeechError(f"{command[-1]}: {words or 'no sound came'}")
        return done.stdout

    return with_input


def main(arguments: list[str]) -> int:
    """Entry of the container image's build."""
    source, target = map(Path, arguments)
    build(source, target, root=Path("/"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
