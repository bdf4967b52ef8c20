"""Outside numbers: stock and ranges, assignment by role, destination."""

from __future__ import annotations

import pytest
from django import forms

from pbx_console.console.forms.numbers import parse_numbers
from pbx_console.pbx.models import Did
from tests.conftest import World
from tests.console.conftest import Opens, text_of

MAIN = "/numbers/4930231256/"


@pytest.mark.parametrize(
    ("typed", "count", "last"),
    [
        ("+49 30 23125400", 1, "+493023125400"),
        ("030 23125400", 1, "+493023125400"),
        ("+49 30 23125400 - 449", 50, "+493023125449"),
        ("+49 30 23125400 – 23125402", 3, "+493023125402"),
        ("+493023125400\n\n+493023125400\n", 1, "+493023125400"),
    ],
)
def test_it_reads_numbers_and_ranges(typed: str, count: int, last: str) -> None:
    found = parse_numbers(typed)
    assert (len(found), found[-1]) == (count, last)


@pytest.mark.parametrize(
    "typed",
    [
        "abc",
        "+49 30 23125449 - 400",
        "+49 30 2312000 - 9999999",
        "+1",
        "+49 30 23125400 - x",
    ],
)
def test_it_names_the_line_that_is_no_number(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="Line 2"):
        parse_numbers(f"+49 30 23125001\n{typed}")


def test_it_takes_numbers_into_stock_all_or_none(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("operator")
    form = {"numbers": "+49 30 23125700 - 709", "trunk": str(world.trunk.pk)}
    client.post("/numbers/new/", form)
    assert Did.objects.filter(number__startswith="+4930231257").count() == 10
    overlapping = {**form, "numbers": "+49 30 23125709 - 712"}
    refused = client.post("/numbers/new/", overlapping)
    assert refused.status_code == 422
    assert "+493023125709" in text_of(refused)
    assert not Did.objects.filter(number="+493023125710").exists()


def test_it_lets_the_administrator_choose_what_rings_and_nothing_else(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("admin")
    shown = text_of(client.get(MAIN))
    assert 'name="destination"' in shown
    assert 'name="customer"' not in shown
    other = world.zuidlijn.customer.pk
    client.post(MAIN, {"destination": "", "customer": other, "is_main": ""})
    did = Did.objects.get(number="+4930231256")
    assert (did.destination, did.customer, did.is_main) == (
        None,
        world.nordbel.customer,
        True,
    )
    client.post(MAIN, {"destination": "201"})
    assert Did.objects.get(pk=did.pk).destination == world.nordbel.extension.destination


def test_it_refuses_an_extension_the_customer_does_not_have(
    sign_in: Opens, world: World, everyone: None
) -> None:
    form = {
        "customer": world.nordbel.customer.pk,
        "destination": "999",
        "is_main": "on",
    }
    response = sign_in("owner").post(MAIN, form)
    assert response.status_code == 422
    assert "has nothing called 999" in text_of(response)
    assert Did.objects.get(number="+4930231256").destination is not None


def test_it_never_offers_or_takes_another_resellers_customer(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("owner")
    assert "Bakkerij" not in text_of(client.get(MAIN))
    response = client.post(MAIN, {"customer": world.zuidlijn.customer.pk})
    assert response.status_code == 422
    held = Did.objects.get(number="+4930231256").customer
    assert held == world.nordbel.customer


def test_it_hides_another_resellers_number(sign_in: Opens) -> None:
    assert sign_in("owner", "zuidlijn").get(MAIN).status_code == 404
    assert "231256" not in text_of(sign_in("owner", "zuidlijn").get("/numbers/"))


def test_it_moves_a_number_to_another_reseller_without_its_customer(
    sign_in: Opens, world: World, everyone: None
) -> None:
    form = {
        "trunk": world.trunk.pk,
        "reseller": world.zuidlijn.reseller.pk,
        "customer": world.nordbel.customer.pk,
        "destination": "201",
        "is_main": "on",
    }
    sign_in("operator").post(MAIN, form)
    did = Did.objects.get(number="+4930231256")
    assert (did.reseller, did.customer, did.destination, did.is_main) == (
        world.zuidlijn.reseller,
        None,
        None,
        False,
    )


def test_it_removes_only_a_number_that_nobody_holds(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("operator")
    refused = client.post(MAIN + "delete/", {"confirm": "4930231256"})
    assert "Take the number from the customer first" in text_of(refused)
    stock = {"numbers": "+49 30 23125700", "trunk": str(world.trunk.pk)}
    client.post("/numbers/new/", stock)
    client.post("/numbers/493023125700/delete/", {"confirm": "493023125700"})
    assert list(Did.objects.filter(number__endswith="5700")) == []
