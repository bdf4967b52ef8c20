"""Phones register with what the console says, at once, without a reload."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.pbx.services.extensions import delete_extension, reset_secret
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.test_calls import invited

pytestmark = pytest.mark.asterisk


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def contacts() -> list[str]:
    """Endpoints with a registered contact."""
    (answer,) = ask_all([{"Action": "PJSIPShowContacts"}])
    return [item["Endpoint"] for item in answer["events"] if "Endpoint" in item]


def test_it_registers_with_a_new_secret_at_once(house: House) -> None:
    extension = house.extension(house.world.nordbel.customer, "210")
    phone = house.agent(extension.endpoint_id, str(extension.secret))
    assert phone.register() == 200


def test_it_refuses_the_old_secret_within_a_second_of_a_change(house: House) -> None:
    extension = house.world.nordbel.extension
    phone = house.phone(extension)
    with as_everyone("test"):
        secret = reset_secret(SYSTEM, extension)
    changed = time.monotonic()
    assert phone.register() == 401
    assert time.monotonic() - changed < 1
    assert phone.register(secret=secret) == 200


def test_it_refuses_a_deleted_extension_and_forgets_where_its_phone_was(
    house: House,
) -> None:
    extension = house.extension(house.world.nordbel.customer, "211")
    phone = house.phone(extension)
    colleague = house.phone(house.world.nordbel.extension)
    endpoint = extension.endpoint_id
    assert endpoint in contacts()
    with as_everyone("test"):
        delete_extension(SYSTEM, extension)
    assert phone.register() == 401
    assert endpoint not in contacts()
    with phone.answering() as ringing:
        call = colleague.call("211")
        assert call.wait() == 0
        assert call.statuses() == [404]
        assert invited(ringing) == []


def test_it_refuses_strangers(house: House) -> None:
    assert house.agent("nobody", "x").register() == 401
    assert house.agent("trunk-carrier", "x").register() == 401


def test_it_confirms_the_state_that_asterisk_has(house: House) -> None:
    extension = house.extension(house.world.nordbel.customer, "212")
    with as_everyone("test"):
        extension.refresh_from_db()
    assert extension.state == "live"
