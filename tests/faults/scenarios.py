"""Real processes that are really killed. Run as a program against a database of its own.

    python -m tests.faults.scenarios <scenario> --seed N --folder DIR

prints one JSON object with what was done and what is in the database afterwards. The
children are forked from this prepared process, so that many kills take seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the set-up
from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402

from pbx_console.accounts.models import Reseller  # noqa: E402
from pbx_console.accounts.scope import as_everyone  # noqa: E402
from pbx_console.metering import exports, ingest  # noqa: E402
from pbx_console.metering.derive import differences  # noqa: E402
from pbx_console.metering.models import (  # noqa: E402
    ChannelEvent,
    Charge,
    JournalFile,
    Leg,
    UsageDay,
    UsageExport,
)
from tests.metering.conftest import Owners, make_owners  # noqa: E402
from tests.metering.journal import NOON, Carrier, append  # noqa: E402

DAYS = 15


def fork(work: Callable[[], object]) -> int:
    """Run `work` in a child of its own with a connection of its own; return its pid."""
    connection.close()
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - a child must never return
        os.write(2, f"child: {error!r}\n".encode())
        os._exit(1)


def kill(pid: int) -> None:
    """End a child as a power cut would."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def follow(journal: Path, node: str) -> None:
    """Follow until killed."""
    ingest.JournalFollower(journal, node=node).run()


def read_all(journal: Path, node: str) -> None:
    """Read everything that is there."""
    follower = ingest.JournalFollower(journal, node=node)
    while not follower.step().is_idle:
        pass


def calls(owners: Owners, count: int, at: datetime = NOON) -> list[bytes]:
    """Return the records of calls of 60 s that begin a second apart."""
    code = owners.first.customer.code
    return [
        Carrier(
            f"f-{at:%d%H%M}.{n}", code, answered_at=at + timedelta(seconds=n % 3600)
        ).write()
        for n in range(count)
    ]


def pieces(data: bytes, chance: random.Random, count: int) -> list[bytes]:
    """Cut bytes anywhere."""
    cuts = sorted(chance.randrange(len(data)) for _n in range(count - 1))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def state(node: str, owners: Owners) -> dict[str, Any]:
    """Return what is in the database about a node."""
    charges = Charge.objects.filter(leg__node=node)
    days = UsageDay.objects.filter(customer=owners.first.customer)
    return {
        "events": ChannelEvent.objects.filter(node=node, bad="").count(),
        "bad": ChannelEvent.objects.filter(node=node).exclude(bad="").count(),
        "counted": JournalFile.objects.filter(node=node).aggregate(n=Sum("rows"))["n"],
        "rated": Leg.objects.filter(node=node, state="rated").count(),
        "legs": Leg.objects.filter(node=node).count(),
        "charges": charges.count(),
        "amount": charges.aggregate(n=Sum("amount_micro"))["n"],
        "rolled_up": days.aggregate(n=Sum("amount_micro"))["n"],
        "differences": len(differences()),
    }


def killed_followers(
    owners: Owners, journal: Path, chance: random.Random, *, at_once: int, rounds: int
) -> dict[str, Any]:
    """Append a piece, let followers run a moment, kill -9 them; rotate now and then."""
    node = "killed"
    count = 200
    parts = pieces(b"".join(calls(owners, count)), chance, rounds)
    for number, part in enumerate(parts):
        append(journal, part)
        pids = [fork(lambda: follow(journal, node)) for _n in range(at_once)]
        time.sleep(chance.random() * 0.25)  # where the kill falls is the experiment
        for pid in pids:
            kill(pid)
        if number % 10 == 7 and part.endswith(b"\n"):
            (journal / "cel.csv").rename(journal / f"cel.csv.{number}")
    read_all(journal, node)
    return {"wanted": count, "kills": rounds * at_once, **state(node, owners)}


def kill_loop(owners: Owners, journal: Path, chance: random.Random) -> dict[str, Any]:
    """One follower, killed sixty times."""
    return killed_followers(owners, journal, chance, at_once=1, rounds=60)


def two_followers(
    owners: Owners, journal: Path, chance: random.Random
) -> dict[str, Any]:
    """Two followers by mistake, both killed again and again."""
    return killed_followers(owners, journal, chance, at_once=2, rounds=25)


class Proxy:
    """Stands between the follower and PostgreSQL, and cuts whenever it is told."""

    def __init__(self, host: str, port: int) -> None:
        """Listen on a free port."""
        self.target = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        self.refusing = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _address = self.listener.accept()
            if self.refusing:
                near.close()
                continue
            far = socket.create_connection(self.target)
            self.open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(
                    target=self._pump, args=(source, sink), daemon=True
                ).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            # Closing alone does not wake the other thread: PostgreSQL would keep an
            # abandoned transaction, and its locks, for ever.
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self, *, refuse: bool) -> None:
        """Cut every connection; refuse new ones if told."""
        self.refusing = refuse
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.open.clear()


def cut_connections(
    owners: Owners, journal: Path, chance: random.Random
) -> dict[str, Any]:
    """Cut the database connection at random moments, also between COMMIT and its answer."""
    node, count, rounds = "cut", 200, 30
    parameters = connection.settings_dict
    proxy = Proxy(parameters["HOST"] or "127.0.0.1", int(parameters["PORT"]))
    pid = fork(lambda: _follow_through(proxy, journal, node))
    try:
        for part in pieces(b"".join(calls(owners, count)), chance, rounds):
            append(journal, part)
            time.sleep(chance.random() * 0.1)  # where the cut falls is the experiment
            proxy.cut(refuse=chance.random() < 0.3)
        proxy.refusing = False
        _wait(lambda: Leg.objects.filter(node=node, state="rated").count() == count)
        return {"wanted": count, "cuts": rounds, **state(node, owners)}
    finally:  # an orphan would hold the test's pipes open for ever
        kill(pid)


def _follow_through(proxy: Proxy, journal: Path, node: str) -> None:
    connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(proxy.port)}
    ingest.RETRY_S = 0.05  # type: ignore[misc]
    follower = ingest.JournalFollower(journal, node=node)
    signal.signal(signal.SIGTERM, lambda *_args: follower.stop())
    follower.run()


def _wait(done: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.05)


def killed_exports(
    owners: Owners, journal: Path, chance: random.Random
) -> dict[str, Any]:
    """Seal day after day; kill each run until one comes through; then two at once."""
    first = (datetime.now(UTC) - timedelta(days=DAYS + 2)).date()
    for n in range(DAYS):
        noon = datetime.combine(first + timedelta(days=n), NOON.time(), UTC)
        append(journal, b"".join(calls(owners, 20, at=noon)))
    read_all(journal, "exports")
    kills = sum(
        _kill_until_sealed(owners.first.reseller, first + timedelta(days=n), chance)
        for n in range(DAYS)
    )
    return {"kills": kills, **_sealed_state(owners.first.reseller)}


def _kill_until_sealed(reseller: Reseller, day: date, chance: random.Random) -> int:
    kills = 0
    while True:
        pids = [
            fork(lambda: exports.export_day(day, reseller=reseller))
            for _n in range(chance.choice([1, 2]))
        ]
        time.sleep(chance.random() * 0.2)  # where the kill falls is the experiment
        if chance.random() < 0.8 and kills < 8:
            for pid in pids:
                kill(pid)
            kills += len(pids)
        elif [os.waitpid(pid, 0)[1] for pid in pids] == [0] * len(pids):
            return kills


def _sealed_state(reseller: Reseller) -> dict[str, Any]:
    before = _contents()
    for path in (settings.DATA_DIR / "exports").rglob("usage-*"):
        path.unlink()
    for export in UsageExport.objects.filter(reseller=reseller):
        exports.seal(export)
    checked, faults = exports.verify(reseller)
    made = Charge.objects.filter(reseller=reseller)
    sums = UsageExport.objects.filter(reseller=reseller).values_list("sums", flat=True)
    return {
        "exports": checked,
        "faults": [fault.what for fault in faults],
        "same_bytes": before == _contents(),
        "parts_left": [name for name in before if ".part" in name],
        "rows": UsageExport.objects.filter(reseller=reseller).aggregate(n=Sum("rows"))[
            "n"
        ],
        "charges": made.count(),
        "exported": made.filter(export__isnull=False).count(),
        "amount": made.aggregate(n=Sum("amount_micro"))["n"],
        "sum_of_files": sum(
            micro
            for each in sums
            for level in each.values()
            for micro in level.values()
        ),
    }


def _contents() -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (settings.DATA_DIR / "exports").rglob("*")
        if path.is_file()
    }


SCENARIOS = {
    "kill_loop": kill_loop,
    "two_followers": two_followers,
    "cut_connections": cut_connections,
    "killed_exports": killed_exports,
}


def main() -> None:
    """Run one scenario and print its result as the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True)
    arguments = parser.parse_args()
    journal = arguments.folder / "journal"
    journal.mkdir(parents=True)
    settings.DATA_DIR = arguments.folder / "data"
    with as_everyone("fault scenario"):
        owners = make_owners()
        chance = random.Random(arguments.seed)
        result = SCENARIOS[arguments.scenario](owners, journal, chance)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
