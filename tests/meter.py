"""Prices, calls and a sealed export for each reseller of the cast, by the real path."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.demo.journal import Leg, Party, lines
from pbx_console.metering import exports, ingest
from pbx_console.metering.models import PriceList
from pbx_console.metering.services.price_lists import import_price_list, save_price_list
from pbx_console.metering.services.tariffs import (
    choose_for_customer,
    choose_for_reseller,
)

COLUMNS = "prefix,name,per_minute,first_increment,next_increment\n"
WHOLESALE = COLUMNS + "49,Germany,0.006,1,1\n31,Netherlands,0.009,1,1\n"
RETAIL = COLUMNS + "49,Germany,0.03,60,1\n31,Netherlands,0.04,60,1\n"
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).replace(
    hour=10, minute=0, second=0, microsecond=0
)


def make_prices(resellers: list[Reseller]) -> None:
    """Give every reseller a purchase list and its customers a sale list."""
    wholesale = _list(None, "wholesale", WHOLESALE)
    for reseller in resellers:
        choose_for_reseller(SYSTEM, reseller=reseller, price_list=wholesale)
        retail = _list(reseller, f"retail-{reseller.slug}", RETAIL)
        for customer in reseller.customers.all():
            choose_for_customer(SYSTEM, customer=customer, price_list=retail)


def _list(reseller: Reseller | None, slug: str, text: str) -> PriceList:
    made = save_price_list(SYSTEM, reseller=reseller, slug=slug, name=slug.title())
    assert import_price_list(SYSTEM, price_list=made, text=text).ok
    return made


def make_calls(customers: list[Customer]) -> None:
    """Let every customer's 201 have made and got one call yesterday at 10, sealed."""
    start = int(YESTERDAY.timestamp() * 1_000_000)
    legs = []
    for place, customer in enumerate(customers):
        main = customer.dids.get(is_main=True).number
        party = Party(customer.code, "201", "Reception", main)
        for n, direction in enumerate(("out", "in")):
            at = start + (place * 10 + n) * 60_000_000
            serial = place * 10 + n + 1
            other = "+493023125999"
            legs.append(Leg(party, direction, other, at, 5_000_000, 75_500_000, serial))
    with TemporaryDirectory() as folder:
        text = "".join(lines(legs, trunk="carrier"))
        (Path(folder) / "cel.csv").write_text(text, encoding="utf-8")
        ingest.run_once(Path(folder))
    exports.export_day(YESTERDAY.date())
