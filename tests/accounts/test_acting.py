"""Acting for a customer: a right, half an hour, a banner, both names in the log."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from pbx_console.accounts import acting
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.live import door
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("in_english")

BANNER = b"You act as administrator of"


@pytest.fixture
def technician(world: World, as_person: Any) -> Client:
    """Return a technician of Nordbel who acts for its customer."""
    client: Client = as_person(world.nordbel.people["technician"], world.nordbel.host)
    done = client.post(f"/customers/{world.nordbel.customer.code}/act/")
    assert done["Location"] == home_of(world)
    return client


def home_of(world: World) -> str:
    return f"/customers/{world.nordbel.customer.code}/"


def entries(*verbs: str) -> list[AuditEntry]:
    with as_everyone("test"):
        rows = AuditEntry.objects.filter(verb__in=verbs).select_related("customer")
        return list(rows.order_by("pk"))


def test_the_console_is_the_customers_with_a_banner_on_every_page(
    world: World, technician: Client
) -> None:
    for path in (home_of(world), f"{home_of(world)}people/", f"{home_of(world)}audit/"):
        page = technician.get(path)
        assert page.status_code == 200
        assert BANNER in page.content
        assert b"/acting/end/" in page.content
    assert technician.get("/").headers["Location"] == home_of(world)
    for closed in ("/customers/", "/trunks/", "/price-lists/", "/people/"):
        assert technician.get(closed).status_code == 403


def test_the_log_names_the_person_and_whose_place_it_was(
    world: World, technician: Client, as_person: Any
) -> None:
    number = world.nordbel.extension.number
    url = f"{home_of(world)}extensions/{number}/edit/"
    form = {"number": number, "name": "Empfang 2", "ring_seconds": 20}
    assert technician.post(url, form).status_code == 302
    (saved,) = entries("extension.saved")
    person = world.nordbel.people["technician"]
    customer = world.nordbel.customer
    assert saved.user_id == person.pk
    assert saved.acted_as == f"Administrator of {customer.name}"
    assert [e.customer for e in entries("acting.began")] == [customer]

    admin = as_person(world.nordbel.people["admin"], world.nordbel.host)
    told = admin.get(f"{home_of(world)}audit/").content.decode()
    assert f"{person.name} as administrator of {customer.name}" in told


def test_staff_of_the_platform_act_under_the_brands_name(
    world: World, as_person: Any
) -> None:
    staff = as_person(world.operator, world.operator_host)
    staff.post(f"{home_of(world)}act/")
    number = world.nordbel.extension.number
    form = {"number": number, "name": "Empfang 3", "ring_seconds": 20}
    staff.post(f"{home_of(world)}extensions/{number}/edit/", form)
    admin = as_person(world.nordbel.people["admin"], world.nordbel.host)
    told = admin.get(f"{home_of(world)}audit/").content.decode()
    assert f"as administrator of {world.nordbel.customer.name}" in told
    assert world.operator.name not in told


def test_it_ends_by_the_button_and_by_itself(
    world: World, technician: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert technician.post("/acting/end/")["Location"] == home_of(world)
    assert BANNER not in technician.get(home_of(world)).content
    assert technician.get("/customers/").status_code == 200
    assert len(entries("acting.ended")) == 1

    technician.post(f"{home_of(world)}act/")
    session = technician.session
    session[acting.KEY] = {**session[acting.KEY], "until": time.time() - 1}
    session.save()
    page = technician.get(home_of(world))
    assert page.status_code == 200
    assert BANNER not in page.content
    assert acting.KEY not in technician.session
    assert len(entries("acting.ended")) == 2


def test_nobody_acts_upwards_or_sideways(
    world: World, technician: Client, as_person: Any
) -> None:
    with as_everyone("test"):
        other = Customer.objects.create(reseller=world.nordbel.reseller, name="Other")
    assert technician.post(f"/customers/{other.code}/act/").status_code == 403
    assert technician.get(f"/customers/{other.code}/").status_code == 404
    fresh = as_person(world.nordbel.people["technician"], world.nordbel.host)
    foreign = f"/customers/{world.zuidlijn.customer.code}/act/"
    assert fresh.post(foreign).status_code == 404
    for role in ("reader", "billing", "admin", "end_user"):
        client = as_person(world.nordbel.people[role], world.nordbel.host)
        assert client.post(f"{home_of(world)}act/").status_code == 403
        assert acting.KEY not in client.session


def test_what_concerns_a_persons_own_account_stays_closed(
    world: World, technician: Client
) -> None:
    admin = world.nordbel.people["admin"]
    for path in (
        "/account/",
        "/account/password/",
        "/account/sessions/",
        f"/people/{admin.pk}/second-factor/",
    ):
        page = technician.get(path)
        assert page.status_code == 403
        assert b"End acting for the customer first" in page.content
    assert technician.get("/account/prove/").status_code == 200


def test_the_second_factor_is_still_needed(world: World, technician: Client) -> None:
    session = technician.session
    del session["otp_device_id"]
    session.save()
    page = technician.get(home_of(world))
    assert page.headers["Location"].startswith("/sign-in/code/")


@pytest.mark.parametrize("what", ["role", "customer"])
def test_it_ends_with_the_right_and_with_the_customer(
    world: World, technician: Client, what: str
) -> None:
    with as_everyone("test"):
        person = world.nordbel.people["technician"]
        if what == "role":
            person.memberships.update(role="reader")
        else:
            Customer.objects.filter(pk=world.nordbel.customer.pk).update(
                is_active=False
            )
    page = technician.get(home_of(world))
    assert page.status_code == 200
    assert BANNER not in page.content


def test_sockets_follow_the_same_rule(world: World, technician: Client) -> None:
    host = world.nordbel.host
    key = technician.cookies["session"].value
    headers = {"host": host, "origin": f"http://{host}", "cookie": f"session={key}"}
    scope = {"headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
    found = door.membership(scope)
    assert found is not None
    assert (found.role, found.customer) == ("admin", world.nordbel.customer)
    assert door.customer_for(found, world.zuidlijn.customer.code) is None
    assert found.acting_until is not None
