"""Asterisk's channel event journal: bytes in, channel events out. Pure, no Django.

`asterisk_conf/etc/cel_custom.conf` makes Asterisk append one CSV record per channel
event to `cel.csv`: the fields of `FIELDS` in that order, every field in double quotes,
a double quote inside a field doubled, records ended by one line feed. Callers can put
line breaks, commas and quotes into some fields (caller number and name; tried on
22.10.1), so a record is found by its quotes, never by its lines.

A damaged record (torn write after a full disk, NUL block after a power cut, foreign
text) ends where the next *record start* begins: a quoted event name followed by a
quoted `seconds.microseconds`. Such a start cannot be forged inside a field, because
quotes there are doubled. What lies before it becomes one `BadRecord` with its bytes.

The result does not depend on how the bytes arrive: any way of cutting the input into
pieces, with the unconsumed rest given again in front of the next piece, yields the same
records.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

FIELDS: Final = (
    "eventtype",
    "eventtime",
    "uniqueid",
    "linkedid",
    "channame",
    "tenantid",
    "accountcode",
    "userfield",
    "num",
    "name",
    "context",
    "peer",
    "appname",
    "eventextra",
)
"""The order of the fields in a record; cel_custom.conf says the same (tested).

What was dialled (`exten`) is left out: metering does not need it, and people put PINs
into it although no code asks for that."""

MAX_RECORD: Final = 256 * 1024
"""Bytes. No real record comes near; a longer one is damage, not a record."""

_QUOTED: Final = rb'"[^"]*+(?:""[^"]*+)*+"'
_FIELD: Final = re.compile(_QUOTED)
_RECORD: Final = re.compile(
    rb",".join([rb"(" + _QUOTED + rb")"] * len(FIELDS)) + rb"\n"
)
_START: Final = re.compile(rb'"[A-Z][A-Z_]{1,30}","[0-9]{1,12}\.[0-9]{6}","')
_START_MAX: Final = 64
_EVENT_TYPE: Final = re.compile(r"[A-Z][A-Z_]{1,30}")
_EVENT_TIME: Final = re.compile(r"[0-9]{1,12}\.[0-9]{6}")


class JournalRecord(NamedTuple):
    """One channel event. Texts are as Asterisk wrote them, and hostile.

    A tuple, since a frozen dataclass costs as much to make as all the rest of parsing.
    `offset` and `length` are bytes within the parsed input. `eventtime` is microseconds
    since 1970-01-01 UTC. `damaged` is true when the record had bytes that are no UTF-8
    (now U+FFFD) or NUL (now U+FFFD too: PostgreSQL refuses it in text).
    """

    offset: int
    length: int
    damaged: bool
    eventtype: str
    eventtime: int
    uniqueid: str
    linkedid: str
    channame: str
    tenantid: str
    accountcode: str
    userfield: str
    num: str
    name: str
    context: str
    peer: str
    appname: str
    eventextra: str


@dataclass(frozen=True, slots=True)
class BadRecord:
    """Bytes that are no record; `reason` is `damaged`, `too long` or `torn`."""

    offset: int
    length: int
    raw: bytes
    reason: str


Item = JournalRecord | BadRecord


def parse(data: bytes, *, final: bool = False) -> tuple[list[Item], int]:
    """Return the complete records of `data` and how many bytes they took.

    `data` begins where an earlier call stopped (or at the beginning of the file). The
    bytes from `consumed` on are an unfinished record: give them again with what
    follows. With `final` nothing will follow (the file was rotated away and read to its
    end), and the rest becomes one `BadRecord` with reason `torn`.
    """
    items: list[Item] = []
    position = 0
    while position < len(data):
        item = _next(data, position)
        if item is None and final:
            item = _last(data, position)
        if item is None:
            break
        items.append(item)
        position += item.length
    return items, position


def _next(data: bytes, start: int) -> Item | None:
    """The record at `start`, or the damage there, or None while neither is certain."""
    match = _RECORD.match(data, start, start + MAX_RECORD)
    if match is not None:
        record = _record(match, start, match.end() - start)
        if record is not None:
            return record
    end = match.end() if match is not None else _broken_at(data, start)
    if end is None:
        return _too_long(data, start)
    return _damage(data, start, whole=end if data[end - 1 : end] == b"\n" else None)


def _record(match: re.Match[bytes], start: int, length: int) -> JournalRecord | None:
    """The record; None when event name or time are not as Asterisk writes them."""
    raw = match.group(0)
    texts = _texts(match, raw)
    if not _EVENT_TYPE.fullmatch(texts[0]) or not _EVENT_TIME.fullmatch(texts[1]):
        return None
    when = int(texts[1].replace(".", ""))
    damaged = not raw.isascii() and not _is_utf8(raw)
    if b"\0" in raw:
        damaged, texts = True, [text.replace("\0", "\ufffd") for text in texts]
    return JournalRecord(start, length, damaged, texts[0], when, *texts[2:])


def _texts(match: re.Match[bytes], raw: bytes) -> list[str]:
    """The fields as text. Most records have no quote inside a field: split those."""
    if raw.count(b'"') == 2 * len(FIELDS):
        return raw[1:-2].decode("utf-8", "replace").split('","')
    fields = (field[1:-1].decode("utf-8", "replace") for field in match.groups())
    return [field.replace('""', '"') for field in fields]


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _broken_at(data: bytes, start: int) -> int | None:
    """Where the bytes from `start` stop being a record, one past the offending byte.

    None while they may still become one. A line feed between fields is the end of a
    record with the wrong number of fields.
    """
    position = start
    limit = min(len(data), start + MAX_RECORD)
    while position < limit:
        if data[position : position + 1] != b'"':
            return position + 1
        field = _FIELD.match(data, position, limit)
        if field is None or field.end() == limit:
            return None
        position = field.end() + 1
        if data[field.end() : position] != b",":
            return position
    return None


def _damage(data: bytes, start: int, *, whole: int | None) -> BadRecord | None:
    """The bad bytes at `start`, up to the next record start or the line end `whole`."""
    found = _START.search(data, start + 1, whole or start + MAX_RECORD + _START_MAX)
    if found is not None and found.start() <= start + MAX_RECORD:
        return _bad(data, start, found.start(), "damaged")
    if whole is not None:
        return _bad(data, start, whole, "damaged")
    return _too_long(data, start)


def _too_long(data: bytes, start: int) -> BadRecord | None:
    """Damage without an end in sight, cut at the limit once enough bytes are there."""
    limit = start + MAX_RECORD
    if len(data) < limit + _START_MAX:
        return None
    found = _START.search(data, start + 1, limit + _START_MAX)
    if found is not None and found.start() <= limit:
        return _bad(data, start, found.start(), "damaged")
    return _bad(data, start, limit, "too long")


def _last(data: bytes, start: int) -> Item:
    """An unfinished rest: a record that only lacks its line end, or torn."""
    match = _RECORD.fullmatch(data[start:] + b"\n")
    record = _record(match, start, len(data) - start) if match else None
    return record or _bad(data, start, len(data), "torn")


def _bad(data: bytes, start: int, end: int, reason: str) -> BadRecord:
    return BadRecord(start, end - start, data[start:end], reason)
