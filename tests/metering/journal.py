"""Journal records as Asterisk writes them, for tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

# Recent, so that nothing is overdue by the wall's clock; a round hour, so that it reads.
NOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)


def record(event: str, at: datetime, uniqueid: str, **fields: str) -> bytes:
    """Return one record; fields that are not named are empty."""
    delta = at - datetime(1970, 1, 1, tzinfo=UTC)
    micro = delta // timedelta(microseconds=1)
    values = [
        event,
        f"{micro // 1_000_000}.{micro % 1_000_000:06d}",
        uniqueid,
        fields.get("linkedid", uniqueid),
        fields.get("channame", "PJSIP/trunk-carrier-00000001"),
        fields.get("tenantid", ""),
        fields.get("accountcode", ""),
        fields.get("userfield", ""),
        fields.get("num", ""),
        fields.get("name", ""),
        fields.get("context", ""),
        fields.get("peer", ""),
        fields.get("appname", ""),
        fields.get("eventextra", ""),
    ]
    quoted = ",".join('"' + value.replace('"', '""') + '"' for value in values)
    return quoted.encode() + b"\n"


@dataclass(frozen=True)
class Carrier:
    """One carrier leg to be written down."""

    uniqueid: str
    tenantid: str
    number: str = "+4930123456"
    answered_at: datetime = NOON
    seconds: float = 60
    direction: str = "out"
    accountcode: str = "201"
    linkedid: str = ""
    num: str = ""

    def fields(self) -> dict[str, str]:
        """Return what the pre-dial handler puts on the channel."""
        return {
            "linkedid": self.linkedid or self.uniqueid,
            "tenantid": self.tenantid,
            "accountcode": self.accountcode,
            "userfield": f"v1|{self.direction}|carrier|{self.number}",
            "num": self.num,
        }

    def events(self) -> list[tuple[datetime, bytes]]:
        """Return the leg's records with their times, in order."""
        end = self.answered_at + timedelta(seconds=self.seconds)
        early = self.answered_at - timedelta(seconds=3)
        plan = [
            ("CHAN_START", early, {}),
            ("ANSWER", self.answered_at, self.fields()),
            ("BRIDGE_ENTER", self.answered_at, self.fields()),
            ("BRIDGE_EXIT", end, self.fields()),
            ("HANGUP", end, self.fields()),
            ("CHAN_END", end, self.fields()),
        ]
        return [(at, record(name, at, self.uniqueid, **f)) for name, at, f in plan]

    def write(self, *, without: str = "") -> bytes:
        """Return the leg's records, perhaps `without` one kind of event."""
        start = f'"{without}"'.encode()
        return b"".join(
            line for _at, line in self.events() if not line.startswith(start)
        )

    def but(self, **changes: object) -> Carrier:
        """Return the leg with something different."""
        return replace(self, **changes)  # type: ignore[arg-type]


def append(directory: Path, data: bytes, *, name: str = "cel.csv") -> Path:
    """Append to a journal file as Asterisk does; return its path."""
    path = directory / name
    with path.open("ab") as handle:
        handle.write(data)
    return path


def make_quiet(path: Path) -> None:
    """Let a file look as if nobody wrote to it for an hour."""
    then = path.stat().st_mtime - 3600
    os.utime(path, (then, then))
