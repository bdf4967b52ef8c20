"""Whose number outside people see, and whose may never be seen."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.shown_rights import (
    delete_shown_right,
    save_caller_policy,
    save_shown_right,
)
from tests.asterisk.conftest import House
from tests.asterisk.test_calls import invited
from tests.asterisk.test_trunks import DIALLED, change
from tests.conftest import owner_connection

pytestmark = pytest.mark.asterisk
FOREIGN = "+4989123456789"


def test_a_foreign_number_is_shown_only_while_a_right_is_recorded(house: House) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    with house.carrier.answering() as carrier:
        with as_everyone("test"):
            right = save_shown_right(
                SYSTEM,
                customer=north.customer,
                number=FOREIGN,
                extension=north.extension,
                document="Letter of 3 May, folder 12",
            )
        assert phone.call(DIALLED).wait() == 0
        with as_everyone("test"):
            delete_shown_right(SYSTEM, right)
        assert phone.call(DIALLED).wait() == 0
        first, second = (i.header("P-Asserted-Identity") for i in invited(carrier))
    assert f"sip:{FOREIGN}@" in first
    assert f"sip:{north.number}@" in second


@pytest.mark.parametrize("number", ["+49110", "+499001234567", "+491183312", "+31112"])
def test_nobody_gets_a_right_to_forbidden_numbers(house: House, number: str) -> None:
    with as_everyone("test"), pytest.raises(ValidationError):
        save_shown_right(
            SYSTEM,
            customer=house.world.nordbel.customer,
            number=number,
            document="any",
        )


def test_a_withheld_number_is_hidden_from_the_called_party_only(house: House) -> None:
    north = house.world.nordbel
    with as_everyone("test"):
        save_extension(
            SYSTEM,
            extension=north.extension,
            customer=north.customer,
            withholds_number=True,
        )
    phone = house.phone(north.extension)
    with house.carrier.answering() as carrier:
        assert phone.call(DIALLED).wait() == 0
        assert phone.call("112").wait() == 0
        assert phone.call("116117").wait() == 0
        hidden, helped, doctor = invited(carrier)
    assert north.number not in hidden.header("From")
    assert "id" in hidden.header("Privacy")
    assert north.number in hidden.header("P-Asserted-Identity")
    assert north.number in helped.header("From")
    assert north.number in doctor.header("From")


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("110", 403),
        ("+49112", 403),
        ("09001234567", 403),
        ("+491183312345", 403),
        ("+31900123456", 403),
        ("1234", 200),
        ("anonymous", 200),
    ],
)
def test_forbidden_callers_are_refused_and_impossible_ones_are_nobody(
    house: House, shown: str, status: int
) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with phone.answering() as ringing:
        call = house.carrier.call(house.world.nordbel.number, shown=shown)
        assert call.wait() == 0
        assert call.statuses()[0] == status
        assert len(invited(ringing)) == (status == 200)
        for invite in invited(ringing):
            assert f"sip:{shown}@127" not in invite.header("From")


def test_a_forwarded_call_shows_the_original_caller_only_where_all_allow_it(
    house: House,
) -> None:
    north = house.world.nordbel
    caller = "+491701234567"
    forward_outside(house)
    seen = []
    with house.carrier.answering() as carrier:
        for takes, shows in ((False, False), (True, False), (True, True)):
            with as_everyone("test"):
                save_caller_policy(
                    SYSTEM, customer=north.customer, shows_original=shows
                )
            change(house, shows_original=takes)
            outside = house.agent(host=house.carrier.host)
            assert outside.call(north.number, shown=caller).wait() == 0
            seen.append(invited(carrier)[-1])
    assert [caller in i.header("From") for i in seen] == [False, False, True]
    assert [north.number in i.header("Diversion") for i in seen] == [False, False, True]


def forward_outside(house: House) -> None:
    """Extension 201 forwards every call to a number outside."""
    with owner_connection() as owner:
        owner.execute("SET pbx.scope = 'everyone'")
        owner.execute(
            "INSERT INTO pbx_forward (extension_id, condition, is_active,"
            " outside_number) VALUES (%s, 'always', true, '+493023125999')",
            [house.world.nordbel.extension.pk],
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.from_regex(r"\+?[0-9]{1,20}", fullmatch=True), st.sampled_from(["any", "digits"])
)
def test_what_is_shown_is_always_a_whole_and_allowed_number(
    committed_world: object, caller: str, incoming: str
) -> None:
    with owner_connection() as owner:
        row = owner.execute(
            "SELECT c, asterisk.may_be_shown(c), asterisk.never_shown(c) FROM"
            " (SELECT asterisk.caller_of(%s, %s, 'DE') AS c) x",
            [caller, incoming],
        ).fetchone()
    assert row is not None
    number, shown, never = row
    assert not (shown and never)
    assert not shown or 8 <= len(number) <= 16


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ({}, {"": "fmd", "x-origin: Abroad": "fmd", "X-Origin: home": "fmd"}),
        ({"origin": "abroad"}, {"": "md", "X-Origin: home": "md"}),
        (
            {"origin": "marked", "abroad_header": "X-Origin: abroad"},
            {"": "fmd", "x-origin: Abroad": "md", "X-Origin: home": "fmd"},
        ),
        (
            {"origin": "marked", "abroad_header": "X-Abroad"},
            {"": "fmd", 'X-Abroad: ${SHELL(id)},"1': "md"},
        ),
    ],
)
def test_calls_from_abroad_arrive_without_german_fixed_numbers(
    house: House, values: dict[str, str], seen: dict[str, str]
) -> None:
    """f a fixed number of Germany, m a mobile one of Germany, d one of Denmark."""
    callers = {"f": "+493099887766", "m": "+4915112345678", "d": "+4533123456"}
    change(house, **values)
    phone = house.phone(house.world.nordbel.extension)
    with phone.answering() as ringing:
        for mark, shown in seen.items():
            before = len(invited(ringing))
            for number in callers.values():
                marked_call(house, number, mark)
            rung = [i.header("From") for i in invited(ringing)[before:]]
            visible = [
                letter
                for (letter, number), header in zip(callers.items(), rung, strict=True)
                if number in header
            ]
            assert (mark, "".join(visible)) == (mark, shown)


def marked_call(house: House, caller: str, mark: str) -> None:
    """A call from the carrier with a header of its own, or without."""
    keys = {"from": caller, "display": ""} | ({"mark": mark} if mark else {})
    call = house.carrier.run(
        "call_marked" if mark else "call_open",
        *("-s", house.world.nordbel.number, "-m", "1", "-d", "50", "-timeout", "20"),
        **keys,
    )
    assert call.wait() == 0
