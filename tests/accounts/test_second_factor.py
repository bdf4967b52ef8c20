"""Required second factors, and the path of a lost one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_otp.plugins.otp_totp.models import TOTPDevice

from pbx_console.accounts.models import AuditEntry, Customer, Session, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.proof import GOOD_FOR, PROVED
from pbx_console.branding.models import OutgoingMail
from tests.conftest import World

REASON = "called back on the number in our books"


def has_factor(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user).exists()


def lost(user: User) -> str:
    return f"/people/{user.pk}/second-factor/"


def test_the_level_above_resets_a_lost_factor_and_the_person_is_told(
    world: World, as_person: Any
) -> None:
    reader = world.nordbel.people["reader"]
    as_person(reader, world.nordbel.host)
    owner = as_person(world.nordbel.people["owner"], world.nordbel.host)

    assert owner.post(lost(reader), {"reason": " "}).status_code == 422
    assert has_factor(reader)
    assert owner.post(lost(reader), {"reason": REASON}).status_code == 302

    assert not has_factor(reader)
    with as_everyone("test"):
        assert not Session.objects.filter(user=reader).exists()
        entry = AuditEntry.objects.get(verb="person.second_factor_reset")
        mail = OutgoingMail.objects.get(kind="second_factor_reset")
    assert entry.after == {"reason": REASON}
    assert entry.actor_name == "Owner Nordbel"
    assert mail.to == reader.email


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("admin", "admin"),  # not oneself
        ("admin", "owner"),  # not the level above
        ("technician", "owner"),
        ("owner", "owner"),
    ],
)
def test_nobody_resets_upwards_or_the_own_factor(
    world: World, as_person: Any, who: str, whom: str
) -> None:
    target = world.nordbel.people[whom]
    as_person(target, world.nordbel.host)
    client = as_person(world.nordbel.people[who], world.nordbel.host)
    assert client.post(lost(target), {"reason": REASON}).status_code == 404
    assert has_factor(target)


def test_nobody_resets_at_another_reseller(world: World, as_person: Any) -> None:
    target = world.zuidlijn.people["end_user"]
    client = as_person(world.nordbel.people["owner"], world.nordbel.host)
    assert client.post(lost(target), {"reason": REASON}).status_code == 404


def test_it_wants_a_fresh_proof(world: World, as_person: Any) -> None:
    client = as_person(world.nordbel.people["owner"], world.nordbel.host)
    session = client.session
    session[PROVED] -= GOOD_FOR
    session.save()
    target = world.nordbel.people["end_user"]
    answer = client.post(lost(target), {"reason": REASON})
    assert answer["Location"].startswith("/account/prove/")


def test_staff_of_the_house_have_no_name_in_a_customers_mail(
    world: World, as_person: Any
) -> None:
    target = world.nordbel.people["end_user"]
    client = as_person(world.operator, world.operator_host)
    assert client.post(lost(target), {"reason": REASON}).status_code == 302
    with as_everyone("test"):
        mail = OutgoingMail.objects.get(kind="second_factor_reset")
    assert "Staff" not in mail.payload
    assert "Nordbel" in mail.payload


def test_the_last_resort_is_a_command(world: World, as_person: Any) -> None:
    as_person(world.operator, world.operator_host)
    told = {"by": "Jane", "reason": REASON}
    with pytest.raises(CommandError):
        call_command("reset_second_factor", email="ghost@platform.example", **told)
    call_command("reset_second_factor", email="STAFF@platform.example", **told)
    assert not has_factor(world.operator)
    with as_everyone("test"):
        entry = AuditEntry.objects.get(verb="person.second_factor_reset")
    assert entry.actor_name == "Jane"


@pytest.mark.parametrize("level", ["customer", "reseller"])
def test_who_has_no_factor_is_led_to_the_set_up_at_the_next_click(
    world: World, as_person: Any, level: str
) -> None:
    admin = as_person(
        world.nordbel.people["admin"], world.nordbel.host, second_factor=False
    )
    assert admin.get("/account/").status_code == 200
    owner = as_person(world.nordbel.people["owner"], world.nordbel.host)
    customer = world.nordbel.customer
    page = {
        "customer": f"/customers/{customer.code}/second-factor/",
        "reseller": "/resellers/nordbel/second-factor/",
    }[level]
    assert owner.get(page).status_code == 200
    assert owner.post(page, {"required": "on"}).status_code == 302

    assert admin.get("/account/")["Location"].startswith("/sign-in/code/")
    led = admin.get("/sign-in/code/?next=/account/")
    assert led["Location"].startswith("/sign-in/authenticator/")
    assert admin.get(led["Location"]).status_code == 200

    assert owner.post(page, {}).status_code == 302
    assert admin.get("/account/").status_code == 200
    with as_everyone("test"):
        done = AuditEntry.objects.filter(verb=f"{level}.saved").latest("pk")
    assert done.after == {"require_second_factor": False}


def test_an_administrator_sets_the_rule_for_the_own_firm_only(
    world: World, as_person: Any
) -> None:
    admin = as_person(world.nordbel.people["admin"], world.nordbel.host)
    own, other = world.nordbel.customer, world.zuidlijn.customer
    on = {"required": "on"}
    assert admin.post(f"/customers/{own.code}/second-factor/", on).status_code == 302
    assert admin.post(f"/customers/{other.code}/second-factor/", on).status_code == 404
    assert admin.post("/resellers/nordbel/second-factor/", on).status_code == 403
    with as_everyone("test"):
        rows = Customer.objects.filter(require_second_factor=True)
        assert list(rows) == [own]
