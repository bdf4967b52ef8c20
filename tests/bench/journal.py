"""How fast the journal becomes rows, and legs become charges."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.metering import charging
from pbx_console.metering.charging import PriceBook, list_terms, rate_finished
from pbx_console.metering.derive import derive
from pbx_console.metering.journal_import import Importer
from pbx_console.metering.models import ChannelEvent, Charge, Leg
from pbx_console.metering.rating import LegTerms, rate
from pbx_console.metering.services.price_lists import import_price_list
from tests.bench.report import Result, seconds
from tests.conftest import owner_connection
from tests.metering.conftest import Owners, make_owners
from tests.metering.journal import NOON, Carrier

CALLS = 30_000
PREFIXES = 12_880
ORM_CHARGES = 500
NODE = "bench"


def _prepared(folder: Path) -> tuple[Owners, int]:
    """Write a journal of calls to random German numbers; return owners and its rows."""
    owners = make_owners()
    chance = random.Random(1)
    text = "prefix,name,per_minute,first_increment,next_increment\n" + "".join(
        f"49{number},Place {number},0.0{chance.randrange(1, 9)},60,1\n"
        for number in range(10_000, 10_000 + PREFIXES)
    )
    for price_list in (owners.wholesale, owners.first.retail):
        assert import_price_list(SYSTEM, price_list=price_list, text=text).ok
    code = owners.first.customer.code
    with (folder / "cel.csv").open("wb") as file:
        for n in range(CALLS):
            number = f"+49{chance.randrange(10_000, 23_000)}{chance.randrange(10**5)}"
            at = NOON - timedelta(seconds=CALLS - n)
            made = Carrier(
                f"{NODE}-1763.{n}", code, number, at, chance.randrange(1, 600)
            )
            file.write(made.write())
    return owners, CALLS * 6


def _import_all(folder: Path) -> None:
    importer = Importer(folder, node=NODE)
    while importer.run().rows:
        pass


def journal() -> Iterator[Result]:
    """Rows/s of the follower's import, against a raw COPY of the same rows."""
    with as_everyone("benchmark"), tempfile.TemporaryDirectory() as folder:
        _owners, rows = _prepared(Path(folder))
        imported = rows / seconds(lambda: _import_all(Path(folder)))
        assert ChannelEvent.objects.filter(node=NODE, bad="").count() == rows
        copied = rows / _raw_copy()
        yield Result(
            "journal import",
            imported,
            "rows/s",
            copied,
            "raw COPY FROM, no index",
            {"rows": rows},
        )
        derived = CALLS / seconds(lambda: derive(node=NODE))
        yield Result(
            "legs derived",
            derived,
            "legs/s",
            imported / 6,
            "imported calls/s",
            {"legs": CALLS},
        )


def _raw_copy() -> float:
    """Return the seconds of one COPY of the same rows into a table without an index."""
    with owner_connection(options="-c pbx.scope=everyone") as owner:
        owner.execute("CREATE TABLE bench_raw (LIKE metering_channelevent)")
        with owner.cursor() as cursor:
            with cursor.copy(
                "COPY (SELECT * FROM metering_channelevent) TO STDOUT"
            ) as out:
                data = b"".join(bytes(part) for part in out)

            def load() -> None:
                with cursor.copy("COPY bench_raw FROM STDIN") as into:
                    into.write(data)

            taken = seconds(load)
        owner.execute("DROP TABLE bench_raw")
    return taken


def rating() -> Iterator[Result]:
    """Charges/s of the batched rating, against one ORM save per charge."""
    with as_everyone("benchmark"), tempfile.TemporaryDirectory() as folder:
        owners, _rows = _prepared(Path(folder))
        _import_all(Path(folder))
        derive(node=NODE)
        book = PriceBook()
        book.refresh([owners.wholesale.pk, owners.first.retail.pk])
        taken = seconds(lambda: _rate_all(book))
        charges = Charge.objects.filter(leg__node=NODE, generation=1).count()
        assert charges == 2 * CALLS
        legs = list(Leg.objects.filter(node=NODE)[:ORM_CHARGES])
        terms = list_terms(owners.first.retail)
        before = ORM_CHARGES / seconds(lambda: [_save_one(leg, terms) for leg in legs])
        more: dict[str, Any] = {"charges": charges, "prefixes": PREFIXES}
        yield Result(
            "rating",
            charges / taken,
            "charges/s",
            before,
            "one ORM save per charge",
            more,
        )
        pure = _pure(terms)
        yield Result(
            "rating function alone",
            pure,
            "charges/s",
            charges / taken,
            "with the ledger",
        )


def _rate_all(book: PriceBook) -> None:
    while rate_finished(book).legs:
        pass


def _save_one(leg: Leg, terms: Any) -> None:
    """Rate and save as a simple program would: one object, one commit."""
    legs = LegTerms(leg.direction, leg.number, leg.answered_at, leg.duration_ms or 0)
    charge = rate(legs, terms)
    names = charging._COLUMNS
    values = dict(zip(names, charging._row(leg.pk, "retail", 99, charge), strict=True))
    values["steps"] = charge.steps
    Charge(
        **values,
        reseller_id=leg.reseller_id,
        customer_id=leg.customer_id,
        direction=leg.direction,
        extension_number=leg.extension_number,
        number=leg.number,
        answered_at=leg.answered_at,
        hung_up_at=leg.hung_up_at,
        duration_ms=leg.duration_ms,
        created_at=leg.answered_at,
    ).save()


def _pure(terms: Any) -> float:
    chance = random.Random(2)
    legs = [
        LegTerms(
            "out",
            f"+49{chance.randrange(10_000, 22_000)}12345",
            NOON,
            chance.randrange(10**6),
        )
        for _n in range(50_000)
    ]
    return len(legs) / seconds(lambda: [rate(leg, terms) for leg in legs])
