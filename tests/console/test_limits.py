"""The page of the limits: figures, saving, lifting a block."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Limit, LimitUse
from tests.conftest import Tenant, World

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
