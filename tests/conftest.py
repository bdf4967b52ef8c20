"""The test database and the fixed cast.

The database is made and migrated by its owner, then every test works as the console's
own role, so that row-level security and grants hold in tests as they do in production.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client, override_settings
from django_otp.plugins.otp_totp.models import TOTPDevice
from hypothesis import HealthCheck
from hypothesis import settings as Hypothesis
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, Reseller, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.accounts.services.people import add_person
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.branding import hosts
from pbx_console.lib import env
from pbx_console.pbx.models import Extension, Trunk
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.trunks import save_route, save_trunk
from tests import schema
from tests.brands import make_brands
from tests.dns import DnsServer
from tests.meter import make_calls, make_prices

# A busy machine is no reason to fail.
Hypothesis.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
Hypothesis.load_profile("house")

PASSWORD = "a long enough test password"
ASKED = ("did_of", "known_caller", "shown_number")
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def owner_connection(**over: Any) -> psycopg.Connection[Any]:
    """Return a connection of the tables' owner to the test database."""
    parts = env.database("DATABASE_OWNER_URL")
    return psycopg.connect(
        host=parts["HOST"],
        port=parts["PORT"],
        user=parts["USER"],
        password=parts["PASSWORD"],
        dbname=over.pop("dbname", settings.DATABASES["default"]["NAME"]),
        autocommit=True,
        **over,
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Make the test database new: create, migrate as owner, open to TRUNCATE."""
    name = settings.DATABASES["default"]["NAME"]
    assert "test" in name, "tests run on a database whose name says so"
    with owner_connection(dbname="postgres") as admin:
        known = "SELECT FROM pg_database WHERE datname = %s"
        if admin.execute(known, [name]).fetchone() is None:
            admin.execute(f'CREATE DATABASE "{name}"')
    with owner_connection() as owner:  # not dropped: the test Asterisk is connected
        owner.execute("DROP SCHEMA IF EXISTS asterisk CASCADE")
        owner.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    schema.migrate(os.environ)
    with owner_connection() as owner:  # transactional tests flush; production may not
        owner.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO pbx_console")
        owner.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA asterisk TO pbx_console")
        for name in ASKED:  # they answer for every customer; the console may not ask
            owner.execute(f"GRANT EXECUTE ON FUNCTION asterisk.{name} TO pbx_console")
    with django_db_blocker.unblock():
        yield
        connections.close_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that empty the tables last: the cast is made once for the others."""
    items.sort(key=_empties_the_tables)


def _empties_the_tables(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    transactional = {"transactional_db", "live_server", "committed_world", "street"}
    return bool(mark and mark.kwargs.get("transaction")) or bool(
        transactional.intersection(fixtures)
    )


@pytest.fixture(autouse=True)
def quick_and_alone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash quickly, run tasks in place, keep caches and sockets inside the process."""
    hosts.forget()  # what another test's hosts looked like
    hosts._known.clear()
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    }
    limiter = MovingWindowRateLimiter(MemoryStorage())
    monkeypatch.setattr(
        "pbx_console.accounts.services.throttle._limiter", lambda: limiter
    )
    monkeypatch.setattr("pbx_console.branding.limiter._shared", lambda: limiter)


@dataclass
class Tenant:
    """One reseller of the cast with its customer, which owns extension 201."""

    reseller: Reseller
    customer: Customer
    extension: Extension
    people: dict[str, User]
    host: str
    number: str


@dataclass
class World:
    """The cast: two resellers, each with a customer owning 201, and platform staff."""

    nordbel: Tenant
    zuidlijn: Tenant
    operator: User
    trunk: Trunk
    operator_host: str = "console.localhost"


CAST = (
    ("nordbel", "Nordbel", "DE", "Möbelhaus Altendorf", "+4930231256"),
    ("zuidlijn", "Zuidlijn", "NL", "Bakkerij De Vries", "+31207990100"),
)


def make_tenant(slug: str, name: str, country: str, customer: str, number: str) -> None:
    """Make a reseller with one customer, people in every role and extension 201."""
    reseller = save_reseller(SYSTEM, slug=slug, name=name, country=country)
    # An address of its own: no two owners may name the same one.
    host = f"127.0.1.{len(slug)}"
    save_trunk(SYSTEM, slug=f"own-{slug}", name="Own", host=host, reseller=reseller)
    held = save_customer(SYSTEM, reseller=reseller, name=customer)
    extension = save_extension(SYSTEM, customer=held, number="201", name="Reception")
    trunk = Trunk.objects.get(slug="carrier")
    save_did(
        SYSTEM,
        number=number,
        trunk=trunk,
        reseller=reseller,
        customer=held,
        destination=extension.destination,
        is_main=True,
    )
    for role in ROLES:
        _person(slug, role, reseller, held)


ROLES = ("owner", "technician", "billing", "reader", "admin", "end_user")


def _person(slug: str, role: str, reseller: Reseller, customer: Customer) -> None:
    inside = role in ("admin", "end_user")
    add_person(
        SYSTEM,
        email=f"{role}@{slug}.example",
        name=f"{role.title()} {slug.title()}",
        password=PASSWORD,
        role=role,
        reseller=reseller,
        customer=customer if inside else None,
        extension_number="201" if role == "end_user" else "",
    )


def make_world() -> World:
    """Make the whole cast with its brands, and return it."""
    with as_everyone("test cast"):
        trunk = save_trunk(
            SYSTEM, slug="carrier", name="Carrier", host="127.0.0.2", port=5070
        )
        save_route(SYSTEM, prefix="+", trunk=trunk)
        for row in CAST:
            make_tenant(*row)
        add_person(
            SYSTEM,
            email="staff@platform.example",
            name="Staff",
            password=PASSWORD,
            role="operator",
        )
        make_brands(list(Reseller.objects.all()))
        make_prices(list(Reseller.objects.all()))
        make_calls(list(Customer.objects.order_by("pk")))
        return find_world()


def find_world() -> World:
    """Return the cast as it stands in the database."""
    with as_everyone("test cast"):
        tenants = [_find_tenant(row[0]) for row in CAST]
        staff = User.objects.get(reseller=None)
        return World(tenants[0], tenants[1], staff, Trunk.objects.get(slug="carrier"))


def _find_tenant(slug: str) -> Tenant:
    reseller = Reseller.objects.get(slug=slug)
    extension = Extension.objects.select_related("customer__reseller").get(
        customer__reseller=reseller, number="201"
    )
    people = {user.email.partition("@")[0]: user for user in reseller.users.all()}
    main = extension.customer.dids.get(is_main=True)
    host = f"{slug}.localhost"
    return Tenant(reseller, extension.customer, extension, people, host, main.number)


@pytest.fixture(scope="session")
def cast(django_db_setup: None, django_db_blocker: Any) -> None:
    """Make the cast once and commit it; each test then works in its own transaction."""
    with (
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=QUICK_HASHERS),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("pbx_console.pbx.tasks._send", lambda endpoint_id: None)
        make_world()


@pytest.fixture
def world(cast: None, db: None, without_pbx: None) -> World:
    """Return the cast; no PBX is asked, and what the test changes is rolled back."""
    return find_world()


@pytest.fixture
def committed_world(transactional_db: None, without_pbx: None) -> World:
    """Return a new cast that other connections and processes see."""
    empty_tables()
    return make_world()


def empty_tables() -> None:
    """Empty every table, whatever earlier tests committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ')"
            " FROM pg_tables WHERE schemaname IN ('public', 'asterisk')"
            " AND tablename NOT IN ('django_migrations', 'django_content_type',"
            " 'dial_range')"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} CASCADE")


@pytest.fixture
def without_pbx(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer every refresh as an Asterisk would that is there and knows it all."""
    monkeypatch.setattr("pbx_console.pbx.refresh._ask", lambda batch: {})


def sign_in_as(client: Client, user: User, *, second_factor: bool = True) -> Client:
    """Sign a person in as the door does, with or without the second factor."""
    with as_everyone("test sign-in"):
        client.force_login(user)
    session = client.session
    session["proved_at"] = int(time.time())
    session.save()
    if second_factor:
        device, _made = TOTPDevice.objects.get_or_create(
            user=user, confirmed=True, defaults={"name": "totp"}
        )
        session = client.session
        session["otp_device_id"] = device.persistent_id
        session.save()
    return client


@pytest.fixture
def as_person(world: World) -> Any:
    """Return a function: person and host -> a signed-in client."""

    def make(user: User, host: str, *, second_factor: bool = True) -> Client:
        client = Client(headers={"host": host})
        return sign_in_as(client, user, second_factor=second_factor)

    return make


@pytest.fixture
def in_english(world: World) -> None:
    """Let everybody read English, whatever their customer speaks."""
    with as_everyone("test in English"):
        User.objects.update(language="en")
        Customer.objects.update(language="en")


@pytest.fixture
def dns_server(settings: Any) -> Iterator[DnsServer]:
    """Ask a DNS server of our own and nobody else."""
    with DnsServer() as running:
        settings.DNS_SERVERS = [running.address]
        yield running
