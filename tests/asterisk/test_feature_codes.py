"""Codes of the phone change what the console shows, and the log says who it was."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx import refresh
from pbx_console.pbx.models import Extension, Forward
from pbx_console.pbx.services.extensions import save_extension
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import Agent
from tests.asterisk.test_calls import OUTSIDE
from tests.asterisk.test_sounds import tree
from tests.asterisk.voice import Voice

pytestmark = pytest.mark.asterisk


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def dial(phone: Agent, code: str) -> int:
    """Dial a code; return the final status."""
    call = phone.call(code.replace("#", "%23"), talk=0.1)
    assert call.wait() == 0
    return call.statuses()[0]


def test_codes_set_and_end_forwards(house: House) -> None:
    north = house.world.nordbel
    house.extension(north.customer, "202")
    phone = house.phone(north.extension)
    codes = {"21": "always", "61": "no_answer", "62": "offline", "67": "busy"}
    for code, condition in codes.items():
        assert dial(phone, f"*{code}*202#") == 200
        with as_everyone("test"):
            row = Forward.objects.get(extension=north.extension, condition=condition)
            assert (str(row.destination), row.is_active) == ("202 Phone 202", True)
        assert dial(phone, f"#{code}#") == 200
        assert dial(phone, f"*{code}*03023125999") == 200
        with as_everyone("test"):
            row.refresh_from_db()
            assert (row.target, row.is_active) == (OUTSIDE, True)
    assert dial(phone, "#21#") == 200
    assert dial(phone, "*21") == 200
    with as_everyone("test"):
        assert Forward.objects.get(
            extension=north.extension, condition="always"
        ).is_active
        entry = AuditEntry.objects.filter(verb="forward.saved").latest("pk")
    assert (entry.actor_name, entry.actor_level) == ("201 Reception", "phone")
    assert entry.object_key == north.extension.endpoint_id
    assert (entry.before["is_active"], entry.after["is_active"]) == (False, True)


def test_codes_switch_what_an_extension_has(house: House) -> None:
    extension = house.world.nordbel.extension
    phone = house.phone(extension)
    for on, off, field in (
        ("*25", "#25", "do_not_disturb"),
        ("*43#", "#43#", "call_waiting"),
        ("*31#", "#31#", "withholds_number"),
    ):
        for code, wanted in ((on, True), (off, False)):
            assert dial(phone, code) == 200
            with as_everyone("test"):
                row = Extension.objects.get(pk=extension.pk)
                assert getattr(row, field) is wanted


@pytest.mark.parametrize(
    "code",
    ["*21*201#", "*21*999#", "*21*112#", "*21", "*2*5", "*25*1", "#", "*9999", "*21**"],
)
def test_it_refuses_codes_that_mean_nothing(house: House, code: str) -> None:
    extension = house.world.nordbel.extension
    assert dial(house.phone(extension), code) in (403, 484)
    with as_everyone("test"):
        assert not Forward.objects.filter(extension=extension).exists()


def loudness(samples: array[int], rate: int) -> list[float]:
    """The loudness of each 40 ms, without the silence around."""
    size = rate // 25
    parts = [samples[n : n + size] for n in range(0, len(samples) - size, size)]
    found = [sum(abs(value) for value in part) / size for part in parts]
    loud = [place for place, value in enumerate(found) if value > 150]
    return found[loud[0] : loud[-1] + 1] if loud else []


def likeness(one: list[float], other: list[float]) -> float:
    """How alike two courses of loudness are, a little earlier or later: 1 is the same."""
    return max(
        *(_likeness(one[late:], other) for late in range(4)),
        *(_likeness(one, other[late:]) for late in range(1, 4)),
    )


def _likeness(one: list[float], other: list[float]) -> float:
    length = min(len(one), len(other))
    one, other = one[:length], other[:length]
    means = sum(one) / length, sum(other) / length
    pairs = [(a - means[0], b - means[1]) for a, b in zip(one, other, strict=True)]
    norm = sum(a * a for a, _b in pairs) * sum(b * b for _a, b in pairs)
    return sum(a * b for a, b in pairs) / (norm**0.5 or 1)


def recorded(*names: str) -> array[int]:
    """Our own announcements in Dutch, one after the other."""
    parts = []
    for name in names:
        with wave.open(str(tree() / "nl" / f"{name}.wav16")) as file:
            parts.append(array("h", file.readframes(file.getnframes())))
    return array("h", chain.from_iterable(parts))


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("*25", ["pbx/dnd-on"]),
        ("*21*202", ["pbx/forward-to", "digits/2", "digits/0", "digits/2"]),
        ("*21*201", ["pbx/refused"]),
    ],
)
def test_a_code_says_what_came_of_it_in_the_extensions_language(
    house: House, code: str, names: list[str]
) -> None:
    tenant = house.world.nordbel
    house.extension(tenant.customer, "202")
    with as_everyone("test"):
        save_extension(
            SYSTEM,
            customer=tenant.customer,
            extension=tenant.extension,
            language="nl",
        )
        refresh.run()
    wanted = recorded(*names)
    voice = Voice(house.phone(tenant.extension), code, seconds=8)
    said, asked = voice.listen(len(wanted) / 16000 + 1), loudness(wanted, 16000)
    heard = [loudness(said[start:], 8000) for start in range(0, 320, 80)]
    assert min(abs(len(course) - len(asked)) for course in heard) <= 4
    assert max(likeness(course, asked) for course in heard) > 0.8
