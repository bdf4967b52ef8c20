"""What waiting callers hear, told apart by pitch in the audio that a phone gets."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import MusicClass, Prompt, Queue
from pbx_console.pbx.services.prompts import save_music, save_prompt
from pbx_console.pbx.services.queues import change_agent
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_queues import agents, answered, call_in, make_queue, seat
from tests.asterisk.voice import Voice

pytestmark = pytest.mark.asterisk
MUSIC, GREETING, PROMPT = 500, 2000, 1000


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def tone(pitch: int, seconds: float) -> bytes:
    """A file with one tone."""
    samples = [
        int(12000 * math.sin(2 * math.pi * pitch * n / 8000))
        for n in range(int(8000 * seconds))
    ]
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return held.getvalue()


def prompt(house: House, pitch: int) -> Prompt:
    customer = house.world.nordbel.customer
    with as_everyone("test"):
        upload = tone(pitch, 0.6)
        return save_prompt(SYSTEM, customer=customer, name=str(pitch), upload=upload)


def music(house: House) -> MusicClass:
    customer = house.world.nordbel.customer
    with as_everyone("test"):
        upload = tone(MUSIC, 4)
        return save_music(SYSTEM, customer=customer, name="Low", upload=upload)


def test_who_waits_hears_greeting_place_music_and_what_key_1_does(house: House) -> None:
    (one,) = agents(house, 1)
    queue = make_queue(
        house,
        one,
        empty="never",
        music=music(house),
        greeting=prompt(house, GREETING),
        periodic=prompt(house, PROMPT),
        announce_position=True,
        offers_callback=True,
    )
    with as_everyone("test"):
        change_agent(SYSTEM, seat(one), logged_in=False)
        Queue.objects.filter(pk=queue.pk).update(periodic_seconds=3)
    first = call_in(house, talk=15)  # the first one is not told the place
    wait_for(lambda: answered(first))
    waits = Voice(house.phone(house.world.nordbel.extension), "700", seconds=14)
    heard = waits.pitches(until=lambda heard: offered(heard))
    assert GREETING in heard
    before, after = split(heard, PROMPT)
    assert MUSIC in before
    assert before.count(None) > 15  # the place, spoken
    assert MUSIC in after
    assert after.count(None) > 15  # the offer of a call back, spoken


def split(heard: list[int | None], pitch: int) -> tuple[list[int | None], ...]:
    """What was heard before a pitch, and after it."""
    place = heard.index(pitch) if pitch in heard else len(heard)
    return heard[:place], heard[place:]


def offered(heard: list[int | None]) -> bool:
    """Was something spoken after the prompt, and music again?"""
    _before, after = split(heard, PROMPT)
    spoken = [place for place, pitch in enumerate(after) if pitch is None]
    return len(spoken) > 30 and MUSIC in after[spoken[-1] :]
