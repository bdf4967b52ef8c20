"""Customers: what each role sees, saves and is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.extensions import save_extension
from tests.conftest import World
from tests.console.conftest import Opens, text_of

LIST = "/customers/"
FORM = {
    "name": "Weingut Rabenstieg",
    "erp_number": "K-20719",
    "country": "DE",
    "language": "de",
    "timezone": "Europe/Berlin",
    "max_extensions": "10",
    "max_numbers": "10",
    "max_calls": "5",
    "max_storage_mb": "50",
    "features": ["people", "call_list", "customer_logo", "outside_calls", "recording"],
}


def test_it_lists_the_own_customers_only(sign_in: Opens) -> None:
    shown = text_of(sign_in("owner").get(LIST))
    assert "Möbelhaus Altendorf" in shown
    assert "Bakkerij De Vries" not in shown


def test_it_lists_everybody_for_platform_staff_and_by_reseller(sign_in: Opens) -> None:
    client = sign_in("operator")
    assert "Bakkerij De Vries" in text_of(client.get(LIST))
    only = text_of(client.get(LIST, {"reseller": "nordbel"}))
    assert "Bakkerij De Vries" not in only.partition('id="main"')[2]


@pytest.mark.parametrize(
    "asked", ["altendorf", "ALTEND", "030 231256", "+49 30 231256"]
)
def test_it_finds_a_customer_by_name_or_outside_number(
    sign_in: Opens, asked: str
) -> None:
    shown = text_of(sign_in("owner").get(LIST, {"q": asked}))
    assert "/customers/c" in shown.partition("<tbody>")[2]


def test_it_teaches_when_nothing_is_found(sign_in: Opens) -> None:
    assert "No customer matches" in text_of(sign_in("owner").get(LIST, {"q": "zzz"}))


def test_it_hides_sums_of_money_from_technicians(sign_in: Opens) -> None:
    assert "Margin" in text_of(sign_in("owner").get(LIST))
    assert "Margin" not in text_of(sign_in("technician").get(LIST))


def test_it_asks_a_fixed_number_of_queries(
    sign_in: Opens, world: World, django_assert_max_num_queries: Any
) -> None:
    with as_everyone("more customers"):
        for n in range(30):
            save_customer(SYSTEM, reseller=world.nordbel.reseller, name=f"Firma {n}")
    client = sign_in("owner")
    client.get(LIST)
    with django_assert_max_num_queries(16):
        client.get(LIST)


def test_it_adds_a_customer_of_the_own_reseller(
    sign_in: Opens, world: World, everyone: None
) -> None:
    response = sign_in("owner").post("/customers/new/", FORM)
    made = Customer.objects.get(name=FORM["name"])
    assert response["Location"] == reverse("console:customer", args=[made.code])
    assert made.reseller == world.nordbel.reseller


def test_it_adds_nothing_and_says_why(sign_in: Opens, everyone: None) -> None:
    before = Customer.objects.count()
    bad = {**FORM, "name": "", "erp_number": "K 1;2", "max_extensions": "0"}
    response = sign_in("owner").post("/customers/new/", bad)
    shown = text_of(response)
    assert response.status_code == 422
    assert "Letters, digits and . / - _ only." in shown
    assert "Nothing was saved" in shown
    assert Customer.objects.count() == before


def test_it_refuses_a_customer_number_that_is_used(
    sign_in: Opens, everyone: None
) -> None:
    client = sign_in("owner")
    client.post("/customers/new/", FORM)
    again = client.post("/customers/new/", {**FORM, "name": "Other"})
    assert "already used" in text_of(again)
    assert not Customer.objects.filter(name="Other").exists()


def test_it_lets_two_resellers_use_the_same_customer_number(
    sign_in: Opens, everyone: None
) -> None:
    for tenant in ("nordbel", "zuidlijn"):
        assert sign_in("owner", tenant).post("/customers/new/", FORM).status_code == 302


def test_it_changes_a_customer(sign_in: Opens, world: World, everyone: None) -> None:
    held = world.nordbel.customer
    changed = {**FORM, "name": "Altendorf GmbH", "max_call_minutes": "60"}
    url = reverse("console:customer_edit", args=[held.code])
    sign_in("owner").post(url, {**changed, "is_active": "on"})
    held.refresh_from_db()
    assert (held.name, held.max_call_minutes, held.is_active) == (
        "Altendorf GmbH",
        60,
        True,
    )


def test_it_does_not_change_another_resellers_customer(
    sign_in: Opens, world: World, everyone: None
) -> None:
    url = reverse("console:customer_edit", args=[world.zuidlijn.customer.code])
    assert sign_in("owner").post(url, FORM).status_code == 404
    assert not Customer.objects.filter(name=FORM["name"]).exists()


def test_it_writes_the_list_as_a_file_without_formulas(
    sign_in: Opens, world: World
) -> None:
    with as_everyone("a name that a spreadsheet would run"):
        save_customer(SYSTEM, reseller=world.nordbel.reseller, name="=1+1")
    response = sign_in("owner").get(LIST, {"format": "csv"})
    assert "attachment" in response["Content-Disposition"]
    assert "'=1+1" in text_of(response)
    assert "Bakkerij" not in text_of(response)


def test_it_never_says_who_runs_the_platform(sign_in: Opens, world: World) -> None:
    held = reverse("console:customer", args=[world.nordbel.customer.code])
    for role in ("owner", "admin"):
        shown = text_of(sign_in(role).get(held)).lower()
        assert "operator" not in shown
        assert "platform" not in shown


@pytest.mark.usefixtures("in_english")
def test_a_new_customer_has_words_where_charts_will_be(
    world: World, sign_in: Opens
) -> None:
    """Empty states say what comes, and offer the next step that is possible now."""
    with as_everyone("test"):
        made = save_customer(SYSTEM, reseller=world.nordbel.reseller, name="Brand new")
    client = sign_in("technician")
    url = f"/customers/{made.code}/"
    page = text_of(client.get(url))
    assert "No calls yet" in page
    assert "It needs an extension and a number." in page
    assert 'class="bars' not in page
    with as_everyone("test"):
        one = save_extension(SYSTEM, customer=made, number="201", name="One")
        values = {"trunk": world.trunk, "reseller": made.reseller, "customer": made}
        place = one.destination
        save_did(SYSTEM, number="+4930231258", destination=place, **values)
    page = text_of(client.get(url))
    assert f"/customers/{made.code}/call-path/test/" in page
    page = text_of(client.get(f"/customers/{world.nordbel.customer.code}/"))
    assert "No call has been answered today yet." in page  # the cast called yesterday
