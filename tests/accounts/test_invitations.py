"""Invitations: one mail, one use, seven days, one sentence for all that do not work."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from limits import parse

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Invitation, Membership, User
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.accounts.services import throttle
from pbx_console.accounts.services.invitations import (
    InvitationGone,
    PersonExists,
    accept,
    find,
    invite,
    join,
    send_again,
    withdraw,
)
from tests.conftest import World
from tests.posted import Posted, posted

pytestmark = pytest.mark.usefixtures("in_english")

__all__ = ["posted"]
NEW = "anna@altendorf.example"
SECRET = "nineteen yellow tulips"


def actor_of(world: World, role: str) -> Actor:
    user = world.operator if role == "operator" else world.nordbel.people[role]
    level = "customer" if role == "admin" else "reseller"
    level = "operator" if role == "operator" else level
    return Actor(user=user, name=user.name, level=level, role=role)


def invited(world: World, **over: Any) -> Invitation:
    values: dict[str, Any] = {"email": NEW, "name": "Anna Berg", "role": "admin"}
    values |= {"customer": world.nordbel.customer, "language": "en", **over}
    with as_reseller(world.nordbel.reseller):
        return invite(actor_of(world, "owner"), **values)


def test_the_token_is_in_the_mail_and_nowhere_else(
    world: World, posted: Posted
) -> None:
    made = invited(world)
    mail = posted.last
    assert (mail.to, mail.kind, mail.reseller) == (
        NEW,
        "invitation",
        world.nordbel.reseller,
    )
    token = posted.token()
    assert token not in str(Invitation.objects.none().query.__dict__)
    with as_everyone("test"):
        row = Invitation.objects.filter(pk=made.pk).values().get()
    assert token not in str(row)
    assert find(token, world.nordbel.reseller) == made
    assert 6 < (made.ends_at - timezone.now()).total_seconds() / 86400 < 7


def test_it_makes_the_account_once(world: World, posted: Posted) -> None:
    invited(world)
    realm = world.nordbel.reseller
    made = accept(posted.token(), realm=realm, name="Anna", password=SECRET)
    assert (made.role, made.customer) == ("admin", world.nordbel.customer)
    with as_everyone("test"):
        user = User.objects.get(email=NEW)
        assert user.reseller == realm
        assert user.check_password(SECRET)
    for again in ("other@x.example", NEW):
        with pytest.raises(InvitationGone):
            accept(posted.token(), realm=realm, name=again, password=SECRET)
    assert find(posted.token(), realm) is None


def test_what_ran_out_was_withdrawn_or_is_anothers_looks_the_same(
    world: World, posted: Posted
) -> None:
    made = invited(world)
    token = posted.token()
    pages = []
    strange = Client(headers={"host": world.zuidlijn.host})
    client = Client(headers={"host": world.nordbel.host})
    assert client.get(f"/invitation/{token}/").status_code == 200
    pages.append(strange.get(f"/invitation/{token}/"))
    pages.append(client.get("/invitation/made-up/"))
    with as_everyone("test"):
        past = timezone.now() - dt.timedelta(seconds=1)
        Invitation.objects.filter(pk=made.pk).update(ends_at=past)
    pages.append(client.get(f"/invitation/{token}/"))
    answer = client.post(f"/invitation/{token}/", {"name": "A", "password": SECRET})
    pages.append(answer)
    with as_reseller(world.nordbel.reseller):
        send_again(actor_of(world, "owner"), made)
        pages.append(client.get(f"/invitation/{token}/"))  # the earlier mail is dead
        assert client.get(f"/invitation/{posted.token()}/").status_code == 200
        withdraw(actor_of(world, "owner"), made)
    pages.append(client.get(f"/invitation/{posted.token()}/"))
    assert {page.status_code for page in pages} == {404}
    assert all(b"This invitation no longer works" in page.content for page in pages)
    with as_everyone("test"):
        assert not User.objects.filter(email=NEW).exists()


def test_two_at_the_same_time_are_one(world: World, posted: Posted) -> None:
    """The row is locked: whoever comes second finds it used (see `_claim`)."""
    invited(world)
    realm = world.nordbel.reseller
    accept(posted.token(), realm=realm, name="Anna", password=SECRET)
    with pytest.raises(InvitationGone):
        join(posted.token(), realm=realm, user=world.nordbel.people["admin"])


def test_a_person_who_exists_takes_the_role_after_signing_in(
    world: World, posted: Posted, as_person: Any
) -> None:
    reader = world.nordbel.people["reader"]
    invited(world, email=reader.email.upper())
    url = f"/invitation/{posted.token()}/"
    realm = world.nordbel.reseller
    with pytest.raises(PersonExists):
        accept(posted.token(), realm=realm, name="R", password=SECRET)

    stranger = Client(headers={"host": world.nordbel.host})
    shown = stranger.get(url)
    assert b"You have an account already" in shown.content
    stranger.post(url, {"name": "R", "password": SECRET})
    other = as_person(world.nordbel.people["billing"], world.nordbel.host)
    other.post(url)
    with as_everyone("test"):
        assert Membership.objects.filter(user=reader).count() == 1

    unproven = as_person(reader, world.nordbel.host)
    session = unproven.session
    del session["otp_device_id"]
    session.save()
    assert unproven.post(url)["Location"].startswith("/sign-in/code/")

    client = as_person(reader, world.nordbel.host)
    assert b"Accept this role" in client.get(url).content
    assert client.post(url)["Location"] == "/"
    with as_everyone("test"):
        roles = Membership.objects.filter(user=reader).values_list("role", flat=True)
        assert set(roles) == {"reader", "admin"}
    home = client.get("/", follow=True)
    assert home.redirect_chain[-1][0] == f"/customers/{world.nordbel.customer.code}/"


def test_the_page_signs_in_and_goes_on_to_the_second_factor_where_it_is_needed(
    world: World, posted: Posted
) -> None:
    for email, over, onward in (
        (NEW, {}, "/"),
        ("t@nordbel.example", {"role": "technician"}, "/sign-in/authenticator/"),
    ):
        customer = world.nordbel.customer if not over else None
        reseller = None if customer else world.nordbel.reseller
        invited(world, email=email, customer=customer, reseller=reseller, **over)
        client = Client(headers={"host": world.nordbel.host})
        url = f"/invitation/{posted.token()}/"
        weak = client.post(url, {"name": "A", "password": "short"})
        assert weak.status_code == 422
        done = client.post(url, {"name": "Anna Berg", "password": SECRET})
        assert done["Location"].partition("?")[0] == onward
        assert client.session["_auth_user_id"]


def test_nobody_gives_a_role_above_the_own(world: World, posted: Posted) -> None:
    tries = [
        ("technician", "owner", world.nordbel.reseller, None),
        ("technician", "technician", world.nordbel.reseller, None),
        ("owner", "operator", None, None),
        ("reader", "end_user", None, world.nordbel.customer),
        ("owner", "owner", None, world.nordbel.customer),  # no role of this level
    ]
    for own, role, reseller, customer in tries:
        with as_reseller(world.nordbel.reseller), pytest.raises(ValidationError):
            invite(
                actor_of(world, own),
                email=NEW,
                name="A",
                role=role,
                reseller=reseller,
                customer=customer,
            )
    assert posted.mails == []


def test_it_refuses_whom_it_cannot_be_for(world: World, posted: Posted) -> None:
    admin = world.nordbel.people["admin"]
    cases: list[dict[str, Any]] = [
        {"email": admin.email},  # has it already
        {"email": "no address"},
        {"role": "end_user"},  # needs an extension
        {"role": "end_user", "extension_number": "999"},
    ]
    for case in cases:
        with pytest.raises(ValidationError):
            invited(world, **case)
    invited(world)
    with pytest.raises(ValidationError, match="invited already"):
        invited(world)
    assert len(posted.mails) == 1


def test_a_customer_admin_is_told_nothing_about_people_outside(
    world: World, posted: Posted
) -> None:
    with as_everyone("test"):
        User.objects.filter(email="reader@nordbel.example").update(is_active=False)
    with as_customer(world.nordbel.customer):
        invite(
            actor_of(world, "admin"),
            email="reader@nordbel.example",
            name="R",
            role="admin",
            customer=world.nordbel.customer,
        )
    assert posted.last.to == "reader@nordbel.example"


def test_staff_of_the_platform_have_no_name_in_a_resellers_mail(
    world: World, posted: Posted
) -> None:
    with as_everyone("test"):
        invite(
            actor_of(world, "operator"),
            email=NEW,
            name="Anna",
            role="owner",
            reseller=world.nordbel.reseller,
        )
    assert posted.last.context["inviter"] == ""


def test_an_address_gets_five_mails_a_day(world: World, posted: Posted) -> None:
    made = invited(world)
    actor = actor_of(world, "owner")
    with as_reseller(world.nordbel.reseller):
        for _more in range(4):
            send_again(actor, made)
        with pytest.raises(ValidationError, match="five invitations within a day"):
            send_again(actor, made)
    assert len(posted.mails) == 5
    invited(world, email="other@altendorf.example")


def test_a_person_invites_so_many_an_hour(
    world: World, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "INVITED_BY_ONE", parse("2 per hour"))
    for name in ("a", "b"):
        invited(world, email=f"{name}@altendorf.example")
    with pytest.raises(ValidationError, match="within an hour"):
        invited(world, email="c@altendorf.example")
    assert len(posted.mails) == 2
    with as_reseller(world.nordbel.reseller):
        assert not Invitation.objects.filter(email__startswith="c@").exists()
