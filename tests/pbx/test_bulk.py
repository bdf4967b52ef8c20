"""Tables in and out: bad rows, all or none, round trips, a thousand at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.models import PsAuth, PsEndpoint
from pbx_console.lib.csv import BOM, machine_line, spreadsheet_line
from pbx_console.pbx import projection
from pbx_console.pbx.models import Extension, HuntGroup, PhonebookEntry, Refresh
from pbx_console.pbx.services import (
    bulk,
    bulk_extensions,
    bulk_groups,
    bulk_numbers,
    bulk_phonebook,
)
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.hunt_groups import save_group
from tests.conftest import World

pytestmark = pytest.mark.django_db
EXTENSIONS = bulk_extensions.CODEC
PHONEBOOK = bulk_phonebook.CODEC
HEAD = "number;name;ring_seconds\n"


def apply(codec: bulk.Codec, owner: Any, text: str | bytes) -> bulk.Plan:
    data = text.encode() if isinstance(text, str) else text
    with as_everyone("test"):
        return bulk.apply(codec, SYSTEM, owner=owner, data=data)


def given(codec: bulk.Codec, owner: Any, write: Any) -> str:
    with as_everyone("test"):
        rows = list(bulk.lines(codec, codec.rows(owner)))
    return "".join(write(row) for row in rows)


def room(world: World, most: int = 20_000) -> Customer:
    with as_everyone("test"):
        Customer.objects.update(max_extensions=most)
        Reseller.objects.update(max_extensions=most)
    return world.nordbel.customer


def test_a_thousand_extensions_take_a_few_statements(world: World) -> None:
    customer = room(world)
    text = HEAD + "".join(f"{n};Desk {n};25\n" for n in range(2000, 3000))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        plan = apply(EXTENSIONS, customer, text)
    assert (len(plan.created), plan.errors) == (1000, [])
    assert len(asked) < 60
    with as_everyone("test"):
        assert Extension.objects.filter(customer=customer).count() == 1001
        entries = AuditEntry.objects.filter(verb="extension.created")
        assert entries.filter(object_label__startswith="2999 ").exists()
        assert customer.destinations.filter(number="2999").exists()
    key = f"{customer.code}-2999"
    row = PsAuth.objects.get(pk=key)
    with as_everyone("test"):
        made = Extension.objects.get(customer=customer, number="2999")
    assert row.md5_cred == projection.digest(key, made.secret)
    assert PsEndpoint.objects.filter(pk=key).exists()
    assert Refresh.objects.filter(endpoint_id=key).exists()
    assert projection.drift() == []


@pytest.mark.parametrize("write", [machine_line, spreadsheet_line])
def test_what_was_given_out_changes_nothing_when_it_comes_back(
    world: World, write: Any
) -> None:
    north = world.nordbel
    with as_everyone("test"):
        two = save_group(
            SYSTEM,
            customer=north.customer,
            number="600",
            name="Sales",
            members=[north.extension.destination],
            overflow=north.extension.destination,
        )
        save_did(SYSTEM, did=north.customer.dids.get(), destination=two.destination)
    plus = (
        "name;numbers;note\n+Anna;030 23125999, 0151 12345678;=1+1\nAnna;030 23125998;"
    )
    apply(PHONEBOOK, north.customer, plus + "\nAnna;030 23125997;\n")
    for codec in (EXTENSIONS, bulk_numbers.CODEC, bulk_groups.CODEC, PHONEBOOK):
        text = given(codec, north.customer, write)
        with as_everyone("test"):
            before = AuditEntry.objects.count()
            plan = bulk.look(codec, owner=north.customer, data=(BOM + text).encode())
            assert AuditEntry.objects.count() == before
        assert plan.errors == []
        assert (plan.created, plan.changed) == ([], [])
        assert plan.same > 0


def test_formulas_are_neutral_in_the_spreadsheet_only(world: World) -> None:
    apply(PHONEBOOK, world.nordbel.customer, "name;numbers\n=1+1;030 23125999\n")
    assert "'=1+1" in given(PHONEBOOK, world.nordbel.customer, spreadsheet_line)
    assert "'" not in given(PHONEBOOK, world.nordbel.customer, machine_line)
    with as_everyone("test"):
        assert PhonebookEntry.objects.get().name == "=1+1"


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("", 0, ""),
        ("number;name\n", 0, ""),
        ("number\n300\n", 1, "name"),
        ("number;name;colour\n", 1, "colour"),
        ("number;name\n300;One\n300;Two\n", 3, "number"),
        ("number;name\n110;Police\n", 2, "number"),
        ("number;name\n0123;Zero\n", 2, "number"),
        ("number;name\nabc;Letters\n", 2, "number"),
        ("number;name\n300;\n", 2, "name"),
        ("number;name\n300;" + "x" * 61 + "\n", 2, "name"),
        ('number;name\n300;"a<b>"\n', 2, "name"),
        ("number;name\n300;One;more\n", 2, ""),
        ("number;name;ring_seconds\n300;One;fast\n", 2, "ring_seconds"),
        ("number;name;ring_seconds\n300;One;9999\n", 2, "ring_seconds"),
        ("number;name;may_dial\n300;One;moon\n", 2, "may_dial"),
        ("number;name;language\n300;One;xx\n", 2, "language"),
        ("number;name;shown_number\n300;One;+31207990100\n", 2, "shown_number"),
        ("number;name\n600;Group\n", 2, "number"),
        ("number;name\n300;Österreich\n".encode("latin-1"), 2, ""),
        (b"number;name\n300;\0\n", 0, ""),
        ('number;name\n300;"never closed\n', 2, ""),
    ],
)
def test_one_bad_row_is_named_and_nothing_is_saved(
    world: World, text: str | bytes, row: int, column: str
) -> None:
    customer = room(world)
    with as_everyone("test"):
        save_group(SYSTEM, customer=customer, number="600", name="Sales", members=[])
        before = AuditEntry.objects.count()
    plan = apply(EXTENSIONS, customer, text)
    assert (plan.errors[0].row, plan.errors[0].column) == (row, column)
    assert all(error.texts()[0] for error in plan.errors)
    with as_everyone("test"):
        assert Extension.objects.filter(customer=customer).count() == 1
        assert AuditEntry.objects.count() == before


def test_it_refuses_more_than_the_contract_and_more_than_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = room(world, most=3)
    text = HEAD + "".join(f"{n};Desk;25\n" for n in range(300, 303))
    plan = apply(EXTENSIONS, customer, text)
    assert plan.errors[0].row == 0
    with as_everyone("test"):
        assert Extension.objects.filter(customer=customer).count() == 1
    monkeypatch.setattr(bulk_extensions.ExtensionCodec, "most", 100)
    many = HEAD + "".join(f"{n};Desk;25\n" for n in range(20_000, 20_101))
    assert "100 rows" in str(apply(EXTENSIONS, room(world), many).errors[0])


def test_ten_thousand_entries_of_a_phonebook(world: World) -> None:
    lines = (f"Firm {n};030 2312{n:05};\n" for n in range(10_000))
    text = "name;numbers;note\n" + "".join(lines)
    plan = apply(PHONEBOOK, world.nordbel.customer, text)
    assert (len(plan.created), plan.errors) == (10_000, [])
    more = "name;numbers\nOne more;030 23125999\n"
    assert apply(PHONEBOOK, world.nordbel.customer, more).errors
    with as_everyone("test"):
        assert AuditEntry.objects.filter(verb="phonebook.imported").count() == 1


def test_numbers_are_led_elsewhere_and_one_is_the_main_one(world: World) -> None:
    customer = world.nordbel.customer
    with as_everyone("test"):
        second = save_did(
            SYSTEM,
            number="+493023125601",
            trunk=world.trunk,
            reseller=world.nordbel.reseller,
            customer=customer,
        )
    text = "number;leads_to;used_for;name_prefix;main\n+493023125601;201;fax;Fax;yes\n"
    plan = apply(bulk_numbers.CODEC, customer, text)
    assert plan.errors == []
    with as_everyone("test"):
        second.refresh_from_db()
        assert (second.is_main, second.use, second.name_prefix) == (True, "fax", "Fax")
        assert second.destination == world.nordbel.extension.destination
        assert customer.dids.filter(is_main=True).count() == 1
    for bad in ("+31207990100;201;voice;;no", "+493023125601;999;voice;;no"):
        text = f"number;leads_to;used_for;name_prefix;main\n{bad}\n"
        assert apply(bulk_numbers.CODEC, customer, text).errors


def test_groups_come_with_their_members_in_order(world: World) -> None:
    customer = room(world)
    apply(EXTENSIONS, customer, HEAD + "202;Two;20\n203;Three;20\n")
    text = "number;name;who_rings;seconds;members;overflow\n"
    text += "600;Sales;order;15;203 201 202;201\n"
    plan = apply(bulk_groups.CODEC, customer, text)
    assert plan.errors == []
    with as_everyone("test"):
        group = HuntGroup.objects.get()
        members = [str(row.destination.number) for row in group.members.all()]
    assert members == ["203", "201", "202"]
    changed = text.replace("203 201 202", "202")
    assert len(apply(bulk_groups.CODEC, customer, changed).changed) == 1
    for bad in ("601;X;order;15;999;", "201;X;all;15;202;", "601;X;loud;15;202;"):
        refused = text.partition("\n")[0] + f"\n{bad}\n"
        assert apply(bulk_groups.CODEC, customer, refused).errors
