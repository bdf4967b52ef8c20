"""URL x role: generated from the resolver, so a new page cannot be forgotten.

For every address: a stranger is sent to the door; a role that needs a second factor does
not get in without it; a role with the right gets in; a role without it gets 403 (404
where the object is outside its level); an object of another reseller is 404 for everybody
but platform staff.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Session, User
from pbx_console.accounts.rights import has_right
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import proof
from pbx_console.branding.models import Brand
from pbx_console.branding.pictures import picture_of
from pbx_console.branding.services.pictures import save_customer_logo
from tests.conftest import Tenant, World, sign_in_as
from tests.meta.addresses import NOBODYS, PUBLIC, Address, addresses

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


@pytest.mark.slow
@pytest.mark.parametrize("address", GUARDED, ids=lambda a: a.name)
def test_each_role_gets_what_its_rights_say(
    world: World, address: Address, samples: Any, standing: Any
) -> None:
    right = address.view.right
    wrong = {}
    for role in ROLES:
        url = samples(address, world.nordbel, role)
        status = standing(*_person(world, role)).get(url).status_code
        allowed: tuple[int, ...] = OPEN
        if right and not has_right(role, right):
            allowed = (403, 404)
        elif role in ("admin", "end_user"):
            allowed = (*OPEN, 404)
        if status not in allowed:
            wrong[role] = status
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("address", GUARDED, ids=lambda a: a.name)
def test_nothing_opens_without_the_second_factor(
    world: World, address: Address, samples: Any, standing: Any
) -> None:
    """Asked of the platform and of a reseller; the other roles in the test below."""
    if getattr(address.view, "before_second_factor", False):
        return
    for role in ("operator", "reader"):
        client = standing(*_person(world, role), second_factor=False)
        _must_go_to_the_factor(client.get(samples(address, world.nordbel)), role)


@pytest.mark.parametrize(
    "role", ["operator", "owner", "technician", "billing", "reader"]
)
def test_no_role_gets_in_without_the_second_factor(
    world: World, role: str, standing: Any
) -> None:
    client = standing(*_person(world, role), second_factor=False)
    for name in ("home", "customers", "calls", "account"):
        _must_go_to_the_factor(client.get(reverse(f"console:{name}")), role)


def _must_go_to_the_factor(response: Any, role: str) -> None:
    assert response.status_code in (302, 405), role
    if response.status_code == 302:
        door = reverse("console:second_factor")
        assert response["Location"].startswith(door), role


@pytest.mark.slow
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "address",
    [a for a in GUARDED if set(a.arguments) - NOBODYS.keys()],
    ids=lambda a: a.name,
)
def test_a_foreign_object_does_not_exist(
    world: World, address: Address, method: str, samples: Any, standing: Any
) -> None:
    """The scope decides it, and it is the same for a reseller's roles: the owner, who has
    the rights of them all, is asked for them."""
    for role in ("owner", "admin"):
        client = standing(world.nordbel.people[role], world.nordbel.host)
        response = getattr(client, method)(samples(address, world.zuidlijn))
        assert response.status_code in (403, 404, 405), role


@pytest.mark.parametrize("address", GUARDED, ids=lambda a: a.name)
def test_a_session_of_one_brand_is_nothing_on_anothers_host(
    world: World, address: Address, samples: Any, standing: Any
) -> None:
    client = standing(world.nordbel.people["owner"], world.zuidlijn.host)
    response = client.get(samples(address, world.zuidlijn))
    assert response.status_code in (302, 405)


def _person(world: World, role: str) -> tuple[User, str]:
    if role == "operator":
        return world.operator, world.operator_host
    return world.nordbel.people[role], world.nordbel.host


@pytest.fixture(scope="module")
def cookies(
    cast: None, django_db_blocker: Any
) -> Iterator[dict[tuple[str, bool], str]]:
    """Open one session per person, with and without the second factor, for all tests."""
    with django_db_blocker.unblock(), as_everyone("matrix"):
        opened = {
            (user.email, verified): _session_of(user, second_factor=verified)
            for user in User.objects.all()
            for verified in (True, False)
        }
    yield opened
    with django_db_blocker.unblock(), as_everyone("matrix"):
        Session.objects.all().delete()
        TOTPDevice.objects.all().delete()


def _session_of(user: User, *, second_factor: bool) -> str:
    client = sign_in_as(Client(), user, second_factor=second_factor)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """These sessions were opened once: on a slow machine their proof would grow old."""
    monkeypatch.setattr(proof, "GOOD_FOR", 86_400)


@pytest.fixture
def standing(world: World, cookies: dict[tuple[str, bool], str]) -> Any:
    """Return a function: person and host -> a client with a session that is open."""

    def make(user: User, host: str, *, second_factor: bool = True) -> Client:
        client = Client(headers={"host": host})
        key = cookies[user.email, second_factor]
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client

    return make


@pytest.fixture
def samples(world: World) -> Any:
    """Return a function: address and tenant -> a URL of that tenant's objects.

    Customers show their own logos where an address is about these, so that it exists.
    """
    from tests.meta.objects import arguments_for  # noqa: PLC0415 - needs the database

    def url(address: Address, tenant: Tenant, role: str = "") -> str:
        if "logo" in address.name:
            _give_logo(tenant)
        values = arguments_for(address, tenant, role)
        return reverse(address.name, kwargs=values)

    return url


def _give_logo(tenant: Tenant) -> None:
    with as_everyone("matrix"):
        Brand.objects.update(customers_may_show_logo=True)
        drawing = picture_of(tenant.reseller.brand, "mark")[0]
        save_customer_logo(SYSTEM, customer=tenant.customer, data=drawing)
