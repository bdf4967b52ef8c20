"""The cast, with a platform whose names stand nowhere by chance."""

from __future__ import annotations

import pytest

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import hosts
from pbx_console.branding.models import Brand
from tests.conftest import World
from tests.leaks.scanner import PLATFORM_PERSON, PLATFORM_PRODUCT, Scanner, scanner


@pytest.fixture
def named(world: World) -> World:
    """The cast with a named platform."""
    name_platform(world)
    return world


def name_platform(world: World) -> None:
    """Give the platform's brand and its person names of their own."""
    with as_everyone("leak scan"):
        Brand.objects.filter(reseller=None).update(product_name=PLATFORM_PRODUCT)
        world.operator.name = PLATFORM_PERSON
        world.operator.save(update_fields=["name"])
    hosts.forget()
    hosts._known.clear()


@pytest.fixture
def scan(named: World) -> Scanner:
    """A scanner for reseller A."""
    return scanner(named)
