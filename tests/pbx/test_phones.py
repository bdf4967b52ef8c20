"""Rights, forwards, phones and codes of an extension, asked of services and functions."""

from __future__ import annotations

from typing import Any

import phonenumbers
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import undo
from pbx_console.asterisk.models import PsAor, PsAuth, PsEndpoint
from pbx_console.lib import pins
from pbx_console.pbx import projection
from pbx_console.pbx.countries import COUNTRY_OF, country_of, is_premium
from pbx_console.pbx.feature_codes import GROUPS
from pbx_console.pbx.models import Extension, Forward, Refresh
from pbx_console.pbx.services.devices import add_device, delete_device
from pbx_console.pbx.services.extensions import delete_extension, save_extension
from pbx_console.pbx.services.forwards import save_forward
from tests.conftest import World, owner_connection

DEAR = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}


@pytest.fixture(autouse=True)
def everyone() -> Any:
    with as_everyone("test"):
        yield


@pytest.fixture
def second(world: World) -> Extension:
    return save_extension(
        SYSTEM, customer=world.nordbel.customer, number="202", name="Second"
    )


def ask(sql: str, *values: Any) -> Any:
    """What the owner of the functions gets: Asterisk's role may ask only some of them."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


# ── countries and classes ────────────────────────────────────────────────────────────


def test_it_knows_the_country_of_every_example_number() -> None:
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = phonenumbers.example_number(region)
        code = phonenumbers.country_code_for_region(region)
        main = phonenumbers.region_code_for_country_code(code)
        written = f"+{code}{number.national_number}"
        assert country_of(written) == (region if code in (1, 7) else main)


@given(st.sampled_from(("DE", "NL", "AT")), st.integers(10**6, 10**10))
def test_whatever_the_library_calls_dear_is_premium(region: str, digits: int) -> None:
    code = phonenumbers.country_code_for_region(region)
    number = phonenumbers.parse(f"+{code}{digits}")
    if phonenumbers.number_type(number) in DEAR:
        assert is_premium(f"+{code}{digits}")


@pytest.mark.parametrize("region", ["DE", "NL", "AT"])
def test_ordinary_numbers_are_not_premium_and_dear_ones_are(region: str) -> None:
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
        number = phonenumbers.example_number_for_type(region, kind)
        assert not is_premium(f"+{number.country_code}{number.national_number}")
    for kind in DEAR:
        if number := phonenumbers.example_number_for_type(region, kind):
            assert is_premium(f"+{number.country_code}{number.national_number}")


def test_the_database_knows_the_same_countries_and_prices() -> None:
    with owner_connection() as owner:
        asked = "SELECT asterisk.country_of(%s), asterisk.is_premium(%s)"
        numbers = [f"+{code}2345678" for code in COUNTRY_OF]
        for number in [*numbers, "+499001234567", "+4930123456", "+88123456789"]:
            row = owner.execute(asked, [number, number]).fetchone()
            assert row == (country_of(number), is_premium(number))


@pytest.mark.parametrize(
    ("values", "number", "allowed"),
    [
        ({"dial_class": "internal"}, "+493012345", False),
        ({"dial_class": "national"}, "+493012345", True),
        ({"dial_class": "national"}, "+31201234567", False),
        ({"dial_class": "abroad"}, "+31201234567", True),
        ({"dial_class": "abroad", "countries": ["AT"]}, "+31201234567", False),
        ({"dial_class": "abroad", "countries": ["AT"]}, "+493012345", True),
        ({"dial_class": "abroad", "countries": ["NL"]}, "+31201234567", True),
        ({}, "+499001234567", False),
        ({"may_dial_premium": True}, "+499001234567", True),
        ({"may_dial_premium": True, "dial_class": "internal"}, "+499001234567", False),
        ({}, "+88163123456", False),
    ],
)
def test_a_class_decides_what_an_extension_may_dial(
    world: World, values: dict[str, Any], number: str, allowed: bool
) -> None:
    row = world.nordbel.extension
    save_extension(SYSTEM, customer=row.customer, extension=row, **values)
    asked = "SELECT asterisk.may_dial(%s, %s, %s)"
    assert (ask(asked, row.customer_id, row.pk, number) == "") is allowed


@pytest.mark.parametrize(
    "values", [{"countries": ["XX"]}, {"inside_number": "999"}, {"dial_class": "all"}]
)
def test_it_refuses_rights_and_numbers_that_are_none(
    world: World, values: dict[str, Any]
) -> None:
    row = world.nordbel.extension
    with pytest.raises(ValidationError):
        save_extension(SYSTEM, customer=row.customer, extension=row, **values)


# ── phones ───────────────────────────────────────────────────────────────────────────


def test_another_phone_is_another_account_of_the_same_extension(world: World) -> None:
    row = world.nordbel.extension
    device = add_device(SYSTEM, extension=row, name="Workshop")
    key = f"{row.endpoint_id}-2"
    endpoint = PsEndpoint.objects.get(pk=key)
    assert (endpoint.accountcode, endpoint.tenantid) == ("201", row.customer.code)
    assert endpoint.callerid == '"Reception" <201>'
    secret = projection.digest(key, str(device.secret))
    assert PsAuth.objects.get(pk=key).md5_cred == secret
    assert PsAor.objects.filter(pk=key).exists()
    assert not projection.drift()
    save_extension(SYSTEM, customer=row.customer, extension=row, number="209")
    assert not PsEndpoint.objects.filter(pk=key).exists()
    assert PsEndpoint.objects.filter(pk=f"{row.customer.code}-209-2").exists()
    assert not projection.drift()
    device.refresh_from_db()
    delete_device(SYSTEM, device)
    assert not PsEndpoint.objects.filter(pk__endswith="-209-2").exists()
    assert not projection.drift()


def test_a_deleted_extension_takes_its_phones_with_it(second: Extension) -> None:
    add_device(SYSTEM, extension=second, name="Home")
    delete_extension(SYSTEM, second)
    assert not PsEndpoint.objects.filter(pk__contains="-202").exists()
    assert not Refresh.objects.filter(is_removed=False, endpoint_id__contains="-202")


def test_an_extension_has_at_most_nine_phones(second: Extension) -> None:
    for slot in range(2, 10):
        assert add_device(SYSTEM, extension=second, name="Phone").slot == slot
    with pytest.raises(ValidationError, match="at most 9"):
        add_device(SYSTEM, extension=second, name="Phone")


# ── forwards ─────────────────────────────────────────────────────────────────────────


def test_a_forward_is_saved_logged_and_taken_back(
    world: World, second: Extension
) -> None:
    first = world.nordbel.extension
    own = {"extension": first, "condition": "busy"}
    save_forward(SYSTEM, **own, destination=second.destination)
    save_forward(SYSTEM, **own, destination=None, outside_number="+493012345")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.object_key) == ("forward.saved", first.endpoint_id)
    undo.undo(SYSTEM, entry, role="operator")
    assert Forward.objects.get().destination == second.destination
    save_forward(SYSTEM, **own, destination=None, outside_number="")
    assert not Forward.objects.exists()


def test_it_refuses_forwards_that_come_back(world: World, second: Extension) -> None:
    first = world.nordbel.extension
    save_forward(
        SYSTEM, extension=first, condition="always", destination=second.destination
    )
    for row, to in ((first, first), (second, first)):
        with pytest.raises(ValidationError, match="comes back"):
            save_forward(
                SYSTEM, extension=row, condition="always", destination=to.destination
            )


def test_it_refuses_foreign_targets_and_numbers_that_may_not_be_dialled(
    world: World, second: Extension
) -> None:
    foreign = world.zuidlijn.extension.destination
    own = {"extension": second, "condition": "always"}
    with pytest.raises(ValidationError, match="this customer's"):
        save_forward(SYSTEM, **own, destination=foreign)
    with pytest.raises(ValidationError, match="may not dial"):
        save_forward(SYSTEM, **own, outside_number="+499001234567")
    with pytest.raises(ValidationError, match="with a plus"):
        save_forward(SYSTEM, **own, outside_number="110")
    assert not Forward.objects.exists()


def test_an_extension_that_others_forward_to_stays(
    world: World, second: Extension
) -> None:
    own = {"extension": world.nordbel.extension, "condition": "busy"}
    save_forward(SYSTEM, **own, destination=second.destination)
    with pytest.raises(ValidationError, match="201 Reception"):
        delete_extension(SYSTEM, second)


# ── codes ────────────────────────────────────────────────────────────────────────────


def test_every_code_of_the_list_means_something(world: World) -> None:
    key = world.nordbel.extension.endpoint_id
    dialled = [c for group in GROUPS for c in group.codes if not c.talking]
    codes = [code for both in dialled for code in (both.on, both.off)]
    with owner_connection() as owner:
        asked = "SELECT action, reason FROM asterisk.route_from_extension(%s, %s)"
        for code in filter(None, codes):
            dialled = code.replace("<n>", "202")
            owner.execute("SET pbx.scope = 'everyone'")
            row = owner.execute(asked, [key, dialled]).fetchone()
            assert row is not None, code
            assert row[1] != "bad_number", code


@settings(max_examples=10, deadline=None)
@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_the_database_digests_a_pin_as_python_does(pin: str) -> None:
    salt, wanted = pins.keep(pin).split("$")
    with owner_connection() as owner:
        asked = "SELECT asterisk.pin_digest(%s, %s)"
        assert owner.execute(asked, [pin, salt]).fetchone() == (wanted,)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_an_act_answers_one_row_whatever_it_is_asked(
    endpoint: str, act: str, value: str
) -> None:
    asked = "SELECT result FROM asterisk.phone_act(%s, %s, %s)"
    values = [text.replace("\0", "") for text in (endpoint, act, value)]
    with owner_connection() as owner:
        assert owner.execute(asked, values).fetchall() == [("refused",)]
