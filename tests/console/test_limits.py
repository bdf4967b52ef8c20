"""The page of the limits: figures, saving, lifting a block."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.models import CustomerTariff, PriceList
from pbx_console.metering.services.price_lists import save_price_list
from pbx_console.metering.services.tariffs import choose_for_customer
from pbx_console.pbx.models import Limit, LimitUse
from pbx_console.pbx.services.limit_notices import note_crossing
from pbx_console.pbx.services.limits import save_limits
from tests.conftest import Tenant, World
from tests.pbx.test_limit_notices import crossing

pytestmark = pytest.mark.django_db


def address(tenant: Tenant, more: str = "") -> str:
    return f"/customers/{tenant.customer.code}/limits/{more}"


def use(tenant: Tenant, micro: int) -> None:
    with as_everyone("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT day_from FROM asterisk.local_windows(%s, %s)",
            [datetime.now(UTC), tenant.customer.timezone],
        )
        LimitUse.objects.create(
            reseller=tenant.reseller,
            customer=tenant.customer,
            owner=f"c{tenant.customer.pk}",
            window="day",
            begins_at=cursor.fetchone()[0],
            micro=micro,
        )


def typed(**values: Any) -> dict[str, Any]:
    return {"money_day": "50", "minutes_day": "600", "night_percent": "100", **values}


def test_a_technician_changes_what_a_customer_may_spend(
    world: World, as_person: Any
) -> None:
    north = world.nordbel
    client: Client = as_person(north.people["technician"], north.host)
    done = client.post(
        address(north),
        typed(own_countries="on", countries=["PL", "US"], expensive_forwards="yes"),
    )
    assert done.status_code == 302
    with as_everyone("test"):
        row = Limit.objects.get(customer=north.customer, extension=None)
        assert AuditEntry.objects.filter(verb="limit.saved").exists()
    assert (row.money_day_micro, row.minutes_hour) == (50_000_000, None)
    assert row.countries == ["PL", "US"]
    assert row.expensive_forwards is True
    assert row.opened is None


def test_a_block_shows_and_is_lifted_with_a_reason(
    world: World, as_person: Any
) -> None:
    north = world.nordbel
    client: Client = as_person(north.people["technician"], north.host)
    client.post(address(north), typed(money_day="10"))
    use(north, 11_000_000)
    page = client.get(address(north)).content.decode()
    assert 'class="meter"' in page
    assert "lift/" in page
    refused = client.post(address(north, "lift/"), {"reason": " ", "until": "hour"})
    assert refused.status_code == 302
    with as_everyone("test"):
        assert not AuditEntry.objects.filter(verb="limit.lifted").exists()
    client.post(address(north, "lift/"), {"reason": "Trade fair", "until": "hour"})
    with as_everyone("test"):
        entry = AuditEntry.objects.get(verb="limit.lifted")
        row = Limit.objects.get(customer=north.customer, extension=None)
    assert entry.after["reason"] == "Trade fair"
    assert row.lift_day_micro == 11_000_000
    assert "lift/" not in client.get(address(north)).content.decode()


def test_a_customer_sees_its_limits_and_changes_none(
    world: World, as_person: Any
) -> None:
    north = world.nordbel
    client: Client = as_person(north.people["admin"], north.host)
    assert client.get(address(north)).status_code == 200
    assert client.post(address(north), typed()).status_code == 403


def test_amounts_are_shown_in_the_currency_of_the_payers_list(
    world: World, as_person: Any
) -> None:
    north = world.nordbel
    with as_everyone("test"):
        sale = CustomerTariff.objects.get(customer=north.customer).price_list
        PriceList.objects.filter(pk=sale.pk).update(currency="GBP")
        save_limits(SYSTEM, owner=north.reseller, money_day_micro=10_000_000)
    client: Client = as_person(north.people["technician"], north.host)
    page = client.get(address(north)).content.decode()
    assert "€" not in page
    assert "£" in page
    assert "Money in GBP" in page
    use(north, 101_000_000)
    place = f"/resellers/{north.reseller.slug}/limits/"
    assert "€10.00" in client.get(place).content.decode()  # what it pays itself
    mine = client.get("/limits/").content.decode()
    assert place in mine  # the way there


def test_a_new_currency_begins_to_count_money_anew(world: World) -> None:
    north = world.nordbel
    use(north, 101_000_000)
    with as_everyone("test"):
        sale = CustomerTariff.objects.get(customer=north.customer).price_list
        francs = save_price_list(
            SYSTEM, reseller=north.reseller, slug="chf", name="Francs", currency="CHF"
        )
        choose_for_customer(SYSTEM, customer=north.customer, price_list=sale)
        used = LimitUse.objects.filter(owner=f"c{north.customer.pk}", micro__gt=0)
        assert used.filter(micro=101_000_000).exists()
        choose_for_customer(SYSTEM, customer=north.customer, price_list=francs)
        assert not used.exists()


def test_a_resellers_people_see_who_is_stopped_and_why(
    world: World, as_person: Any
) -> None:
    north = world.nordbel
    with as_everyone("test"):
        save_limits(SYSTEM, owner=north.reseller, minutes_day=0)
        note_crossing(crossing(north, "customer"))
    use(north, 101_000_000)
    client: Client = as_person(north.people["technician"], north.host)
    overview = client.get("/limits/").content.decode()
    assert f'href="{address(north)}"' in overview
    stopped = f"The limit of {north.reseller.name} over all customers is used up"
    assert stopped in client.get(address(north)).content.decode()
    # A customer learns of none of its reseller's limits.
    client = as_person(north.people["admin"], north.host)
    assert client.get("/limits/")["Location"] == address(north)
    page = client.get(address(north)).content.decode()
    assert stopped not in page
    assert 'class="stop-x"' in page
    south: Client = as_person(world.zuidlijn.people["owner"], world.zuidlijn.host)
    assert north.customer.code not in south.get("/limits/").content.decode()


def test_countries_are_ticked_one_by_one(world: World, as_person: Any) -> None:
    north = world.nordbel
    client: Client = as_person(north.people["technician"], north.host)
    client.post(address(north), typed(own_countries="on", countries=["PL", "CU"]))
    page = client.get(address(north)).content.decode()
    for region, mark in (("PL", " checked"), ("CU", " checked"), ("DK", "")):
        assert f'name="countries" value="{region}"{mark}>' in page
    wrong = client.post(address(north), typed(own_countries="on", countries=["XX"]))
    assert wrong.status_code == 422


def test_what_a_reseller_may_spend_is_not_its_own_to_decide(
    world: World, as_person: Any
) -> None:
    north = world.nordbel
    client: Client = as_person(north.people["owner"], north.host)
    place = f"/resellers/{north.reseller.slug}/limits/"
    assert client.get(place).status_code == 200
    assert client.post(place, typed()).status_code == 403
    other = f"/resellers/{world.zuidlijn.reseller.slug}/limits/"
    assert client.get(other).status_code == 404
