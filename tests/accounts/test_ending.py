"""Rights end at once: sessions and remembered devices go, open pages are told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, RememberedDevice, Session, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import ending
from pbx_console.accounts.services.customers import save_customer
from pbx_console.accounts.services.own import change_password
from pbx_console.accounts.services.resellers import save_reseller
from tests.conftest import World


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the people whose open pages were told."""
    found: list[int] = []
    monkeypatch.setattr(ending, "announce_ended", found.extend)
    return found


def sessions_of(user: User) -> int:
    with as_everyone("test"):
        remembered = RememberedDevice.objects.filter(user=user).count()
        return Session.objects.filter(user=user).count() + remembered


def remember(user: User) -> None:
    ends = timezone.now() + dt.timedelta(days=1)
    with as_everyone("test"):
        RememberedDevice.objects.create(user=user, token_digest="x", ends_at=ends)


def test_a_changed_password_ends_all_sessions_but_the_own(
    world: World,
    as_person: Any,
    told: list[int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    admin = world.nordbel.people["admin"]
    here = as_person(admin, world.nordbel.host)
    as_person(admin, world.nordbel.host)
    remember(admin)
    assert sessions_of(admin) == 3
    keep = here.session.session_key
    with django_capture_on_commit_callbacks(execute=True):
        change_password(SYSTEM, user=admin, password="quite another one", keep=keep)
    assert sessions_of(admin) == 1
    assert told == [admin.pk]


def test_a_closed_customer_puts_its_people_out_and_nobody_else(
    world: World,
    as_person: Any,
    told: list[int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    people = world.nordbel.people
    for role in ("admin", "end_user", "owner"):
        as_person(people[role], world.nordbel.host)
    held: Customer = world.nordbel.customer
    with django_capture_on_commit_callbacks(execute=True), as_everyone("test"):
        save_customer(SYSTEM, reseller=held.reseller, customer=held, is_active=False)
    assert set(told) == {people["admin"].pk, people["end_user"].pk}
    assert [sessions_of(people[r]) for r in ("admin", "end_user", "owner")] == [0, 0, 1]


def test_a_closed_reseller_puts_everybody_of_its_realm_out(
    world: World, as_person: Any, told: list[int]
) -> None:
    nordbel, zuidlijn = world.nordbel, world.zuidlijn
    as_person(nordbel.people["reader"], nordbel.host)
    as_person(nordbel.people["admin"], nordbel.host)
    as_person(zuidlijn.people["reader"], zuidlijn.host)
    with as_everyone("test"):
        save_reseller(SYSTEM, reseller=nordbel.reseller, is_active=False)
    assert sessions_of(nordbel.people["reader"]) == 0
    assert sessions_of(nordbel.people["admin"]) == 0
    assert sessions_of(zuidlijn.people["reader"]) == 1
