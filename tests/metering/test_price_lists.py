"""Price lists from CSV: all rows or none, and every error in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.metering import price_csv
from pbx_console.metering.models import (
    Charge,
    CustomerTariff,
    Leg,
    Price,
    PriceList,
    UsageDay,
)
from pbx_console.metering.peak import ZoneInfo
from pbx_console.metering.services.price_lists import (
    import_price_list,
    save_price_list,
)
from pbx_console.metering.services.tariffs import (
    choose_for_customer,
    choose_for_reseller,
)
from tests.metering.conftest import Owners
from tests.metering.journal import Carrier, append

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = "prefix,name,per_minute,first_increment,next_increment,valid_from,valid_until\n"
Follow = Callable[[], object]
Legs = QuerySet[Leg]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("0049,Germany,0.01,60,60,,", "prefix"),
        ("49x,Germany,0.01,60,60,,", "prefix"),
        ("1234567890123456,x,0.01,60,60,,", "prefix"),
        ("49,,0.01,60,60,,", "name"),
        ("49,Germany,,60,60,,", "per_minute"),
        ('49,Germany,"1.234,56",60,60,,', "per_minute"),
        ("49,Germany,-1,60,60,,", "per_minute"),
        ("49,Germany,0.0000001,60,60,,", "per_minute"),
        ("49,Germany,0.01,0,60,,", "first_increment"),
        ("49,Germany,0.01,60,4000,,", "next_increment"),
        ("49,Germany,0.01,60,60,2026-02-30,", "valid_from"),
        ("49,Germany,0.01,60,60,tomorrow,", "valid_from"),
        ("49,Germany,0.01,60,60,2026-02-02,2026-02-01", "valid_until"),
        ("49,Germany,0.01,60,60", ""),
    ],
)
def test_it_places_every_error(row: str, column: str) -> None:
    text = HEAD + "41,Switzerland,0.02,60,60,,\n" + row + "\n"
    _rows, errors = price_csv.parse(text, BERLIN)
    assert [(error.row, error.column) for error in errors] == [(3, column)]
    assert str(errors[0])


def test_it_imports_nothing_of_a_file_with_one_bad_row(owners: Owners) -> None:
    before = list(Price.objects.filter(price_list=owners.first.retail).values())
    text = HEAD + "41,Switzerland,0.02,60,60,,\n31,Netherlands,free,60,60,,\n"
    result = import_price_list(SYSTEM, price_list=owners.first.retail, text=text)
    assert not result.ok
    assert list(Price.objects.filter(price_list=owners.first.retail).values()) == before


def test_it_names_every_wrong_value_of_every_row() -> None:
    rows, errors = price_csv.parse(
        HEAD + "0,,x,0,0,?,?\n49,a,1,1,1,,\n49,b,1,1,1,,\n", BERLIN
    )
    assert [(e.row, e.column) for e in errors] == [
        (2, "prefix"),
        (2, "name"),
        (2, "per_minute"),
        (2, "first_increment"),
        (2, "next_increment"),
        (2, "valid_from"),
        (2, "valid_until"),
        (4, "prefix"),
    ]
    assert "row 3" in str(errors[-1])
    assert len(rows) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"prefix,name,per_minute\n",
        "prefix;name;per_minute\n43;Österreich;1\n".encode("latin-1"),
        b"prefix,name,colour\n",
        b"PK\x03\x04\0\0",
    ],
)
def test_it_refuses_files_that_are_no_price_lists(owners: Owners, data: bytes) -> None:
    result = import_price_list(SYSTEM, price_list=owners.first.retail, text=data)
    assert len(result.errors) == 1


def test_it_reads_what_a_german_excel_writes(owners: Owners) -> None:
    text = "\ufeffPrefix;Name;per_minute;valid_from\r\n+43 1;Wien;0,0125;01.11.2026\r\n"
    result = import_price_list(
        SYSTEM, price_list=owners.first.retail, text=text.encode()
    )
    assert result.ok, result.errors
    price = Price.objects.get(price_list=owners.first.retail, prefix="431")
    assert price.per_minute_micro == 12_500
    assert (
        price.valid_from.astimezone(BERLIN).isoformat() == "2026-11-01T00:00:00+01:00"
    )


def test_it_keeps_a_price_until_the_end_of_its_last_day() -> None:
    rows, _errors = price_csv.parse(HEAD + "49,a,1,1,1,,2026-10-25\n", BERLIN)
    assert rows[0].valid_until is not None
    assert rows[0].valid_until.isoformat() == "2026-10-26T00:00:00+01:00"


def test_it_changes_a_price_from_now_on_where_no_start_is_named(owners: Owners) -> None:
    text = "prefix,name,per_minute\n31,Netherlands,0.05\n"
    result = import_price_list(SYSTEM, price_list=owners.first.retail, text=text)
    assert (result.added, result.changed) == (1, 0)
    rows = Price.objects.filter(price_list=owners.first.retail, prefix="31")
    assert [row.per_minute_micro for row in rows.order_by("valid_from")] == [
        20_000,
        50_000,
    ]
    again = import_price_list(SYSTEM, price_list=owners.first.retail, text=text)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)


def test_it_shows_what_an_import_would_do_without_doing_it(owners: Owners) -> None:
    text = HEAD + "31,Netherlands,0.05,1,1,2026-12-01,\n"
    before = PriceList.objects.get(pk=owners.first.retail.pk).version
    shown = import_price_list(
        SYSTEM, price_list=owners.first.retail, text=text, dry_run=True
    )
    assert (shown.ok, shown.added) == (True, 1)
    assert (
        Price.objects.filter(price_list=owners.first.retail, prefix="31").count() == 1
    )
    assert PriceList.objects.get(pk=owners.first.retail.pk).version == before


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=200) | st.lists(st.text(max_size=20)).map(",".join))
def test_it_answers_every_text_with_rows_or_errors(text: str) -> None:
    for whole in (text, HEAD + text, "prefix,name,per_minute\n" + text):
        rows, errors = price_csv.parse(whole, BERLIN)
        assert rows or errors
        assert all(str(error) and error.texts() for error in errors)


def test_it_stops_after_a_hundred_errors() -> None:
    _rows, errors = price_csv.parse(HEAD + "x,x,1,1,1,,\n" * 5000, BERLIN)
    assert len(errors) == price_csv.MAX_ERRORS


def test_it_rates_a_waiting_call_when_its_price_arrives(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    code = owners.first.customer.code
    append(journal, Carrier("p.1", code, number="+43123456").write())
    follow()
    assert (legs.get().state, legs.get().reason) == ("unpriced", "no_wholesale_price")
    text = "prefix,name,per_minute\n43,Austria,0.02\n"
    import_price_list(SYSTEM, price_list=owners.wholesale, text=text)
    follow()
    assert legs.get().reason == "no_retail_price"
    assert not legs.get().charges.exists()
    import_price_list(SYSTEM, price_list=owners.first.retail, text=text)
    follow()
    assert legs.get().state == Leg.State.RATED
    assert legs.get().charges.count() == 2


def test_it_rates_waiting_calls_when_a_list_is_chosen(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    CustomerTariff.objects.filter(customer=owners.first.customer).delete()
    append(journal, Carrier("p.1", owners.first.customer.code).write())
    follow()
    assert legs.get().reason == "no_retail_list"
    choose_for_customer(
        SYSTEM, customer=owners.first.customer, price_list=owners.first.retail
    )
    follow()
    assert legs.get().state == Leg.State.RATED


def test_it_refuses_lists_of_somebody_else(owners: Owners) -> None:
    with pytest.raises(ValidationError):
        choose_for_customer(
            SYSTEM, customer=owners.first.customer, price_list=owners.second.retail
        )
    with pytest.raises(ValidationError):
        choose_for_reseller(
            SYSTEM, reseller=owners.first.reseller, price_list=owners.first.retail
        )
    with pytest.raises(ValidationError):
        save_price_list(
            SYSTEM, reseller=owners.first.reseller, slug="x", name="x", kind="wholesale"
        )


def test_it_shows_nobody_the_money_of_another(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    append(journal, Carrier("s.1", owners.first.customer.code).write())
    append(journal, Carrier("s.2", owners.second.customer.code, seconds=90).write())
    follow()
    with as_reseller(owners.first.reseller):
        assert {c.reseller_id for c in Charge.objects.all()} == {
            owners.first.reseller.pk
        }
        assert set(PriceList.objects.all()) == {owners.first.retail}
        assert Leg.objects.count() == 1
    with as_customer(owners.first.customer):
        assert {c.level for c in Charge.objects.all()} == {"retail"}
        assert {d.level for d in UsageDay.objects.all()} == {"retail"}
        assert not PriceList.objects.exists()


TABLES = {
    "metering_charge": 1,
    "metering_usageday": 1,
    "metering_leg": 1,
    "metering_price": 0,
    "metering_pricelist": 0,
    "metering_usageexport": 0,
    "metering_channelevent": 0,
    "metering_journalfile": 0,
    "metering_resellertariff": 0,
    "metering_customertariff": 1,
    "metering_call": 1,
}


def test_it_holds_the_second_wall_when_the_first_is_gone(
    owners: Owners, journal: Path, follow: Follow
) -> None:
    """Plain SQL in a customer's scope: PostgreSQL alone decides."""
    append(journal, Carrier("w.1", owners.first.customer.code).write())
    append(journal, Carrier("w.2", owners.second.customer.code).write())
    follow()
    with as_customer(owners.first.customer), connection.cursor() as cursor:
        for table, rows in TABLES.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert (table, *cursor.fetchone()) == (table, rows)


def has_price(owners: Owners, number: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asterisk.has_price(%s, %s)", [owners.first.customer.pk, number]
        )
        return bool(cursor.fetchone()[0])


def test_it_tells_the_dialplan_whether_both_levels_have_a_price(owners: Owners) -> None:
    assert has_price(owners, "+4930123456")
    assert not has_price(owners, "+12125551234")
    only = "prefix,name,per_minute\n1,America,0.01\n"
    import_price_list(SYSTEM, price_list=owners.first.retail, text=only)
    assert not has_price(owners, "+12125551234")
    import_price_list(SYSTEM, price_list=owners.wholesale, text=only)
    assert has_price(owners, "+12125551234")


def test_it_tells_the_dialplan_only_of_prices_that_are_valid_now(
    owners: Owners,
) -> None:
    gone = timezone.now() - timedelta(hours=1)
    Price.objects.filter(price_list=owners.first.retail, prefix="31").update(
        valid_until=gone
    )
    assert not has_price(owners, "+31207990100")
    CustomerTariff.objects.filter(customer=owners.first.customer).delete()
    assert not has_price(owners, "+4930123456")


def test_it_leaves_the_scope_of_the_caller_alone(owners: Owners) -> None:
    with as_customer(owners.second.customer):
        assert has_price(owners, "+4930123456")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('pbx.scope')")
            assert cursor.fetchone() == ("customer",)
    with as_everyone("test"):
        assert Price.objects.exists()
