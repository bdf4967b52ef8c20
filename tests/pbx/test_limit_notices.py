"""Who is told of a limit, in whose name, and what stands in the mail."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.mail import KINDS
from pbx_console.branding.mail.render import render
from pbx_console.branding.models import OutgoingMail
from pbx_console.metering.limit_watch import Near, _rows
from pbx_console.metering.models import CustomerTariff, PriceList
from pbx_console.metering.spending import NEAR
from pbx_console.pbx.models import LimitUse
from pbx_console.pbx.services.limit_notices import Crossed, note_crossing
from tests.conftest import Tenant, World

pytestmark = pytest.mark.django_db


def crossing(tenant: Tenant, level: str, percent: int = 100) -> Crossed:
    owner = (
        f"r{tenant.reseller.pk}" if level == "reseller" else f"c{tenant.customer.pk}"
    )
    begins = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    figures = (percent, 1_250_500_000, 1_250_000_000, "CHF")
    return Crossed(level, tenant.customer.pk, owner, "day", begins, "money", *figures)


def sent() -> dict[tuple[str, str], OutgoingMail]:
    """Every mail by its kind and whom it goes to."""
    return {(row.kind, row.to): row for row in OutgoingMail.objects.all()}


def test_a_customers_limit_is_told_in_the_resellers_name(world: World) -> None:
    north = world.nordbel
    with as_everyone("test"):
        assert note_crossing(crossing(north, "customer"))
        assert not note_crossing(crossing(north, "customer"))  # told once
        mails = sent()
        assert {to for _kind, to in mails} == {
            f"{role}@nordbel.example" for role in ("owner", "technician", "admin")
        }
        mail = mails["limit_reached", "admin@nordbel.example"]
        assert mail.brand.reseller == north.reseller
        context: dict[str, Any] = json.loads(str(mail.payload))
        drawn = render(mail.brand, KINDS[mail.kind], "de", context)
    assert "1.250,50\u00a0CHF" in drawn.text
    assert north.customer.name in drawn.subject
    assert f"//{north.host}" in drawn.text
    assert f"/customers/{north.customer.code}/limits/" in drawn.text


def test_a_resellers_own_limit_is_told_to_its_people_and_to_who_can_lift_it(
    world: World,
) -> None:
    north = world.nordbel
    with as_everyone("test"):
        note_crossing(crossing(north, "reseller"))
        mails = sent()
        people = ("owner@nordbel.example", "technician@nordbel.example")
        assert set(mails) == {
            ("sum_reached", to) for to in (*people, "staff@platform.example")
        }
        assert mails["sum_reached", "staff@platform.example"].brand.reseller is None
        OutgoingMail.objects.all().delete()
        note_crossing(crossing(north, "reseller", 80))
        assert set(sent()) == {("sum_warning", to) for to in people}


def test_money_is_told_in_the_currency_of_the_payers_list(world: World) -> None:
    north = world.nordbel
    with as_everyone("test"):
        sale = CustomerTariff.objects.get(customer=north.customer).price_list
        PriceList.objects.filter(pk=sale.pk).update(currency="GBP")
        begins = _rows(
            "SELECT day_from FROM asterisk.local_windows(now(), %(z)s)",
            {"z": north.customer.timezone},
        )[0][0]
        LimitUse.objects.create(
            reseller=north.reseller,
            customer=north.customer,
            owner=f"c{north.customer.pk}",
            window="day",
            begins_at=begins,
            micro=500_000_000,
        )
        found = [Near(*row) for row in _rows(NEAR)]
    assert [(row.level, row.currency) for row in found] == [("customer", "GBP")]
    (crossed,) = found[0].crossed()
    assert (crossed.percent, crossed.currency) == (100, "GBP")
