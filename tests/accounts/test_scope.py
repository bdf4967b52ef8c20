"""Whose rows: the scope fails closed in Python and again in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Count, Exists, OuterRef

from pbx_console.accounts.models import AuditEntry, Customer, User
from pbx_console.accounts.scope import (
    ScopeMissing,
    as_customer,
    as_everyone,
    as_reseller,
)
from pbx_console.pbx.models import Extension
from tests.conftest import World

TOUCHES: dict[str, Callable[[Any], Any]] = {
    "list": lambda m: list(m.objects.all()),
    "get": lambda m: m.objects.get(pk=1),
    "first": lambda m: m.objects.first(),
    "count": lambda m: m.objects.count(),
    "exists": lambda m: m.objects.exists(),
    "exclude exists": lambda m: m.objects.exclude(pk=1).exists(),
    "explain": lambda m: m.objects.all().explain(),
    "aggregate": lambda m: m.objects.aggregate(n=Count("pk")),
    "values": lambda m: list(m.objects.values("pk")),
    "iterator": lambda m: list(m.objects.iterator()),
    "update": lambda m: m.objects.update(pk=1),
    "filtered update": lambda m: m.objects.filter(pk=1).update(pk=1),
    "delete": lambda m: m.objects.all().delete(),
    "raw delete": lambda m: m.objects.all()._raw_delete("default"),
    "in bulk": lambda m: m.objects.in_bulk([1]),
    "union": lambda m: list(m.objects.all().union(m.objects.all())),
    "subquery": lambda m: list(
        User._base_manager.filter(Exists(m.objects.filter(pk=OuterRef("pk"))))
    ),
    "dates": lambda m: list(m.objects.values_list("pk").distinct()),
}


@pytest.mark.parametrize("touch", TOUCHES)
@pytest.mark.parametrize("model", [Customer, Extension, User, AuditEntry])
def test_it_refuses_every_touch_without_a_scope(
    world: World, model: type[models.Model], touch: str
) -> None:
    with pytest.raises(ScopeMissing):
        TOUCHES[touch](model)


def test_it_shows_each_owner_only_its_own(world: World) -> None:
    with as_reseller(world.nordbel.reseller):
        assert [c.pk for c in Customer.objects.all()] == [world.nordbel.customer.pk]
    with as_customer(world.zuidlijn.customer):
        found = Extension.objects.get(number="201")
        assert found.customer_id == world.zuidlijn.customer.pk
        assert not Customer.objects.filter(pk=world.nordbel.customer.pk).exists()
    with as_everyone("test"):
        assert Extension.objects.filter(number="201").count() == 2


def test_it_refuses_nobody_as_a_scope(world: World) -> None:
    for wrong in (None, Customer()):
        with pytest.raises(ScopeMissing), as_customer(wrong):  # type: ignore[arg-type]
            pass
    with pytest.raises(ScopeMissing), as_everyone(""):
        pass


def test_the_database_hides_foreign_rows_from_unscoped_managers(world: World) -> None:
    with as_reseller(world.nordbel.reseller):
        found = Extension._base_manager.values_list("customer_id", flat=True)
        assert set(found) == {world.nordbel.customer.pk}
    assert not Extension._base_manager.exists()


def test_the_database_refuses_to_write_into_a_foreign_owner(world: World) -> None:
    with as_reseller(world.nordbel.reseller), pytest.raises(DatabaseError):
        with transaction.atomic():
            Extension(customer=world.zuidlijn.customer, number="299", name="x").save()


def test_the_scope_is_told_again_after_a_rollback(world: World) -> None:
    with as_reseller(world.nordbel.reseller):
        assert Extension._base_manager.count() == 1
    with as_reseller(world.zuidlijn.reseller):
        with transaction.atomic():
            assert Extension._base_manager.count() == 1
            transaction.set_rollback(True)
        owners = set(Extension._base_manager.values_list("customer_id", flat=True))
    assert owners == {world.zuidlijn.customer.pk}


def test_the_audit_log_cannot_be_altered_by_the_console(world: World) -> None:
    for statement in (
        "UPDATE accounts_auditentry SET actor_name = 'x'",
        "DELETE FROM accounts_auditentry",
    ):
        with as_everyone("test"), pytest.raises(DatabaseError, match="permission"):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


async def test_it_does_not_leak_between_asyncio_tasks(committed_world: World) -> None:
    world = committed_world

    async def numbers(tenant: Any) -> list[int]:
        with as_customer(tenant.customer):
            await asyncio.sleep(0)
            rows = sync_to_async(
                lambda: list(Extension.objects.values_list("customer"))
            )
            return [row[0] for row in await rows()]

    found = await asyncio.gather(numbers(world.nordbel), numbers(world.zuidlijn))
    assert found == [[world.nordbel.customer.pk], [world.zuidlijn.customer.pk]]
    with pytest.raises(ScopeMissing):
        await sync_to_async(lambda: list(Extension.objects.all()))()
