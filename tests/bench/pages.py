"""How long the server needs for a page of the list of calls, with a million of them.

Pages are asked in turn (many calls, few calls, many, …), so that a busy machine slows both
alike. `cpu_ms` is the console's own processor time, `database_ms` what its queries took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.models import Leg
from tests.bench.report import Result, high, middle, seconds
from tests.conftest import Tenant, World, make_world, owner_connection, sign_in_as

LEGS = 1_000_000
CUSTOMERS = 200
FEW = 1_000
DEEP = 900_000
TIMES = 30

_MAKE_CUSTOMERS = """
INSERT INTO accounts_customer (reseller_id, code, name, erp_number, country, language,
  timezone, max_extensions, max_numbers, max_calls, max_storage_mb, features,
  require_second_factor, max_call_minutes, is_active, created_at, changed_at)
SELECT reseller.id, 'cb' || reseller.id || lpad(n::text, 4, '0'), 'Customer ' || n, '',
  'DE', 'de', 'Europe/Berlin', 50, 100, 10, 100, reseller.features,
  false, 240, true, now(), now()
FROM generate_series(1, %s) n JOIN accounts_reseller reseller ON reseller.slug = %s
"""
_MAKE_LEGS = """
INSERT INTO metering_leg (node, uniqueid, linkedid, reseller_id, customer_id, direction,
  extension_number, trunk_slug, number, caller_number, answered_at, hung_up_at,
  duration_ms, state, reason)
SELECT 'pages', reseller.slug || n, reseller.slug || n, reseller.id, customer.id, 'out',
  '201', 'carrier', '+4930' || (n %% 10000000), '', now() - (%s - n) * interval '3 s',
  now() - (%s - n) * interval '3 s' + interval '61 s', 61000, 'rated', ''
FROM generate_series(1, %s) n JOIN accounts_reseller reseller ON reseller.slug = %s
JOIN accounts_customer customer
  ON customer.code = 'cb' || reseller.id || lpad((n %% %s + 1)::text, 4, '0')
"""
_MAKE_CHARGES = """
INSERT INTO metering_charge (leg_id, level, kind, generation, reseller_id, customer_id,
  direction, extension_number, number, answered_at, hung_up_at, duration_ms, billed_ms,
  rule, price_list_name, prefix, destination, destination_class, period, rounding, steps,
  amount_micro, currency, created_at, late)
SELECT id, level, 'charge', 1, reseller_id, customer_id, direction, extension_number,
  number, answered_at, hung_up_at, duration_ms, duration_ms, 'price', 'Flex', '49',
  'Germany', 'national', 'all', 'half_up_4', '[]', 9000, 'EUR', now(), false
FROM metering_leg, (VALUES ('wholesale'), ('retail')) levels (level) WHERE node = 'pages'
"""


def pages() -> Iterator[Result]:
    """Median server time of the first and a deep page, for a reseller with all calls."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with mock.patch("pbx_console.pbx.tasks._send"):
        world = make_world()
    _fill(world)
    many, few = _Pages(world.nordbel), _Pages(world.zuidlijn)
    first, small = _in_turn(lambda: many.get(""), lambda: few.get(""), times=TIMES)
    yield Result(
        "calls, first page",
        middle(first),
        "ms",
        middle(small),
        f"the same page with {FEW} legs",
        {"legs": LEGS, "p95": round(high(first), 1), **many.costs("")},
    )
    place = _position(world)
    deep, offset = _in_turn(
        lambda: many.get(place), lambda: _by_offset(world), times=10
    )
    yield Result(
        "calls, deep page",
        middle(deep),
        "ms",
        middle(offset),
        "the query by OFFSET alone",
        {"legs": LEGS, "row": DEEP, "p95": round(high(deep), 1), **many.costs(place)},
    )


def _in_turn(
    one: Callable[[], object], other: Callable[[], object], *, times: int
) -> tuple[list[float], list[float]]:
    pairs = [(seconds(one) * 1000, seconds(other) * 1000) for _n in range(times)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _fill(world: World) -> None:
    with owner_connection(options="-c pbx.scope=everyone") as owner:
        for tenant, legs in ((world.nordbel, LEGS), (world.zuidlijn, FEW)):
            slug = tenant.reseller.slug
            owner.execute(_MAKE_CUSTOMERS, [CUSTOMERS, slug])
            owner.execute(_MAKE_LEGS, [legs, legs, legs, slug, CUSTOMERS])
        owner.execute(_MAKE_CHARGES)
        owner.execute("VACUUM ANALYZE metering_leg, metering_charge")


class _Pages:
    """A signed-in owner of a reseller who looks at the calls."""

    def __init__(self, tenant: Tenant) -> None:
        client = Client(headers={"host": tenant.host})
        self.client = sign_in_as(client, tenant.people["owner"])

    def get(self, query: str) -> None:
        answer = self.client.get(reverse("console:calls") + query)
        assert answer.status_code == 200, answer.status_code

    def costs(self, query: str) -> dict[str, Any]:
        """Return processor and database milliseconds and the number of queries."""
        cpu = [self._cpu(query) for _n in range(TIMES)]
        with CaptureQueriesContext(connection) as captured:
            self.get(query)
        taken = sum(float(one["time"]) for one in captured.captured_queries) * 1000
        return {
            "cpu_ms": round(middle(cpu), 1),
            "database_ms": round(taken, 1),
            "queries": len(captured.captured_queries),
        }

    def _cpu(self, query: str) -> float:
        start = time.process_time()
        self.get(query)
        return (time.process_time() - start) * 1000


def _position(world: World) -> str:
    """Return the query string of a page deep in the list, as the pager would write it."""
    from pbx_console.console.paging import _position as encode  # noqa: PLC0415

    with as_everyone("benchmark"):
        rows = Leg.objects.filter(reseller=world.nordbel.reseller)
        row = rows.order_by("-answered_at", "-id")[DEEP]
    return "?after=" + encode(row, ("-answered_at", "-id"))


def _by_offset(world: World) -> None:
    """Fetch the same fifty rows by counting past all rows before them."""
    with as_everyone("benchmark"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM metering_leg WHERE reseller_id = %s"
            " ORDER BY answered_at DESC, id DESC OFFSET %s LIMIT 50",
            [world.nordbel.reseller.pk, DEEP],
        )
        assert len(cursor.fetchall()) == 50
