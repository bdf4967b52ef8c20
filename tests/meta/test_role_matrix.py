"""URL x role: generated from the resolver, so a new page cannot be forgotten.

For every address: a stranger is sent to the door; a role that needs a second factor does
not get in without it; a role with the right gets in; a role without it gets 403 (404
where the object is outside its level); an object of another reseller is 404 for everybody
but platform staff.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pbx_console.accounts.models import User
from pbx_console.accounts.rights import has_right
from tests.conftest import Tenant, World
from tests.meta.addresses import PUBLIC, Address, addresses

GUARDED = [a for a in addresses() if a.name not in PUBLIC]
OPEN = (200, 204, 302, 400, 405)
ROLES = ("operator", "owner", "technician", "billing", "reader", "admin", "end_user")


def test_every_public_address_exists_and_has_a_reason() -> None:
    names = {a.name for a in addresses()}
    assert set(PUBLIC) <= names
    assert all(PUBLIC.values())


@pytest.mark.parametrize("address", GUARDED, ids=lambda a: a.name)
def test_every_other_address_names_its_right(address: Address) -> None:
    assert hasattr(address.view, "right"), f"{address.name} is open: decorate its view"


@pytest.mark.parametrize("address", GUARDED, ids=lambda a: a.name)
def test_a_stranger_is_sent_to_the_door(
    world: World, address: Address, samples: Any
) -> None:
    response = Client(headers={"host": world.nordbel.host}).get(
        samples(address, world.nordbel)
    )
    assert response.status_code in (302, 405)
    if response.status_code == 302:
        assert response["Location"].startswith(reverse("console:sign_in"))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", GUARDED, ids=lambda a: a.name)
def test_each_role_gets_what_its_rights_say(
    world: World, address: Address, role: str, samples: Any, as_person: Any
) -> None:
    user, host = _person(world, role)
    url = samples(address, world.nordbel, role)
    status = as_person(user, host).get(url).status_code
    right = address.view.right
    if right and not has_right(role, right):
        assert status in (403, 404)
    else:
        assert (
            status in (*OPEN, 404) if role in ("admin", "end_user") else status in OPEN
        )


@pytest.mark.parametrize(
    "role", ["operator", "owner", "technician", "billing", "reader"]
)
@pytest.mark.parametrize("address", GUARDED, ids=lambda a: a.name)
def test_nothing_opens_without_the_second_factor(
    world: World, address: Address, role: str, samples: Any, as_person: Any
) -> None:
    if getattr(address.view, "before_second_factor", False):
        return
    user, host = _person(world, role)
    client = as_person(user, host, second_factor=False)
    response = client.get(samples(address, world.nordbel))
    assert response.status_code in (302, 405)
    if response.status_code == 302:
        assert response["Location"].startswith(reverse("console:second_factor"))


@pytest.mark.parametrize("role", ["owner", "technician", "billing", "reader", "admin"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "address", [a for a in GUARDED if a.arguments], ids=lambda a: a.name
)
def test_a_foreign_object_does_not_exist(
    world: World,
    address: Address,
    role: str,
    method: str,
    samples: Any,
    as_person: Any,
) -> None:
    client = as_person(world.nordbel.people[role], world.nordbel.host)
    response = getattr(client, method)(samples(address, world.zuidlijn))
    assert response.status_code in (403, 404, 405)


@pytest.mark.parametrize("address", GUARDED, ids=lambda a: a.name)
def test_a_session_of_one_brand_is_nothing_on_anothers_host(
    world: World, address: Address, samples: Any, as_person: Any
) -> None:
    client = as_person(world.nordbel.people["owner"], world.zuidlijn.host)
    response = client.get(samples(address, world.zuidlijn))
    assert response.status_code in (302, 405)


def _person(world: World, role: str) -> tuple[User, str]:
    if role == "operator":
        return world.operator, world.operator_host
    return world.nordbel.people[role], world.nordbel.host


@pytest.fixture
def samples(world: World) -> Any:
    """Return a function: address and tenant -> a URL of that tenant's objects."""
    from tests.meta.objects import arguments_for  # noqa: PLC0415 - needs the database

    def url(address: Address, tenant: Tenant, role: str = "") -> str:
        values = arguments_for(address, tenant, role)
        return reverse(address.name, kwargs=values)

    return url
