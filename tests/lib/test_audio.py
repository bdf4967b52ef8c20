"""Uploads become one kind of WAV, or are refused; nothing that is sent can raise more."""

from __future__ import annotations

import io
import wave

import numpy
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_console.lib import audio


def made(
    kind: str, *, rate: int = 44100, channels: int = 2, seconds: float = 0.5
) -> bytes:
    """A tone in a file of this kind."""
    tone = numpy.sin(numpy.arange(int(rate * seconds)) / 20) * 0.3
    held = io.BytesIO()
    soundfile.write(held, numpy.stack([tone] * channels, 1), rate, format=kind)
    return held.getvalue()


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_it_makes_one_kind_of_wav_of_all(kind: str) -> None:
    sound = audio.read(made(kind))
    with wave.open(io.BytesIO(sound.data)) as file:
        shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
    assert shape == (1, 2, 16000)
    assert 0.4 <= sound.seconds <= 0.6
    assert len(sound.digest) == 64


def test_the_same_file_is_the_same_sound() -> None:
    assert audio.read(made("FLAC")).digest == audio.read(made("FLAC")).digest


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<html>no sound</html>",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00" + b"\xff" * 200,
        b"OggS" + b"\xff" * 500,
        b"fLaC" + bytes(500),
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(500),
        made("WAV")[:60],
    ],
)
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(audio.NotAudio):
        audio.read(data)


def test_what_is_too_long_or_too_large_is_refused() -> None:
    with pytest.raises(audio.TooLong):
        audio.read(made("FLAC", seconds=3), most_seconds=2)
    with pytest.raises(audio.TooLong):
        audio.read(b"RIFF0000WAVE" + bytes(audio.MOST_BYTES))


STARTS = [
    b"RIFF\x24\x00\x00\x00WAVE",
    b"fLaC",
    b"OggS\x00",
    b"ID3\x03",
    b"\xff\xfb",
    b"",
]


@settings(max_examples=12, deadline=None)
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=600))
def test_rubbish_never_raises_anything_else(start: bytes, rest: bytes) -> None:
    try:
        sound = audio.read(start + rest)
    except (audio.NotAudio, audio.TooLong):
        return
    assert sound.data.startswith(b"RIFF")


@settings(max_examples=6, deadline=None)
@given(place=st.integers(0, 5000), bite=st.binary(min_size=1, max_size=40))
def test_a_damaged_file_never_raises_anything_else(place: int, bite: bytes) -> None:
    whole = made("OGG")
    place %= len(whole)
    try:
        audio.read(whole[:place] + bite + whole[place + len(bite) :])
    except (audio.NotAudio, audio.TooLong):
        return


def test_a_text_is_spoken() -> None:
    said = audio.speak("Guten Tag\x00\r\n[[ ]] <speak>", "de")
    assert said.seconds > 0.5


def test_without_a_voice_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(audio.NoVoice):
        audio.speak("Guten Tag", "de")
