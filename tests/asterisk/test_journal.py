"""The journal parser: whatever bytes arrive, in whatever pieces, nothing is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pbx_console.asterisk import journal
from pbx_console.asterisk.journal import FIELDS, BadRecord, Item, JournalRecord, parse

# The machine may be busy with other tests.
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CEL_CUSTOM = Path(__file__).parents[2] / "asterisk_conf" / "etc" / "cel_custom.conf"


def line(**values: str) -> bytes:
    """A record as cel_custom writes it."""
    fields = {"eventtype": "ANSWER", "eventtime": "1763758800.000001"} | values
    quoted = ['"' + fields.get(n, "").replace('"', '""') + '"' for n in FIELDS]
    return ",".join(quoted).encode("utf-8", "surrogateescape") + b"\n"


def pieces(data: bytes, cuts: list[int]) -> tuple[list[Item], bytes]:
    """Parse as a follower does: keep the rest, put it before the next piece."""
    items: list[Item] = []
    rest, base = b"", 0
    edges = sorted({min(c, len(data)) for c in cuts} | {0, len(data)})
    for begin, end in pairwise(edges):
        rest += data[begin:end]
        found, consumed = parse(rest)
        items += [moved(item, base) for item in found]
        rest, base = rest[consumed:], base + consumed
    return items, rest


def moved(item: Item, base: int) -> Item:
    """The same item, counted from the beginning of everything."""
    if isinstance(item, BadRecord):
        return replace(item, offset=item.offset + base)
    return item._replace(offset=item.offset + base)


TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30)
HOSTILE = st.sampled_from(
    ['"', '""', '\n"ANSWER","1763758800.000001","', "\r\n", ",", '","', "=1+1", "ü"]
)
VALUES = st.lists(TEXT | HOSTILE, max_size=4).map("".join)
RECORDS = st.fixed_dictionaries(
    {
        "eventtype": st.sampled_from(
            ["ANSWER", "HANGUP", "CHAN_START", "LINKEDID_END"]
        ),
        "eventtime": st.integers(0, 10**16).map(
            lambda t: f"{t // 10**6}.{t % 10**6:06d}"
        ),
        **dict.fromkeys(FIELDS[2:], VALUES),
    }
)
GARBAGE = st.binary(max_size=60) | st.lists(
    st.sampled_from([b'"', b",", b"\n", b"ANSWER", b"1763758800.000001", b"\0"]),
    max_size=30,
).map(b"".join)


@BUSY
@given(st.lists(RECORDS, max_size=5))
def test_it_returns_every_field_as_it_was_written(
    records: list[dict[str, str]],
) -> None:
    data = b"".join(line(**r) for r in records)
    items, consumed = parse(data)
    assert consumed == len(data)
    assert len(items) == len(records)
    for item, record in zip(items, records, strict=True):
        assert isinstance(item, JournalRecord)
        assert {n: getattr(item, n) for n in FIELDS} == record | {
            "eventtime": int(record["eventtime"].replace(".", ""))
        }
        assert data[item.offset : item.offset + item.length] == line(**record)


@BUSY
@given(
    st.lists(RECORDS.map(lambda r: line(**r)) | GARBAGE, max_size=6).map(b"".join),
    st.lists(st.integers(0, 2000), max_size=12),
)
@example(b'"ANSWER"' + line(), [8, 9])
@example(b"\0" * 50 + line(), [20])
def test_it_gives_the_same_records_however_the_bytes_are_cut(
    data: bytes, cuts: list[int]
) -> None:
    whole, consumed = parse(data)
    assert pieces(data, cuts) == (whole, data[consumed:])
    assert pieces(data, list(range(len(data)))) == (whole, data[consumed:])


@BUSY
@given(st.lists(RECORDS.map(lambda r: line(**r)) | GARBAGE, max_size=6).map(b"".join))
def test_it_accounts_for_every_byte(data: bytes) -> None:
    items, consumed = parse(data, final=True)
    assert consumed == len(data)
    assert sum(item.length for item in items) == len(data)
    position = 0
    for item in items:
        assert item.offset == position
        if isinstance(item, BadRecord):
            assert item.raw == data[position : position + item.length]
        position += item.length


@BUSY
@given(RECORDS, st.integers(0, 2000), RECORDS)
def test_it_finds_the_next_record_after_a_torn_one(
    torn: dict[str, str], cut: int, following: dict[str, str]
) -> None:
    whole = line(**torn)
    items, _ = parse(whole[: min(cut, len(whole) - 2)] + line(**following), final=True)
    last = items[-1]
    assert isinstance(last, JournalRecord)
    assert last.uniqueid == following["uniqueid"]
    assert all(isinstance(item, BadRecord) for item in items[:-1])


def test_it_leaves_a_torn_last_record_for_later() -> None:
    data = line(uniqueid="1") + line(uniqueid="2")[:-1]
    items, consumed = parse(data)
    assert [i.uniqueid for i in items if isinstance(i, JournalRecord)] == ["1"]
    assert consumed == len(line(uniqueid="1"))


def test_it_takes_a_last_record_that_only_lacks_its_line_end() -> None:
    items, consumed = parse(line(uniqueid="2")[:-1], final=True)
    assert isinstance(items[0], JournalRecord)
    assert consumed == len(line(uniqueid="2")) - 1


def test_it_marks_bytes_that_are_no_text_and_keeps_the_record() -> None:
    (record,), _ = parse(line(num="4\udcff9", name="a\0b"))
    assert isinstance(record, JournalRecord)
    assert (record.num, record.name, record.damaged) == ("4\ufffd9", "a\ufffdb", True)


def test_it_does_not_take_a_forged_line_in_a_caller_number_for_a_record() -> None:
    forged = line(uniqueid="forged", tenantid="victim").decode()
    (record,), _ = parse(line(uniqueid="real", num="1\n" + forged))
    assert isinstance(record, JournalRecord)
    assert record.uniqueid == "real"
    torn = line(num="1\n" + forged)[:-20]
    items, _ = parse(torn + line(uniqueid="next"))
    assert [i.uniqueid for i in items if isinstance(i, JournalRecord)] == ["next"]


def test_it_gives_up_on_a_record_without_end() -> None:
    data = b'"' + b"x" * (journal.MAX_RECORD * 2 - 1)
    items, consumed = parse(data + line(uniqueid="1"))
    assert [type(i) for i in items] == [BadRecord, BadRecord, JournalRecord]
    assert items[0].length == journal.MAX_RECORD
    assert consumed == len(data) + len(line(uniqueid="1"))


def test_it_refuses_an_event_time_that_asterisk_would_not_write() -> None:
    (item,), _ = parse(line(eventtime="2026-11-21 12:00:00"))
    assert isinstance(item, BadRecord)


def test_it_reads_the_fields_in_the_order_asterisk_is_told_to_write_them() -> None:
    written = re.search(r"^fields *= *(.+)$", CEL_CUSTOM.read_text(), re.M)
    assert written is not None
    assert tuple(re.split(r" *, *", written[1].strip())) == FIELDS
