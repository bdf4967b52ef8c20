"""The calls that an end user sees: inside and missed ones too, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from pbx_console.accounts.scope import as_customer, as_everyone
from pbx_console.console import own_calls
from pbx_console.console.own_calls import OwnCall
from pbx_console.metering import ingest
from pbx_console.pbx.models import Extension
from tests.conftest import World
from tests.console.conftest import Opens, text_of
from tests.metering.journal import NOON, append, record

Channel = tuple[str, str, dict[str, str]]
Told = Callable[..., list[OwnCall]]


def channel(
    uniqueid: str, name: str, linkedid: str, *, answered: bool, **fields: str
) -> bytes:
    """Write one channel that began at noon and ended a minute later."""
    values = {"linkedid": linkedid, "channame": f"PJSIP/{name}-0000000a", **fields}
    begin, end = NOON - timedelta(seconds=5), NOON + timedelta(seconds=60)
    lines = [record("CHAN_START", begin, uniqueid, **values)]
    if answered:
        lines.append(record("ANSWER", NOON, uniqueid, **values))
    lines.append(record("HANGUP", end, uniqueid, **values))
    return b"".join(lines)


@pytest.fixture
def told(world: World, tmp_path: Path) -> Told:
    """Return the calls of an extension after these channels were read."""

    def read(channels: Iterable[bytes], extension: Extension) -> list[OwnCall]:
        with as_everyone("test"):
            append(tmp_path, b"".join(channels))
            ingest.run_once(tmp_path)
        with as_customer(extension.customer):
            rows = own_calls.of(extension, {}).rows
        return [row for row in rows if row.started_at == NOON - timedelta(seconds=5)]

    return read


def test_a_colleague_is_called_and_both_see_it(told: Told, world: World) -> None:
    own = world.nordbel.extension
    code = own.customer.code
    calls = told(
        [
            channel("9.1", f"{code}-201", "9.1", answered=True),
            channel("9.2", f"{code}-202-app", "9.1", answered=True),
        ],
        own,
    )
    [call] = calls
    assert (call.outgoing, call.party, call.outcome) == (True, "202", "answered")
    assert call.talked_ms == 60_000


@pytest.mark.parametrize(
    ("others", "outcome"),
    [
        ([], "missed"),
        ([("202", True)], "elsewhere"),
        ([("202", False)], "missed"),
        ([("201-app", True)], "answered"),
    ],
)
def test_a_call_from_outside_that_was_not_taken_is_seen(
    told: Told, world: World, others: list[tuple[str, bool]], outcome: str
) -> None:
    own = world.nordbel.extension
    code = own.customer.code
    calls = told(
        [
            channel("9.1", "trunk-x", "9.1", answered=False, num="+493023125999"),
            channel("9.2", f"{code}-201", "9.1", answered=False),
            *(
                channel(f"9.{n}", f"{code}-{name}", "9.1", answered=answered)
                for n, (name, answered) in enumerate(others, start=3)
            ),
        ],
        own,
    )
    [call] = calls
    assert (call.outgoing, call.party, call.outcome) == (
        False,
        "+493023125999",
        outcome,
    )


def test_voicemail_and_the_own_mobile_are_told(told: Told, world: World) -> None:
    own = world.nordbel.extension
    code = own.customer.code
    paid = {
        "tenantid": code,
        "accountcode": "201",
        "userfield": "v1|out|x|+491715550",
    }
    fields = {"context": "do-voicemail", "num": "202"}
    calls = told(
        [
            channel("9.1", f"{code}-202", "9.1", answered=True, **fields),
            channel("9.2", f"{code}-201", "9.1", answered=False),
            channel("8.1", f"{code}-202", "8.1", answered=True),
            channel("8.2", "trunk-x", "8.1", answered=True, **paid),
        ],
        own,
    )
    assert sorted((c.party, c.outcome) for c in calls) == [
        ("202", "away"),
        ("202", "voicemail"),
    ]


def test_nobody_else_sees_them(told: Told, world: World) -> None:
    own, foreign = world.nordbel.extension, world.zuidlijn.extension
    calls = [
        channel("9.1", "trunk-x", "9.1", answered=False, num="12<b>'--"),
        channel("9.2", f"{own.customer.code}-201", "9.1", answered=False),
        # Rings nobody: a code, and a stranger's phone with the same number.
        channel("7.1", f"{own.customer.code}-201", "7.1", answered=True),
        channel("6.1", f"x{own.customer.code}-201", "6.1", answered=True),
    ]
    assert [call.party for call in told(calls, own)] == ["12"]
    with as_customer(foreign.customer):
        assert own_calls._rows(own, NOON + timedelta(days=1)) == []


def test_a_page_goes_on_where_the_last_one_ended(
    told: Told, world: World, monkeypatch: pytest.MonkeyPatch, sign_in: Opens
) -> None:
    own = world.nordbel.extension
    code = own.customer.code
    lines = []
    for n in range(5):
        end = NOON + timedelta(seconds=n)
        values = {"linkedid": f"{n}.1", "num": f"+4930231259{n}"}
        lines.append(record("HANGUP", end, f"{n}.1", **values))
        values["channame"] = f"PJSIP/{code}-201-0000000a"
        lines.append(record("HANGUP", end - timedelta(seconds=2), f"{n}.2", **values))
        lines.append(record("HANGUP", end, f"{n}.3", **values))
    told(lines, own)
    monkeypatch.setattr(own_calls, "SIZE", 2)
    seen: list[str] = []
    position = ""
    with as_customer(own.customer):
        for _page in range(3):
            page = own_calls.of(own, {"after": position})
            seen += [row.party for row in page.rows]
            position = page.after or ""
    assert seen[:5] == [f"+4930231259{n}" for n in (4, 3, 2, 1, 0)]
    text = text_of(sign_in("end_user").get("/"))
    assert "+49 30 2312594" in text
    assert sign_in("end_user").get("/?after=nonsense").status_code == 200
