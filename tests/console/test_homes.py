"""The first page of each level."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.branding.models import Brand
from pbx_console.branding.services.drafts import publish, save_draft
from pbx_console.pbx.models import Extension
from tests.conftest import World
from tests.console.conftest import Opens, text_of


def test_it_shows_platform_staff_the_whole_house(sign_in: Opens) -> None:
    shown = text_of(sign_in("operator").get("/"))
    for word in ("Resellers", "Calls today", "Nordbel", "Zuidlijn", "Journal"):
        assert word in shown


def test_it_shows_a_reseller_its_day(sign_in: Opens) -> None:
    shown = text_of(sign_in("owner").get("/"))
    for word in ("Phones registered", "Calls today", "Margin per customer", "To do"):
        assert word in shown
    assert "Zuidlijn" not in shown


def test_it_shows_a_technician_no_money(sign_in: Opens) -> None:
    shown = text_of(sign_in("technician").get("/"))
    assert "Margin" not in shown
    assert "Sales" not in shown


def test_it_leads_an_administrator_to_the_own_customer(
    sign_in: Opens, world: World
) -> None:
    response = sign_in("admin").get("/")
    code = world.nordbel.customer.code
    assert response["Location"] == reverse("console:customer", args=[code])


def test_it_guides_a_reseller_without_customers(
    sign_in: Opens, world: World, everyone: None
) -> None:
    Customer.objects.filter(reseller=world.nordbel.reseller).update(is_active=False)
    shown = text_of(sign_in("owner").get("/"))
    assert "Getting started" in shown
    assert "Add the first customer" in shown
    assert "Dress the console" in shown  # nobody published this brand yet

    brand = Brand.objects.get(reseller=world.nordbel.reseller)
    save_draft(SYSTEM, brand=brand, files={}, login_text="Hello.")
    publish(SYSTEM, brand=brand)
    assert "Dress the console" not in text_of(sign_in("owner").get("/"))


def test_it_tells_of_a_save_that_did_not_arrive(
    sign_in: Opens, world: World, everyone: None
) -> None:
    failed = {
        "live_revision": 0,
        "revision": 1,
        "failure": "no connection: [Errno 111]",
    }
    Extension.objects.filter(pk=world.nordbel.extension.pk).update(**failed)
    shown = text_of(sign_in("owner").get("/"))
    assert "1 change has not reached the telephone system" in shown
    assert "The telephone system cannot be reached." in shown
    assert "has not reached" not in text_of(sign_in("owner", "zuidlijn").get("/"))


def test_it_tells_of_a_quota_that_is_used_up(
    sign_in: Opens, world: World, everyone: None
) -> None:
    held = world.nordbel.customer
    Customer.objects.filter(pk=held.pk).update(max_extensions=1)
    shown = text_of(sign_in("owner").get("/"))
    assert "has almost no extensions left" in shown


@pytest.mark.parametrize(("role", "most"), [("operator", 30), ("owner", 31)])
def test_it_asks_a_bounded_number_of_queries(
    sign_in: Opens, django_assert_max_num_queries: Any, role: str, most: int
) -> None:
    client = sign_in(role)
    client.get("/")
    with django_assert_max_num_queries(most):
        client.get("/")
