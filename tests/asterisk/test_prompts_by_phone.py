"""A prompt is spoken at a phone, and callers on hold hear their customer's music."""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx import sounds
from pbx_console.pbx.models import Prompt, PromptCall
from pbx_console.pbx.services import prompt_calls
from pbx_console.pbx.services.forwards import set_pin
from pbx_console.pbx.services.prompts import save_music
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import wait_for
from tests.asterisk.voice import Called, Voice

pytestmark = pytest.mark.asterisk


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def tone(hertz: int, seconds: float) -> bytes:
    """A WAV of one tone."""
    count = int(8000 * seconds)
    wavy = (int(9000 * math.sin(math.tau * hertz * n / 8000)) for n in range(count))
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(array("h", wavy).tobytes())
    return held.getvalue()


def share(samples: array[int], hertz: int) -> float:
    """How much of the energy of a sound is one tone: 1 is all of it (Goertzel)."""
    turn, real, imaginary = math.tau * hertz / 8000, 0.0, 0.0
    for place, value in enumerate(samples):
        real += value * math.cos(turn * place)
        imaginary += value * math.sin(turn * place)
    whole = sum(value * value for value in samples) or 1
    return 2 * (real**2 + imaginary**2) / len(samples) / whole


def call_for(house: House) -> PromptCall:
    """The console asks 201 to speak a prompt of this name."""
    tenant = house.world.nordbel
    with as_everyone("test"):
        return prompt_calls.new_prompt(
            SYSTEM,
            customer=tenant.customer,
            name='Wel"come <1>; 2',
            extension=tenant.extension,
        )


def stands(call: PromptCall) -> str:
    """Where it is, by the row."""
    with as_everyone("test"):
        call.refresh_from_db()
    return call.state


def test_a_prompt_is_spoken_at_a_phone_and_played_at_once(house: House) -> None:
    voice = Called(house.phone(house.world.nordbel.extension))
    call = call_for(house)
    voice.answered()
    voice.quiet()  # the guidance and the tone
    assert stands(call) == "speaking"
    voice.speak(1.5)
    voice.press("#")
    for _try in range(40):  # while the recording is played nobody listens to keys
        if stands(call) == "kept":
            break
        voice.press("1")
        voice.speak(0.2)
    with as_everyone("test"):
        left = prompt_calls.recording(call)
        assert left.exists()
        assert prompt_calls.sweep() == 1
        prompt = Prompt.objects.get(pk=call.prompt_id)
        entry = AuditEntry.objects.filter(verb="prompt.saved").latest("pk")
    assert (prompt.source, stands(call)) == ("phone", "done")
    assert 1 < prompt.seconds < 3
    assert (entry.actor_name, entry.actor_level) == ("201 Reception", "phone")
    file = sounds.prompts_folder() / f"{prompt.digest}{sounds.ENDING}"
    with wave.open(str(file)) as kept:
        assert max(array("h", kept.readframes(kept.getnframes()))) > 8000
    assert not left.exists()


def test_a_code_and_the_pin_speak_a_prompt_anew(house: House) -> None:
    tenant = house.world.nordbel
    with as_everyone("test"):
        prompt = Prompt.objects.create(
            customer=tenant.customer, name="Welcome", digest="", phone_code="12"
        )
        set_pin(SYSTEM, tenant.extension, "48151623")
    voice = Voice(house.phone(tenant.extension), "*7712", seconds=20)
    voice.press("48151623#")
    voice.quiet()
    voice.speak(1)
    voice.press("#")
    with as_everyone("test"):
        for _try in range(40):
            if prompt.calls.filter(state="kept").exists():
                break
            voice.press("1")
            voice.speak(0.2)
        assert prompt_calls.sweep() == 1
        prompt.refresh_from_db()
    assert (prompt.source, prompt.digest != "") == ("phone", True)
    wrong = Voice(house.phone(tenant.extension), "*7712", seconds=3)
    wrong.press("11223344#")
    wrong.call.wait()
    with as_everyone("test"):
        assert prompt.calls.count() == 1


def test_nothing_is_changed_when_nobody_keeps_it(house: House) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with phone.answering("refuse", code="486", contact="x") as asked:
        call = call_for(house)
        wait_for(lambda: stands(call) == "over")
    (ringing,) = (m for m in asked.messages() if m.line.startswith("INVITE"))
    assert "Welcome 1 2" in ringing.header("From")
    assert "asterisk" not in ringing.text.lower()
    with as_everyone("test"):
        assert prompt_calls.sweep() == 0
        assert not Prompt.objects.get(pk=call.prompt_id).digest


def test_who_is_on_hold_hears_the_customers_own_music(house: House) -> None:
    tenant = house.world.nordbel
    with as_everyone("test"):
        save_music(
            SYSTEM,
            customer=tenant.customer,
            name="Ours",
            is_default=True,
            upload=tone(440, 4),
            file_name="Ours",
        )
    other = house.extension(tenant.customer, "202")
    held = Called(house.phone(other))
    holder = Voice(house.phone(tenant.extension), "202", 4, "call_hold")
    held.answered()
    assert not held.listen(0.5)
    heard = held.listen(2.5)
    assert len(heard) > 8000
    assert share(heard[-8000:], 440) > 0.8
    assert holder.call.wait() == 0
    assert Path(settings.SOUNDS_DIR, "music").is_dir()
