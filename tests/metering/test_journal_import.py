"""The journal on disk: rotation, replay, damage, crashes. Nothing twice, nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbx_console.metering.charging import list_terms
from pbx_console.metering.derive import differences
from pbx_console.metering.ingest import JournalFollower
from pbx_console.metering.journal_import import Importer
from pbx_console.metering.models import (
    ChannelEvent,
    Charge,
    JournalFile,
    Leg,
    UsageDay,
)
from pbx_console.metering.rating import LegTerms, rate
from tests.metering.conftest import NODE, Owners
from tests.metering.journal import NOON, Carrier, append, make_quiet, record

Follow = Callable[[], object]
Legs = QuerySet[Leg]


def leg(owners: Owners, serial: int, **changes: object) -> Carrier:
    at = NOON + timedelta(seconds=serial)
    made = Carrier(f"j-1763.{serial}", owners.first.customer.code, answered_at=at)
    return made.but(**changes)


def events() -> int:
    return ChannelEvent.objects.filter(node=NODE, bad="").count()


def charges(node: str = NODE) -> QuerySet[Charge]:
    return Charge.objects.filter(leg__node=node)


def test_it_waits_for_the_rest_of_a_torn_record(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    data = leg(owners, 1).write()
    for cut in range(0, len(data), 97):
        append(journal, data[cut : cut + 97])
        follow()
    assert events() == 6
    assert legs.get().state == Leg.State.RATED
    assert JournalFile.objects.get(node=NODE).offset == len(data)


def test_it_follows_a_file_through_its_rotation(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    first, second = leg(owners, 1).write(), leg(owners, 2).write()
    live = append(journal, first[:500])
    follow()
    append(journal, first[500:])
    live.rename(journal / "cel.csv.1")
    append(journal, second)
    follow()
    (journal / "cel.csv.1").rename(journal / "cel.csv.2")
    (journal / "cel.csv").rename(journal / "cel.csv.1")
    follow()
    assert legs.filter(state="rated").count() == 2
    assert events() == 12
    assert JournalFile.objects.filter(node=NODE).count() == 2


@pytest.mark.parametrize(
    "how", ["copied", "copied in part", "restored", "copytruncate"]
)
def test_it_recognises_an_old_file_that_is_played_again(
    owners: Owners, legs: Legs, journal: Path, follow: Follow, how: str
) -> None:
    live = append(journal, leg(owners, 1).write() + leg(owners, 2).write())
    follow()
    if how == "copied":
        shutil.copy(live, journal / "cel.csv.old")
    elif how == "copied in part":
        (journal / "cel.csv.old").write_bytes(live.read_bytes()[:900])
    elif how == "restored":
        kept = live.read_bytes()
        live.unlink()
        (journal / "cel.csv").write_bytes(kept)
    else:
        shutil.copy(live, journal / "cel.csv.1")
        live.write_bytes(b"")
    follow()
    append(journal, leg(owners, 3).write())
    follow()
    assert events() == 18
    assert legs.filter(state="rated").count() == 3
    assert charges().count() == 6


def test_it_reads_a_new_file_in_a_reused_inode(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    live = append(journal, leg(owners, 1).write())
    follow()
    with live.open("r+b") as handle:  # the same inode, other content of the same length
        handle.write(leg(owners, 2).write())
    follow()
    assert legs.count() == 2


def test_it_reads_a_shortened_live_file_again_and_bills_nothing_twice(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    """A power cut takes the end of the file; Asterisk then appends at the shorter end."""
    live = append(journal, leg(owners, 1).write() + leg(owners, 2).write())
    follow()
    live.write_bytes(live.read_bytes()[: len(leg(owners, 1).write()) + 50])
    append(journal, leg(owners, 3).write())
    follow()
    assert legs.filter(state="rated").count() == 3
    assert charges().count() == 6
    assert differences() == []


def test_it_keeps_the_torn_end_of_a_finished_file_as_damage(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    """A full disk: the record stops in the middle and nothing follows in that file."""
    torn = leg(owners, 2).write()[:300]
    live = append(journal, leg(owners, 1).write() + torn)
    rotated = live.rename(journal / "cel.csv.1")
    append(journal, leg(owners, 3).write())
    follow()
    assert not ChannelEvent.objects.filter(node=NODE).exclude(bad="").exists()
    make_quiet(rotated)
    follow()
    bad = ChannelEvent.objects.filter(node=NODE).exclude(bad="")
    assert torn.endswith(b"".join(bytes(b.raw or b"") for b in bad.order_by("offset")))
    assert JournalFile.objects.get(node=NODE, name="cel.csv.1").state == "finished"
    assert legs.filter(state="rated").count() == 2


def test_it_goes_on_after_a_record_that_a_full_disk_cut_in_the_middle(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    append(journal, leg(owners, 1).write() + leg(owners, 2).write()[:60])
    append(journal, leg(owners, 3).write())
    follow()
    assert set(legs.values_list("uniqueid", flat=True)) == {"j-1763.1", "j-1763.3"}


def test_it_says_that_the_directory_is_away_and_goes_on(
    owners: Owners, legs: Legs, journal: Path
) -> None:
    follower = JournalFollower(journal / "later", node=NODE)
    assert "later" in follower.step().note
    append_to = journal / "later"
    append_to.mkdir()
    append(append_to, leg(owners, 1).write())
    assert follower.step().note == ""
    assert legs.get().state == Leg.State.RATED


def test_it_gives_two_followers_the_same_work_only_once(
    owners: Owners, legs: Legs, journal: Path
) -> None:
    """Both know the file; each has read what the other has not seen."""
    one, two = (JournalFollower(journal, node=NODE) for _n in range(2))
    for serial in range(6):
        append(journal, leg(owners, serial).write())
        (one if serial % 2 else two).step()
        if serial % 3 == 0:
            one.step()
            two.step()
    one.step()
    two.step()
    assert events() == 36
    assert charges().count() == 12


def test_it_never_lets_one_bad_stage_stop_the_import(
    owners: Owners, legs: Legs, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(journal, leg(owners, 1).write())
    follower = JournalFollower(journal, node=NODE)
    follower.stop()  # no waiting between tries
    with monkeypatch.context() as patch:
        patch.setattr("pbx_console.metering.ingest.rate_finished", _fail)
        assert "rate" in follower.step().note
    assert events() == 6
    assert follower.step().charges == 2


def _fail(*_args: object, **_kwargs: object) -> None:
    raise ValueError("a mistake in the code")


# --- killed between any two statements ---------------------------------------------------


class Killed(BaseException):
    """The process dies before this statement reaches the database."""


@contextmanager
def dying_at(statement: int) -> Iterator[list[int]]:
    """Die before the n-th statement from here; yield a counter of those that ran."""
    count = [0]

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            count[0] += 1
            if count[0] == statement:
                raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield count


def test_it_can_be_killed_before_any_statement(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    serial, statement, survived = 0, 1, False
    while not survived:
        serial += 1
        append(journal, leg(owners, serial).write())
        follower = JournalFollower(journal, node=NODE)
        try:
            with dying_at(statement):
                follower.step()
            survived = True
        except Killed:
            statement += 1
        follow()
        assert events() == 6 * serial
        assert charges().count() == 2 * serial
    assert statement > 20, "the kill must have hit every stage"
    assert legs.filter(state="rated").count() == serial
    assert differences() == []
    total = charges().filter(level="retail").aggregate(sum=Sum("amount_micro"))["sum"]
    assert total == serial * 9_000
    day = UsageDay.objects.filter(customer=owners.first.customer, level="retail")
    assert day.aggregate(sum=Sum("amount_micro"))["sum"] == total


def test_it_waits_while_the_database_is_away(
    owners: Owners, legs: Legs, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(journal, leg(owners, 1).write())
    follower = JournalFollower(journal, node=NODE)
    calls = []

    def away(self: Importer) -> None:
        calls.append(1)
        if len(calls) == 2:
            follower.stop()
        raise OperationalError("the server is not there")

    monkeypatch.setattr("pbx_console.metering.ingest.RETRY_S", 0)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    with monkeypatch.context() as patch:
        patch.setattr(Importer, "run", away)
        follower.run()
    assert len(calls) == 2
    follower.step()
    assert legs.get().state == Leg.State.RATED


# --- any stream of events, cut, rotated and killed anywhere ------------------------------

SHAPES = ["whole", "no hangup", "no answer", "unknown customer", "inside", "incoming"]
streams = st.lists(
    st.tuples(
        st.sampled_from(SHAPES),
        st.integers(min_value=0, max_value=4_000_000),
        st.sampled_from(["+4930123456", "+49151234567", "+31201234", "+999123"]),
    ),
    min_size=1,
    max_size=8,
)
_example = iter(range(10**9))


def shaped(owners: Owners, shape: str, ms: int, number: str, serial: int) -> bytes:
    made = leg(owners, serial, seconds=ms / 1000, number=number)
    if shape == "unknown customer":
        return made.but(tenantid="nobody").write()
    if shape == "incoming":
        return made.but(direction="in").write()
    if shape == "inside":
        return record("ANSWER", NOON, made.uniqueid) + record(
            "HANGUP", NOON, made.uniqueid
        )
    return made.write(
        without={"no hangup": "HANGUP", "no answer": "ANSWER"}.get(shape, "")
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(streams, st.data())
def test_it_bills_nothing_twice_and_nothing_never(
    owners: Owners, tmp_path_factory: pytest.TempPathFactory, stream: Any, data: Any
) -> None:
    node = f"node{next(_example)}"
    journal = tmp_path_factory.mktemp(node)
    lines = [
        shaped(owners, *spec, serial).splitlines(keepends=True)
        for serial, spec in enumerate(stream)
    ]
    text = b"".join(_interleaved(lines, data))
    _write_in_pieces(journal, node, text, data)
    _finish(journal, node)
    _check(owners, node, stream)


def _interleaved(lines: list[list[bytes]], data: Any) -> Iterator[bytes]:
    """Mix the channels' records; order is kept per channel only, as Asterisk promises."""
    waiting = [list(part) for part in lines]
    while any(waiting):
        alive = [part for part in waiting if part]
        yield data.draw(st.sampled_from(alive)).pop(0)


def _write_in_pieces(journal: Path, node: str, text: bytes, data: Any) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=4).map(sorted))
    for number, (low, high) in enumerate(
        zip([0, *cuts], [*cuts, len(text)], strict=True)
    ):
        append(journal, text[low:high])
        action = data.draw(
            st.sampled_from(["kill", "read", "rotate", "copy", "nothing"])
        )
        live = journal / "cel.csv"
        whole = text[:high].endswith(b"\n")
        if action == "kill":
            _killed(journal, node, data.draw(st.integers(1, 40)))
        elif action == "read":
            JournalFollower(journal, node=node).step()
        elif action == "rotate" and live.exists() and whole:
            live.rename(journal / f"cel.csv.{number}")
        elif action == "copy" and live.exists():
            shutil.copy(live, journal / f"cel.csv.copy{number}")


def _killed(journal: Path, node: str, statement: int) -> None:
    try:
        with dying_at(statement):
            JournalFollower(journal, node=node).step()
    except Killed:
        return


def _finish(journal: Path, node: str) -> None:
    follower = JournalFollower(journal, node=node)
    while not follower.step().is_idle:
        pass


def _check(owners: Owners, node: str, stream: Any) -> None:
    lists = {
        "wholesale": list_terms(owners.wholesale),
        "retail": list_terms(owners.first.retail),
    }
    found = {
        (c.leg.uniqueid, c.level, c.kind): c.amount_micro
        for c in charges(node).select_related("leg")
    }
    expected = {}
    for serial, (shape, ms, number) in enumerate(stream):
        if shape not in ("whole", "incoming") or (
            number == "+999123" and shape == "whole" and ms
        ):
            continue
        direction = "in" if shape == "incoming" else "out"
        at = NOON + timedelta(seconds=serial)
        for level, terms in lists.items():
            amount = rate(LegTerms(direction, number, at, ms), terms).amount_micro
            expected[(f"j-1763.{serial}", level, "charge")] = amount
    assert found == expected
    assert charges(node).count() == len(expected)
    states = dict(Leg.objects.filter(node=node).values_list("uniqueid", "state"))
    for serial, (shape, _ms, _number) in enumerate(stream):
        assert (f"j-1763.{serial}" in states) == (shape != "inside"), "no leg is lost"
