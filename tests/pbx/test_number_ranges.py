"""Ranges: who may hold them, what they share with others, where their digits lead."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.quotas import QuotaExceeded
from pbx_console.asterisk.models import PsEndpoint
from pbx_console.pbx import emergency
from pbx_console.pbx.models import Did, Extension, NumberRange
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.number_ranges import delete_range, save_range
from tests.conftest import World

pytestmark = pytest.mark.django_db
STEM = "+4930231254"


def held(world: World, **values: Any) -> NumberRange:
    """A range of Nordbel's customer, three digits."""
    customer = world.nordbel.customer
    values = {"stem": STEM, "digits": 3, "trunk": world.trunk, **values}
    with as_everyone("test"):
        Reseller.objects.update(max_numbers=10_000)
        Customer.objects.filter(max_numbers=100).update(max_numbers=5_000)
        customer.refresh_from_db()
        return save_range(SYSTEM, customer=customer, **values)


def did_of(dialled: str) -> tuple[str, str, str]:
    """What the dialplan is told: number, customer's code, token."""
    with connection.cursor() as cursor:
        asked = "SELECT number, code, token FROM asterisk.did_of(NULL, %s)"
        cursor.execute(asked, [dialled])
        found: tuple[str, str, str] = cursor.fetchone()
        return found if found[0] else ("", "", "")


def test_the_digits_behind_the_stem_are_an_internal_number(world: World) -> None:
    north = world.nordbel
    with as_everyone("test"):
        hall = save_extension(SYSTEM, customer=north.customer, number="10", name="Hall")
        held(world, fallback=hall.destination)
        mine = f"d{north.extension.destination.pk}"
        rest = f"d{hall.destination.pk}"
    for written in (
        f"{STEM}201",
        f"{STEM[1:]}201",
        f"0{STEM[3:]}201",
        f"00{STEM[1:]}201",
    ):
        assert did_of(written) == (f"{STEM}201", north.customer.code, mine)
    assert did_of(f"{STEM}10")[2] == rest
    for nobody in ("999", "0", ""):
        assert did_of(f"{STEM}{nobody}")[2] == rest
    assert did_of(f"{STEM}2011") == ("", "", "")
    assert did_of(STEM[:-1]) == ("", "", "")


def test_without_a_fallback_the_rest_leads_nowhere(world: World) -> None:
    held(world)
    assert did_of(f"{STEM}999") == (f"{STEM}999", world.nordbel.customer.code, None)


@pytest.mark.parametrize(
    ("stem", "digits"),
    [
        (STEM, 2),
        (f"{STEM}5", 2),
        (f"{STEM}555", 1),
        (STEM[:-1], 3),
        ("+4930231256", 2),
        ("+493023125", 3),
    ],
)
def test_it_refuses_a_range_that_shares_numbers(
    world: World, stem: str, digits: int
) -> None:
    held(world)
    with pytest.raises(ValidationError) as error:
        held(world, stem=stem, digits=digits)
    assert "Nordbel" not in str(error.value)


def test_a_neighbour_is_no_overlap(world: World) -> None:
    held(world)
    held(world, stem=f"{STEM[:-1]}5", digits=3)
    with as_everyone("test"):
        assert NumberRange.objects.count() == 2


def test_a_single_number_of_a_range_is_refused_even_elsewhere(world: World) -> None:
    held(world)
    with as_everyone("test"), pytest.raises(ValidationError) as error:
        save_did(
            SYSTEM,
            number=f"{STEM}77",
            trunk=world.trunk,
            reseller=world.zuidlijn.reseller,
        )
    assert "number" in error.value.message_dict


@pytest.mark.parametrize("stem", ["+4990012", "+49116", "+4911", "+49302312545555"])
def test_it_refuses_ranges_that_no_plan_knows(world: World, stem: str) -> None:
    with pytest.raises(ValidationError):
        held(world, stem=stem)


def test_every_number_of_it_counts(world: World) -> None:
    customer = world.nordbel.customer
    with as_everyone("test"):
        customer.max_numbers = 99
        customer.save()
        with pytest.raises(QuotaExceeded):
            held(world, digits=2)
        customer.max_numbers = 101
        customer.save()
        held(world, digits=2)


def test_it_leads_only_to_its_own_customer(world: World) -> None:
    with as_everyone("test"), pytest.raises(ValidationError) as error:
        held(world, fallback=world.zuidlijn.extension.destination)
    assert "fallback" in error.value.message_dict


def test_it_stays_while_somebody_holds_it_and_hides_the_carrier(world: World) -> None:
    block = held(world)
    with as_everyone("test"):
        with pytest.raises(ValidationError):
            delete_range(SYSTEM, block)
        save_range(SYSTEM, number_range=block, customer=None)
        entry = AuditEntry.objects.filter(object_type="numberrange").first()
        assert entry is not None
        assert "trunk" not in {**entry.before, **entry.after}
        delete_range(SYSTEM, block)


def shown(world: World) -> str:
    """The number that 201 shows outside."""
    row = world.nordbel.extension
    with connection.cursor() as cursor:
        asked = "SELECT asterisk.shown_number(%s, %s, '', '')"
        cursor.execute(asked, [row.customer_id, row.pk])
        return str(cursor.fetchone()[0])


def test_an_extension_shows_the_stem_and_its_own_digits(world: World) -> None:
    assert shown(world) == world.nordbel.number
    held(world)
    assert shown(world) == f"{STEM}201"


def test_with_a_range_alone_calls_for_help_show_a_number_of_it(world: World) -> None:
    north = world.nordbel
    with as_everyone("test"):
        held(world)
        Did.objects.filter(customer=north.customer).update(is_main=False)
        Extension.objects.filter(customer=north.customer).update(caller_id=None)
        north.extension.refresh_from_db()
        far = save_extension(SYSTEM, customer=north.customer, number="2001", name="Far")
        shown = emergency.shown_numbers([north.extension, far])
        assert shown[north.extension.pk] == f"{STEM}201"  # rings that phone again
        assert shown[far.pk] == f"{STEM}0"  # the switchboard
        row = PsEndpoint.objects.get(pk=far.endpoint_id)
        assert f"PBX_SHOWN={STEM}0" in str(row.set_var)
