"""Two resellers of metering's own, with prices, and a journal of a node of their own.

The cast of the whole suite has calls already; these tests count, so they start empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db.models import QuerySet

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.metering.ingest import JournalFollower
from pbx_console.metering.models import Follower, Leg, PriceList
from pbx_console.metering.services.price_lists import (
    import_price_list,
    save_price_list,
)
from pbx_console.metering.services.tariffs import (
    choose_for_customer,
    choose_for_reseller,
)

NODE = "meter"
WHOLESALE = """prefix,name,per_minute,first_increment,next_increment
49,Germany,0.006,1,1
4915,Germany mobile,0.03,1,1
31,Netherlands,0.008,1,1
"""
RETAIL = """prefix,name,class,per_minute,setup,first_increment,next_increment
49,Germany,national,0.009,0,60,1
4915,Germany mobile,mobile,0.09,0.01,60,60
31,Netherlands,europe,0.02,0,30,6
"""


@dataclass
class Owner:
    """A reseller with one customer and the customer's price list."""

    reseller: Reseller
    customer: Customer
    retail: PriceList


@dataclass
class Owners:
    """Two that must never see each other's money, and the platform's list."""

    first: Owner
    second: Owner
    wholesale: PriceList


def make_owners() -> Owners:
    """Make both resellers with prices."""
    wholesale = filled(None, "meter-wholesale", WHOLESALE)
    first, second = (_owner(slug, wholesale) for slug in ("meter-one", "meter-two"))
    return Owners(first, second, wholesale)


def _owner(slug: str, wholesale: PriceList) -> Owner:
    reseller = save_reseller(SYSTEM, slug=slug, name=slug, country="DE")
    customer = save_customer(SYSTEM, reseller=reseller, name=slug, erp_number="D-1")
    choose_for_reseller(SYSTEM, reseller=reseller, price_list=wholesale)
    retail = filled(reseller, "flex", RETAIL)
    choose_for_customer(SYSTEM, customer=customer, price_list=retail)
    return Owner(reseller, customer, retail)


def filled(reseller: Reseller | None, slug: str, text: str) -> PriceList:
    """Return a new list with these prices."""
    made = save_price_list(SYSTEM, reseller=reseller, slug=slug, name=slug)
    result = import_price_list(SYSTEM, price_list=made, text=text)
    assert result.ok, result.errors
    return made


@pytest.fixture
def everyone() -> Iterator[None]:
    """Open the scope over all rows for the whole test."""
    with as_everyone("test of metering"):
        yield


@pytest.fixture
def owners(db: None, everyone: None) -> Owners:
    """Return both resellers; the cast's own follower rests and is not late."""
    Follower.objects.all().delete()
    return make_owners()


@pytest.fixture
def legs(db: None, everyone: None) -> QuerySet[Leg]:
    """Return the legs of these tests' node."""
    return Leg.objects.filter(node=NODE)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return an empty journal directory."""
    made = tmp_path / "journal"
    made.mkdir()
    return made


@pytest.fixture
def follow(journal: Path, everyone: None) -> Callable[[], JournalFollower]:
    """Return a function: a new follower reads everything that is there."""

    def read() -> JournalFollower:
        follower = JournalFollower(journal, node=NODE)
        while not follower.step().is_idle:
            pass
        return follower

    return read
