"""How long the server needs for a page of the list of calls, with a million of them."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.models import Leg
from tests.bench.report import Result, high, middle, milliseconds
from tests.conftest import World, make_world, owner_connection, sign_in_as

LEGS = 1_000_000
CUSTOMERS = 200
FEW = 1_000
DEEP = 900_000
TIMES = 30

_MAKE_CUSTOMERS = """
INSERT INTO accounts_customer (reseller_id, code, name, erp_number, country, language,
  timezone, max_extensions, max_call_minutes, is_active, created_at, changed_at)
SELECT reseller.id, 'cb' || lpad(n::text, 4, '0'), 'Customer ' || n, '', 'DE', 'de',
  'Europe/Berlin', 50, 240, true, now(), now()
FROM generate_series(1, %s) n JOIN accounts_reseller reseller ON reseller.slug = 'nordbel'
"""
_MAKE_LEGS = """
INSERT INTO metering_leg (node, uniqueid, linkedid, reseller_id, customer_id, direction,
  extension_number, trunk_slug, number, caller_number, answered_at, hung_up_at,
  duration_ms, state, reason)
SELECT 'pages', 'b' || n, 'b' || n, customer.reseller_id, customer.id, 'out', '201',
  'carrier', '+4930' || (n %% 10000000), '', now() - (%s - n) * interval '3 seconds',
  now() - (%s - n) * interval '3 seconds' + interval '61 seconds', 61000, 'rated', ''
FROM generate_series(1, %s) n
JOIN accounts_customer customer
  ON customer.code = 'cb' || lpad((n %% %s + 1)::text, 4, '0')
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
    _fill(FEW)
    few = milliseconds(lambda: _get(world, ""), times=TIMES)
    _fill(LEGS)
    first = milliseconds(lambda: _get(world, ""), times=TIMES)
    size = {"legs": LEGS, "p95": round(high(first), 1)}
    yield Result(
        "calls, first page",
        middle(first),
        "ms",
        middle(few),
        f"the same with {FEW} legs",
        size,
    )
    place = _position(world)
    deep = milliseconds(lambda: _get(world, place), times=TIMES)
    offset = milliseconds(lambda: _by_offset(world), times=5)
    size = {"legs": LEGS, "row": DEEP, "p95": round(high(deep), 1)}
    yield Result(
        "calls, deep page",
        middle(deep),
        "ms",
        middle(offset),
        "the OFFSET query alone",
        size,
    )


def _fill(legs: int) -> None:
    with owner_connection(options="-c pbx.scope=everyone") as owner:
        owner.execute("ALTER TABLE metering_charge DISABLE TRIGGER charge_kept")
        owner.execute(
            "DELETE FROM metering_charge WHERE leg_id IN ("
            "SELECT id FROM metering_leg WHERE node = 'pages')"
        )
        owner.execute("ALTER TABLE metering_charge ENABLE TRIGGER charge_kept")
        owner.execute("DELETE FROM metering_leg WHERE node = 'pages'")
        owner.execute("DELETE FROM accounts_customer WHERE code LIKE 'cb0%'")
        owner.execute(_MAKE_CUSTOMERS, [CUSTOMERS])
        owner.execute(_MAKE_LEGS, [legs, legs, legs, CUSTOMERS])
        owner.execute(_MAKE_CHARGES)
        owner.execute("VACUUM ANALYZE metering_leg, metering_charge")


_clients: dict[str, Client] = {}


def _client(world: World) -> Client:
    if not _clients:
        made = Client(headers={"host": world.nordbel.host})
        _clients["owner"] = sign_in_as(made, world.nordbel.people["owner"])
    return _clients["owner"]


def _get(world: World, query: str) -> None:
    answer = _client(world).get(reverse("console:calls") + query)
    assert answer.status_code == 200, answer.status_code
    assert b"+49" in answer.content or b"030" in answer.content


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
