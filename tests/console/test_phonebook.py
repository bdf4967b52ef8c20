"""Phonebooks and blocked callers: pages, owners, what the lookup says of a caller."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import translation

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import BlockedNumber, PhonebookEntry
from pbx_console.pbx.services.phonebook import for_phones
from tests.conftest import Tenant, World
from tests.console.conftest import Opens, text_of

pytestmark = pytest.mark.django_db
CALLER = "+4915112345678"


def known(tenant: Tenant, caller: str = CALLER) -> tuple[bool, str]:
    """What the dialplan is told of a caller."""
    with connection.cursor() as cursor:
        asked = "SELECT blocked, name FROM asterisk.known_caller(%s, %s)"
        cursor.execute(asked, [tenant.customer.pk, caller])
        found: tuple[bool, str] = cursor.fetchone()
        return found


def book(tenant: Tenant) -> str:
    return f"/customers/{tenant.customer.code}/phonebook/"


def test_a_caller_has_the_name_of_the_customers_book_before_the_resellers(
    sign_in: Opens, world: World
) -> None:
    north = world.nordbel
    shared = {"name": "Nordlicht", "numbers": "0151 12345678", "note": ""}
    sign_in("owner").post("/resellers/nordbel/phonebook/new/", shared)
    assert known(north) == (False, "Nordlicht")
    assert known(world.zuidlijn) == (False, "")
    own = {**shared, "name": "Anna", "numbers": "+49 151 12345678\n030 23125999"}
    sign_in("admin").post(f"{book(north)}new/", own)
    assert known(north) == (False, "Anna")
    assert known(north, "+493023125999") == (False, "Anna")
    for nobody in ("", "anonymous", "201", "x' OR 1=1"):
        assert known(north, nobody) == (False, "")
    names = [row.name for row in for_phones(north.customer)]
    assert names == ["Anna", "Nordlicht"]
    assert [row.name for row in for_phones(world.zuidlijn.customer)] == []


def test_numbers_are_shown_as_people_write_them(
    sign_in: Opens, world: World, in_english: None
) -> None:
    client = sign_in("admin")
    entry = {"name": "Anna", "numbers": "0151 12345678", "note": ""}
    client.post(f"{book(world.nordbel)}new/", entry)
    with as_everyone("test"):
        row = PhonebookEntry.objects.get()
    assert row.numbers == [CALLER]
    assert "01511 2345678" in text_of(client.get(f"{book(world.nordbel)}{row.pk}/"))
    assert "Anna" in text_of(client.get(book(world.nordbel), {"q": "0151 1234"}))
    assert "No entry matches" in text_of(client.get(book(world.nordbel), {"q": "0160"}))


@pytest.mark.parametrize(
    "typed",
    [
        {"numbers": ""},
        {"numbers": "call me"},
        {"name": 'A"<x>'},
        {"name": ""},
        {"numbers": "\n".join(f"030 231257{n:02}" for n in range(11))},
    ],
)
def test_it_refuses_what_is_no_entry(
    sign_in: Opens, world: World, typed: dict[str, str]
) -> None:
    form = {"name": "Anna", "numbers": "0151 12345678", "note": "", **typed}
    refused = sign_in("admin").post(f"{book(world.nordbel)}new/", form)
    assert refused.status_code == 422
    with as_everyone("test"):
        assert not PhonebookEntry.objects.exists()


def test_the_administrator_of_a_customer_does_not_write_the_resellers_book(
    sign_in: Opens,
) -> None:
    assert sign_in("admin").get("/resellers/nordbel/phonebook/").status_code == 403
    found = sign_in("owner", "zuidlijn").get("/resellers/nordbel/phonebook/")
    assert found.status_code == 404


@pytest.mark.parametrize(
    ("form", "refused", "welcome"),
    [
        ({"who": "number", "number": "0151 12345678"}, CALLER, "+4915112345679"),
        ({"who": "prefix", "number": "+49 151"}, CALLER, "+4915212345678"),
        ({"who": "prefix", "number": "0151"}, CALLER, "+31612345678"),
        ({"who": "anonymous", "number": ""}, "", CALLER),
    ],
)
def test_a_blocked_caller_is_refused_and_can_be_let_in_again(
    sign_in: Opens, world: World, form: dict[str, str], refused: str, welcome: str
) -> None:
    client = sign_in("admin")
    url = f"/customers/{world.nordbel.customer.code}/blocked/"
    assert client.post(f"{url}new/", {**form, "note": ""}).status_code == 302
    assert known(world.nordbel, refused)[0]
    assert not known(world.nordbel, welcome)[0]
    assert not known(world.zuidlijn, refused)[0]
    again = client.post(f"{url}new/", {**form, "note": ""})
    assert again.status_code == 422
    with as_everyone("test"):
        row = BlockedNumber.objects.get()
        with translation.override("de"):  # as the administrator reads it
            name = row.name
        assert AuditEntry.objects.filter(verb="blockednumber.created").exists()
    client.post(f"{url}{row.pk}/delete/", {"confirm": name})
    assert not known(world.nordbel, refused)[0]
