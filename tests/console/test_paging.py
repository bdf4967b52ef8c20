"""Keyset paging: every row once, forwards and backwards, whatever the position says."""

from __future__ import annotations

from typing import Any

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services.customers import save_customer
from pbx_console.console.paging import Page, page
from tests.conftest import World

KEYS = ("name", "id")


@pytest.fixture
def many(world: World, everyone: None) -> list[str]:
    """Give a reseller seven customers, some with the same name."""
    for name in ("B", "B", "B", "A", "C", "C", "D"):
        save_customer(SYSTEM, reseller=world.nordbel.reseller, name=name)
    rows = Customer.objects.order_by(*KEYS)
    return [f"{row.name}{row.pk}" for row in rows]


def _walk(way: str, start: Page, keys: Any = KEYS) -> list[Page]:
    pages = [start]
    while token := getattr(pages[-1], way):
        asked = {way: token}
        pages.append(page(Customer.objects.all(), keys, asked, size=3))
    return pages


def _names(pages: list[Page]) -> list[str]:
    return [f"{row.name}{row.pk}" for found in pages for row in found.rows]


def test_it_shows_every_row_once_going_forwards(many: list[str]) -> None:
    first = page(Customer.objects.all(), KEYS, {}, size=3)
    assert first.before is None
    assert _names(_walk("after", first)) == many


def test_it_comes_back_to_the_same_first_page(many: list[str]) -> None:
    first = page(Customer.objects.all(), KEYS, {}, size=3)
    last = _walk("after", first)[-1]
    back = _walk("before", last)
    assert _names([back[-1]]) == many[: len(back[-1].rows)]
    assert _names(list(reversed(back))) == many


def test_it_goes_downwards_as_well(many: list[str]) -> None:
    keys = ("-name", "-id")
    first = page(Customer.objects.all(), keys, {}, size=3)
    assert _names(_walk("after", first, keys)) == list(reversed(many))


@pytest.mark.parametrize("token", ["", "x", "W10", "WyJhIl0", "bnVsbA", "[]", "é"])
def test_it_shows_the_first_page_for_a_position_nobody_can_read(
    many: list[str], token: str
) -> None:
    shown = page(Customer.objects.all(), KEYS, {"after": token}, size=3)
    assert _names([shown]) == many[:3]


def test_it_never_counts_and_never_skips_rows(
    many: list[str], django_assert_num_queries: Any
) -> None:
    first = page(Customer.objects.all(), KEYS, {}, size=3)
    with django_assert_num_queries(1) as asked:
        page(Customer.objects.all(), KEYS, {"after": first.after or ""}, size=3)
    sql = asked.captured_queries[0]["sql"]
    assert "OFFSET" not in sql
    assert "COUNT" not in sql
