"""Outside calls per second: the full dialplan against a bare static one, in one run.

sipp plays the phones (INVITE with digest, answered, one second, BYE) and the carrier, on
the same cores. The full side is the instance's Asterisk: lookups in the database, limits,
counters and the journal. The bare side is a second Asterisk of the same package with static
endpoints, one Dial, no database, no journal. A rate is clean when no call failed and sipp
sent nothing twice.

`BENCH_RATE` (120) is played for `BENCH_SECONDS` (60) on both; then the highest clean rate
of each is looked for in steps of `BENCH_STEP` (20) per second, `BENCH_STEP_SECONDS` (10)
each. The figure is the full side's highest, the baseline the bare one's.

`call_cost` plays `BENCH_COST_RATE` (40) for `BENCH_COST_SECONDS` (15) on both and says what
one call costs in processor time, which other work on the machine hardly changes.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.conf import settings
from django.db import connection

from embedded.paths import ASTERISK_ROOT
from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.metering.models import CustomerTariff
from pbx_console.metering.services.tariffs import choose_for_customer
from pbx_console.pbx.models import Extension
from pbx_console.pbx.projection import project_extensions
from pbx_console.pbx.services.limits import save_limits
from pbx_console.pbx.services.trunks import save_trunk
from tests.asterisk.sipp import SCENARIOS, free_port
from tests.bench.bare_asterisk import (
    BARE_CARRIER,
    bare_asterisk,
    finish,
    folder_inside,
    own_folder,
)
from tests.bench.report import Result, high, middle
from tests.conftest import World, make_world

PHONES = int(os.environ.get("BENCH_PHONES", "200"))
RATE = int(os.environ.get("BENCH_RATE", "120"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
STEP = int(os.environ.get("BENCH_STEP", "20"))
STEP_SECONDS = int(os.environ.get("BENCH_STEP_SECONDS", "10"))
HIGHEST = int(os.environ.get("BENCH_HIGHEST", "400"))
COST_RATE = int(os.environ.get("BENCH_COST_RATE", "40"))
COST_SECONDS = int(os.environ.get("BENCH_COST_SECONDS", "15"))
FULL_CARRIER = "127.0.0.2"
DIALLED = "03023125999"
TALK_MS = "1000"
MEDIA_PORTS = 10_000, 19_999  # below those that the system gives to anybody


@dataclass(frozen=True)
class Played:
    """What sipp counted."""

    rate: int
    seconds: int
    calls: int
    failed: int
    retransmissions: int
    asterisk_ms: float  # of the processor, per call
    database_ms: float

    @property
    def clean(self) -> bool:
        """No call failed, nothing was sent twice."""
        return self.calls > 0 and not self.failed and not self.retransmissions


@dataclass(frozen=True)
class Side:
    """One Asterisk with phones and a carrier: where it listens, which process it is."""

    place: Path
    port: int
    configuration: str
    users: Path

    def play(self, rate: int, seconds: int) -> Played:
        """Calls at a rate, and what they cost."""
        return _play(self, rate=rate, seconds=seconds)


def outside_calls() -> Iterator[Result]:
    """Play the asked rate on both sides, then look for the highest clean ones."""
    with _sides() as (phones, full_side, bare_side):
        yield _lookup(phones)
        with full_side() as side:
            full = side.play(RATE, SECONDS)
            highest = _highest(side, full)
        with bare_side() as side:
            bare = side.play(RATE, SECONDS)
            bare_highest = _highest(side, bare)
    more = {"full": asdict(full), "bare": asdict(bare), "is_clean": full.clean}
    yield Result(
        "outside calls, highest clean rate",
        highest,
        "calls/s",
        bare_highest,
        "static dialplan, no database, no journal",
        more,
    )


def call_cost() -> Iterator[Result]:
    """What one call outside costs in processor time at a moderate rate."""
    with _sides() as (_, full_side, bare_side):
        with full_side() as side:
            full = side.play(COST_RATE, COST_SECONDS)
        with bare_side() as side:
            bare = side.play(COST_RATE, COST_SECONDS)
    yield Result(
        "processor time of Asterisk per outside call",
        full.asterisk_ms,
        "ms",
        bare.asterisk_ms,
        "static dialplan, no database, no journal",
        {"full": asdict(full), "bare": asdict(bare)},
    )


Opened = Callable[[], AbstractContextManager[Side]]


@contextmanager
def _sides() -> Iterator[tuple[list[Extension], Opened, Opened]]:
    """Phones that may call outside, and how to open either side for them."""
    world = make_world()
    with TemporaryDirectory() as folder, as_everyone("benchmark"):
        place = Path(folder)
        phones = _phones(world)
        users = _users(place, phones)
        _as_deployed()

        @contextmanager
        def full() -> Iterator[Side]:
            with _carrier(place, FULL_CARRIER) as port:
                save_trunk(SYSTEM, trunk=world.trunk, host=FULL_CARRIER, port=port)
                side = Side(place, settings.SIP_PORT, f"{folder_inside()}/etc", users)
                side.play(20, PHONES // 20)
                yield side

        @contextmanager
        def bare() -> Iterator[Side]:
            with (
                _carrier(place, BARE_CARRIER) as port,
                bare_asterisk(phones, port) as server,
            ):
                side = Side(place, server, f"{folder_inside()}/bare/etc", users)
                side.play(20, PHONES // 20)
                yield side

        yield phones, full, bare


# ── the full side ────────────────────────────────────────────────────────────────────


def _phones(world: World) -> list[Extension]:
    reseller = world.nordbel.reseller
    Reseller.objects.update(max_extensions=100_000, max_calls=100_000)
    reseller.refresh_from_db()
    customer = save_customer(
        SYSTEM,
        reseller=reseller,
        name="Bench",
        max_extensions=100_000,
        max_calls=100_000,
    )
    prices = CustomerTariff.objects.get(customer=world.nordbel.customer).price_list
    choose_for_customer(SYSTEM, customer=customer, price_list=prices)
    huge = {"money_hour_micro": 10**14, "money_day_micro": 10**14}
    save_limits(SYSTEM, owner=customer, minutes_hour=10**8, minutes_day=10**8, **huge)
    count = max(PHONES, int(os.environ.get("BENCH_EXTENSIONS", "10000")))
    made = [
        Extension(
            customer=customer,
            number=str(20_000 + n),
            name="Bench",
            revision=1,
            live_revision=1,
        )
        for n in range(count)
    ]
    Extension.objects.bulk_create(made)
    project_extensions(made[:PHONES])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pbx_extension")
    return made[:PHONES]


def _lookup(phones: list[Extension]) -> Result:
    """Milliseconds of the lookup of an outside call, the plan and cache warm."""
    took = []
    question = "SELECT action, reason FROM asterisk.route_from_extension(%s, %s)"
    own = os.environ["PBX_ASTERISK_DATABASE_URL"]
    with psycopg.connect(own, autocommit=True) as asked:
        for place in range(1_000):
            endpoint = phones[place % len(phones)].endpoint_id
            start = time.perf_counter()
            row = asked.execute(question, [endpoint, DIALLED]).fetchone()
            took.append((time.perf_counter() - start) * 1000)
            assert row == ("outside", ""), row
    more = {"p95": round(high(took[100:]), 3), "extensions": Extension.objects.count()}
    return Result(
        "lookup of an outside call", middle(took[100:]), "ms", 1.0, "1 ms", more
    )


def _as_deployed() -> None:
    """Give it room for 2,500 calls; an instance of tests has it for 100."""
    path = own_folder() / "etc" / "rtp.conf"
    text = re.sub(r"(rtpstart = )\d+", rf"\g<1>{MEDIA_PORTS[0]}", path.read_text())
    path.write_text(re.sub(r"(rtpend = )\d+", rf"\g<1>{MEDIA_PORTS[1]}", text))
    command = ["chroot", str(ASTERISK_ROOT), "asterisk"]
    command += ["-C", f"{folder_inside()}/etc/asterisk.conf"]
    # It logs as much as a deployment does (docker-compose.yml), not for a developer.
    path = own_folder() / "etc" / "logger.conf"
    path.write_text(re.sub(r",verbose\(\d\)", "", path.read_text()))
    for name in ("module reload res_rtp_asterisk.so", "logger reload"):
        reload = [*command, "-rx", name]
        subprocess.run(reload, check=True, stdout=subprocess.DEVNULL, timeout=30)


# ── sipp ─────────────────────────────────────────────────────────────────────────────


def _users(place: Path, phones: list[Extension]) -> Path:
    lines = ["SEQUENTIAL"]
    for row in phones:
        account = f"[authentication username={row.endpoint_id} password={row.secret}]"
        lines.append(f"{row.endpoint_id};{account}")
    (place / "users.csv").write_text("\n".join(lines) + "\n")
    scenario = (SCENARIOS / "call.xml").read_text()
    scenario = scenario.replace("[authentication]", "[field1]")
    scenario = scenario.replace("[display]", "").replace("[from]", "[field0]")
    # Whatever is not an answer is a failed call here.
    lines = [line for line in scenario.split("\n") if 'next="refused"' not in line]
    (place / "phones.xml").write_text("\n".join(lines))
    return place / "users.csv"


@contextmanager
def _carrier(place: Path, host: str) -> Iterator[int]:
    port = free_port(host)
    process = _sipp(place, SCENARIOS / "answer.xml", host, port, "127.0.0.1:5060")
    try:
        yield port
    finally:
        process.terminate()
        finish(process, 20)


def _play(side: Side, *, rate: int, seconds: int) -> Played:
    stats = side.place / f"{time.monotonic_ns()}.csv"
    asterisk, database = _asterisk_spent(side.configuration), _database_spent()
    process = _sipp(
        side.place,
        side.place / "phones.xml",
        "127.0.0.1",
        free_port(),
        f"127.0.0.1:{side.port}",
        *("-inf", str(side.users), "-s", DIALLED, "-d", TALK_MS, "-r", str(rate)),
        *("-m", str(rate * seconds), "-l", "100000", "-trace_stat", "-fd", "1"),
        *("-stf", str(stats), "-timeout", str(seconds + 40)),
    )
    finish(process, seconds + 60)
    time.sleep(1)  # what is written after the last answer
    asterisk = _asterisk_spent(side.configuration) - asterisk
    database = _database_spent() - database
    with stats.open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    # Those that were never begun, because sipp itself was too slow, have failed too.
    done = int(last["SuccessfulCall(C)"])
    return Played(
        rate,
        seconds,
        int(last["TotalCallCreated"]),
        rate * seconds - done,
        int(last["Retransmissions(C)"]),
        round(asterisk * 1000 / max(done, 1), 2),
        round(database * 1000 / max(done, 1), 2),
    )


def _asterisk_spent(configuration: str) -> float:
    """Processor seconds of the Asterisk that runs with this configuration."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            asked = f"{configuration}/asterisk.conf".encode()
            if words[0].endswith(b"asterisk") and asked in words:
                return _spent(int(folder.name))
    raise AssertionError(f"no Asterisk runs with {configuration}")


def _database_spent() -> float:
    """Processor seconds of PostgreSQL for Asterisk's connections."""
    own = psycopg.conninfo.conninfo_to_dict(os.environ["PBX_ASTERISK_DATABASE_URL"])
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as asked:
        found = asked.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = %s", [own["user"]]
        ).fetchall()
    return sum(_spent(pid) for (pid,) in found)


def _spent(pid: int) -> float:
    with suppress(OSError):
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _highest(side: Side, asked: Played) -> int:
    """The highest clean rate: up from the asked one, or from the lowest step."""
    best = asked.rate if asked.clean else 0
    rate = best + STEP
    while rate <= HIGHEST and rate != asked.rate:
        if not side.play(rate, STEP_SECONDS).clean:
            break
        best, rate = rate, rate + STEP
    return best


def _sipp(
    place: Path, scenario: Path, host: str, port: int, to: str, *options: str
) -> subprocess.Popen[bytes]:
    command = ["sipp", to, "-sf", str(scenario), "-i", host, "-p", str(port)]
    command += ["-nostdin", "-timer_resol", "5", *options]
    return subprocess.Popen(
        command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
