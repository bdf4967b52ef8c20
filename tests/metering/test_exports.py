"""The nightly usage export: sealed, chained, the same bytes whatever happens."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Reseller
from pbx_console.metering import exports
from pbx_console.metering.export_schema import NAMES
from pbx_console.metering.models import Charge, Leg, UsageExport
from pbx_console.metering.services.charges import rerate
from pbx_console.metering.services.price_lists import import_price_list
from pbx_console.metering.services.usage_exports import seal_day
from tests.metering.conftest import Owners
from tests.metering.journal import Carrier, append

DAY = datetime.now(UTC).date() - timedelta(days=4)
NOON = datetime(DAY.year, DAY.month, DAY.day, 11, tzinfo=UTC)
Follow = Callable[[], object]


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


def call(owners: Owners, serial: int, **changes: object) -> bytes:
    leg = Carrier(f"m-1763.{serial}", owners.first.customer.code, answered_at=NOON)
    return leg.but(**changes).write()


def seal(owners: Owners, day: date = DAY) -> UsageExport:
    return exports.export_day(day, reseller=owners.first.reseller)[0]


def read(export: UsageExport) -> list[dict[str, str]]:
    path = exports.path_of(export, "csv")
    assert path is not None
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def contents(data_dir: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in data_dir.rglob("*") if p.is_file()}


def test_it_seals_both_levels_of_every_call(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    append(journal, call(owners, 1, seconds=75))
    follow()
    export = seal(owners)
    wholesale, retail = sorted(read(export), key=lambda row: row["level"], reverse=True)
    assert (wholesale["level"], wholesale["amount"]) == ("wholesale", "0.007500")
    assert (retail["level"], retail["amount"]) == ("retail", "0.011300")
    assert retail["number"] == "4930123456"
    assert retail["customer_number"] == "D-1"
    assert retail["increments"] == "60/1"
    assert (retail["duration_ms"], retail["billed_ms"]) == ("75000", "75000")
    assert retail["leg"] == wholesale["leg"]
    assert (export.sequence, export.rows, export.late_rows) == (1, 2, 0)
    assert export.sums == {"retail": {"EUR": 11_300}, "wholesale": {"EUR": 7_500}}
    assert export.reconciles, export.reconciliation


def test_it_says_the_same_in_every_rendering(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    append(
        journal, call(owners, 1) + call(owners, 2, number="112", direction="emergency")
    )
    follow()
    export = seal(owners)
    rows = read(export)
    path = exports.path_of(export, "jsonl")
    assert path is not None
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [{k: str(v) for k, v in line.items() if k != "late"} for line in lines] == [
        {k: v for k, v in row.items() if k != "late"} for row in rows
    ]
    book = exports.path_of(export, "xlsx")
    assert book is not None
    with ZipFile(book) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(rows) + 1
    assert "<f>" not in sheet
    manifest = exports.path_of(export, "manifest")
    assert manifest is not None
    found = json.loads(manifest.read_text())
    assert (found["rows"], found["sha256"]) == (4, export.sha256)
    assert found["sums"]["retail"] == {"EUR": "0.009000"}


def test_it_never_runs_a_formula_in_the_spreadsheet(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    """Accountcode is ours, but a name in a price list is a person's."""
    text = 'prefix,name,per_minute\n4930,"=HYPERLINK(""http://x"")",0.01\n'
    import_price_list(SYSTEM, price_list=owners.first.retail, text=text)
    append(journal, call(owners, 1))
    follow()
    export = seal(owners)
    assert any(row["destination"].startswith("=HYPER") for row in read(export))
    book = exports.path_of(export, "xlsx")
    assert book is not None
    with ZipFile(book) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml").decode()
    assert "&#39;=HYPERLINK" in sheet or "'=HYPERLINK" in sheet


def test_it_gives_the_same_bytes_when_run_again(
    owners: Owners, journal: Path, follow: Follow, data_dir: Path
) -> None:
    append(journal, call(owners, 1))
    follow()
    first = seal(owners)
    before = contents(data_dir)
    append(journal, call(owners, 2))
    follow()
    owners.first.customer.name = "Renamed since"
    owners.first.customer.save()
    assert seal(owners).sha256 == first.sha256
    assert contents(data_dir) == before
    for path in data_dir.rglob("*.*"):
        path.unlink()
    seal(owners)
    assert contents(data_dir) == before


class Killed(BaseException):
    """The process dies here."""


STEPS = [
    ("pbx_console.metering.exports._sum_up", 1),
    ("pbx_console.metering.exports.reconcile", 1),
    ("pbx_console.metering.export_files._Hashed.write", 1),
    ("pbx_console.metering.export_files._Hashed.write", 4),
    ("pbx_console.metering.export_files._sync_directory", 1),
    ("pbx_console.metering.export_files._sync_directory", 2),
    ("pbx_console.metering.export_files._sync_directory", 4),
    ("pbx_console.metering.exports.manifest", 1),
    ("pbx_console.metering.exports.UsageExport.save", 1),
    ("pbx_console.metering.exports.UsageExport.save", 2),
]


@pytest.mark.parametrize(("place", "times"), STEPS)
def test_it_ends_in_the_same_bytes_wherever_it_is_killed(
    owners: Owners,
    journal: Path,
    follow: Follow,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    times: int,
) -> None:
    append(journal, call(owners, 1) + call(owners, 2, number="+491511"))
    follow()
    left = [times]

    def die(*args: object, **kwargs: object) -> object:
        left[0] -= 1
        if left[0] <= 0:
            raise Killed
        return original(*args, **kwargs)

    original = _resolve(place)
    with monkeypatch.context() as patch:
        patch.setattr(place, die)
        with pytest.raises(Killed):
            seal(owners)
    assert not UsageExport.objects.filter(
        reseller=owners.first.reseller, state="sealed"
    ).exists()
    append(journal, call(owners, 3))  # news between the runs
    survived = UsageExport.objects.filter(reseller=owners.first.reseller).exists()
    if survived:
        follow()
    export = seal(owners)
    assert export.rows == 4
    assert not [name for name in contents(data_dir) if name.endswith(".part")]
    made = contents(data_dir)
    for path in data_dir.rglob("*.*"):
        path.unlink()
    seal(owners)
    assert contents(data_dir) == made


def _resolve(place: str) -> Callable[..., object]:
    from importlib import import_module  # noqa: PLC0415

    parts = place.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found  # type: ignore[no-any-return]
    raise AssertionError(place)


def test_it_brings_a_late_record_in_the_next_file(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    append(journal, call(owners, 1))
    follow()
    first = seal(owners)
    append(journal, call(owners, 2))
    follow()
    second = seal(owners, DAY + timedelta(days=1))
    rows = read(second)
    assert [row["late"] for row in rows] == ["1", "1"]
    assert {row["day"] for row in rows} == {str(DAY)}
    assert second.late_rows == 2
    assert second.previous_sha256 == first.sha256
    assert {row["leg"] for row in rows}.isdisjoint(row["leg"] for row in read(first))


def test_it_corrects_by_lines_that_point_at_what_they_correct(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    append(journal, call(owners, 1))
    follow()
    first = seal(owners)
    text = "prefix,name,per_minute,valid_from\n49,Germany,0.012,2000-01-01\n"
    assert import_price_list(SYSTEM, price_list=owners.first.retail, text=text).ok
    leg = Leg.objects.get(reseller=owners.first.reseller)
    rerate(SYSTEM, leg)
    second = seal(owners, DAY + timedelta(days=1))
    reversal, charge = read(second)
    original = next(row for row in read(first) if row["level"] == "retail")
    assert (reversal["kind"], charge["kind"]) == ("reversal", "charge")
    assert reversal["corrects"] == original["id"]
    assert (reversal["amount"], charge["amount"]) == ("-0.009000", "0.012000")
    assert second.correction_rows == 2
    assert second.sums == {"retail": {"EUR": 3_000}}


def test_it_writes_nothing_when_a_second_rating_changes_nothing(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    append(journal, call(owners, 1))
    follow()
    leg = Leg.objects.get(reseller=owners.first.reseller)
    assert rerate(SYSTEM, leg).charges == 0
    assert leg.charges.count() == 2
    assert leg.state == Leg.State.RATED


def test_it_lets_nobody_change_what_was_handed_out(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    from django.db import DatabaseError, transaction  # noqa: PLC0415

    append(journal, call(owners, 1))
    follow()
    export = seal(owners)
    charge = Charge.objects.filter(export=export).first()
    assert charge is not None
    attempts: list[Callable[[], object]] = [
        lambda: Charge.objects.filter(pk=charge.pk).update(amount_micro=0),
        lambda: Charge.objects.filter(pk=charge.pk).update(
            export=None, export_line=None
        ),
        lambda: Charge.objects.filter(pk=charge.pk).delete(),
        lambda: UsageExport.objects.filter(pk=export.pk).update(rows=0),
        lambda: UsageExport.objects.filter(pk=export.pk).delete(),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_it_refuses_a_day_that_is_still_running(owners: Owners) -> None:
    today = datetime.now(UTC).date() + timedelta(days=1)
    with pytest.raises(exports.DayNotOver):
        seal(owners, today)
    with pytest.raises(CommandError):
        call_command("export_usage", day=today, reseller="meter-one")
    with pytest.raises(CommandError, match="no reseller"):
        call_command("export_usage", day=DAY, reseller="nobody")


def test_it_seals_an_empty_day_so_that_the_chain_has_no_gap(owners: Owners) -> None:
    export = seal(owners)
    assert (export.rows, read(export), export.sums) == (0, [], {})
    assert export.is_sealed


def test_it_holds_only_the_resellers_own_lines(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    other = owners.second.customer.code
    append(journal, call(owners, 1) + call(owners, 2, tenantid=other))
    follow()
    assert {row["customer"] for row in read(seal(owners))} == {
        owners.first.customer.code
    }


def test_it_seals_the_night_in_each_resellers_own_zone(owners: Owners) -> None:
    """02:00 in Berlin is 01:00 UTC in winter; a second sweep finds nothing to do."""
    berlin = owners.first.reseller
    Reseller.objects.exclude(pk=berlin.pk).update(is_active=False)
    made = datetime(2026, 11, 1, 12, tzinfo=UTC)
    Reseller.objects.filter(pk=berlin.pk).update(created_at=made)
    assert exports.run_due(datetime(2026, 11, 2, 0, 59, tzinfo=UTC)) == []
    at_two = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    assert [e.day for e in exports.run_due(at_two)] == [date(2026, 11, 1)]
    assert exports.run_due(at_two) == []
    later = exports.run_due(at_two + timedelta(days=3))
    assert [e.day.day for e in later] == [2, 3, 4]
    assert [e.sequence for e in later] == [2, 3, 4]


def test_it_names_what_does_not_reconcile(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    append(journal, call(owners, 1) + call(owners, 2, number="+999123"))
    follow()
    export = seal(owners)
    assert not export.reconciles
    assert export.reconciliation["problems"] == ["legs_unpriced"]
    legs = export.reconciliation["legs"]
    assert (legs["ended"], legs["rated"], legs["unpriced"]) == (2, 1, 1)


def test_it_finds_every_break_of_the_chain(
    owners: Owners, journal: Path, follow: Follow, data_dir: Path
) -> None:
    append(journal, call(owners, 1))
    follow()
    for days in range(3):
        seal(owners, DAY + timedelta(days=days))
    assert exports.verify(owners.first.reseller) == (3, [])
    own = owners.first.reseller.slug
    call_command("verify_exports", reseller=own)
    next(data_dir.rglob(f"*{DAY}*.csv")).write_bytes(b"changed\n")
    next(data_dir.rglob("*000002*.jsonl")).unlink()
    found = [fault.what for fault in exports.verify(owners.first.reseller)[1]]
    assert len(found) == 2
    assert "was changed" in found[0]
    assert "is missing" in found[1]
    with pytest.raises(CommandError):
        call_command("verify_exports", reseller=own)


def test_it_records_who_sealed_by_hand(owners: Owners) -> None:
    from pbx_console.accounts.models import AuditEntry  # noqa: PLC0415

    seal_day(SYSTEM, reseller=owners.first.reseller, day=DAY)
    entry = AuditEntry.objects.filter(verb="usage_export.sealed").get()
    assert entry.reseller == owners.first.reseller


def test_the_document_and_the_code_agree_on_every_field() -> None:
    text = Path("docs/usage-export.md").read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    documented = [tuple(c.strip(" `") for c in row.split("|")[1:3]) for row in table]
    from pbx_console.metering.export_schema import FIELDS, SCHEMA_VERSION  # noqa: PLC0415

    assert documented == [(field.name, field.type) for field in FIELDS]
    assert f"Schema version {SCHEMA_VERSION}" in text
    assert [field.name for field in FIELDS] == NAMES
