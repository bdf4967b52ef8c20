"""The pure walk over the answers of the step functions."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_console.console.call_picture import draw
from pbx_console.pbx.paths import MOST, Path, Step, walk

END: dict[str, Any] = {"action": "refuse", "reason": "gone"}


def path(rows: dict[str, dict[str, Any]], first: str = "d1", **how: Any) -> Path:
    """Walk over answers written down."""
    return walk(first, lambda token: Step(rows.get(token, END)), **how)


def tokens(found: Path) -> list[str]:
    """The tokens of the call's own way."""
    return [node.token for node in found.taken]


def test_it_follows_next_when_nobody_picks_up() -> None:
    rows = {
        "d1": {"action": "extension", "next": "d2", "on_busy": "d3"},
        "d2": {"action": "voicemail"},
        "d3": {"action": "voicemail"},
    }
    found = path(rows)
    assert tokens(found) == ["d1", "d2"]
    assert [(w.outcomes, w.node.token) for _n, w in found.others] == [
        (["on_busy"], "d3")
    ]


def test_it_follows_offline_when_no_phone_is_there() -> None:
    rows = {
        "d1": {
            "action": "extension",
            "target": "PJSIP/cabcde-201&PJSIP/cabcde-201-2",
            "next": "d2",
            "on_offline": "d3",
        }
    }
    found = path(rows, away=lambda step: step.phones == ["cabcde-201", "cabcde-201-2"])
    assert tokens(found) == ["d1", "d3"]


def test_it_puts_outcomes_with_one_destination_on_one_line() -> None:
    rows = {"d1": {"next": "d2", "on_busy": "d2", "keys": "1=d2,2=d3,#=d1"}}
    ways = path(rows).first.ways
    outcomes = [way.outcomes for way in ways]
    assert outcomes == [["next", "on_busy", "key 1"], ["key 2"], ["key #"]]


def test_it_draws_no_box_for_a_forward_that_only_leads_on() -> None:
    rows = {
        "d1": {"action": "extension", "next": "f1"},
        "f1": {"action": "forward", "next": "f2"},
        "f2": {"action": "forward", "next": "d2"},
        "d2": {"action": "voicemail"},
        "f3": {"action": "forward", "next": "f3"},
    }
    assert tokens(path(rows)) == ["d1", "d2"]
    assert tokens(path(rows, "f3")) == ["f3", "f3"]


def test_it_goes_on_as_busy_when_nobody_may_be_disturbed() -> None:
    rows = {"d1": {"action": "busy", "on_busy": "d2", "next": "d3"}}
    assert tokens(path(rows)) == ["d1", "d2"]


def test_it_takes_members_of_a_group_for_no_way_of_the_call() -> None:
    step = Step(
        {
            "target": "PJSIP/cabcde-201&PJSIP/cabcde-202-3|PJSIP/cabcde-201",
            "keys": "m=d7,m=d8",
            "next": "d9",
        }
    )
    assert step.phones == ["cabcde-201", "cabcde-202-3"]
    assert list(step.outcomes) == ["d9"]


def test_it_ends_when_a_call_goes_round() -> None:
    rows = {"d1": {"next": "d2"}, "d2": {"next": "d1"}}
    found = path(rows)
    assert tokens(found) == ["d1", "d2", "d1"]
    assert found.taken[-1].again
    assert tokens(path({"d1": {"next": "d1"}})) == ["d1", "d1"]


def test_it_draws_the_calls_own_way_in_full_even_if_another_way_leads_there() -> None:
    rows = {
        "d1": {"keys": "1=d2", "next": "d9"},
        "d9": {"next": "d2"},
        "d2": {"next": "d3"},
    }
    assert tokens(path(rows)) == ["d1", "d9", "d2", "d3"]


def test_it_stops_asking_at_the_size_of_a_picture() -> None:
    asked: list[str] = []

    def ask(token: str) -> Step:
        asked.append(token)
        return Step({"next": f"d{int(token[1:]) + 1}"})

    found = walk("d1", ask)
    assert len(asked) == MOST
    assert found.cut


TOKENS = st.sampled_from(["d1", "d2", "d3", "d4", "f5", None, ""])
ROWS = st.fixed_dictionaries(
    {"next": TOKENS, "on_busy": TOKENS, "on_offline": TOKENS, "on_full": TOKENS}
    | {"keys": st.sampled_from([None, "1=d1", "1=d2,2=f5,3=d4", "t=", "=", ",,"])}
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["d1", "d2", "d3", "d4", "f5"]), ROWS))
def test_it_ends_for_every_web_of_outcomes(rows: dict[str, Any]) -> None:
    asked: list[str] = []

    def ask(token: str) -> Step:
        asked.append(token)
        return Step(rows.get(token, END))

    found = walk("d1", ask)
    assert len(asked) == len(set(asked)), "each token is asked once"
    picture = draw(found.first, lambda node: Shown(), lambda node, way: "x")
    places = {(box.x, box.y) for box in picture.boxes}
    assert len(places) == len(picture.boxes), "no box covers another one"
    assert all(box.x + 168 <= picture.width for box in picture.boxes)
    own = {box.row for box in picture.boxes if box.taken}
    assert own == {0}, "the call's own way is straight"


class Shown:
    """What a box needs to be placed."""

    phones: tuple[()] = ()
    kind = title = aside = ""
